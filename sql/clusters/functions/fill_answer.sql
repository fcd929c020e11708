CREATE OR REPLACE FUNCTION evergreen.fill_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A row written by hand, as in the seed: INSERT INTO evergreen.clusters (input_hash, cluster_result).
BEGIN
  -- Asked here and not by a WHEN of the trigger, which every statement reads anew from the catalogue.
  IF NEW.variant_hash IS NOT NULL AND NEW.subject_hash IS NOT NULL AND NEW.input_hash IS NOT NULL AND NEW.input_text <> ''
     AND (NEW.content_type <> 'cluster_goal' OR NEW.parent_id IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  IF NEW.content_type = 'cluster_goal' AND NEW.parent_id IS NULL THEN
    RAISE EXCEPTION 'goals need a cluster' USING ERRCODE = 'VG007', HINT = 'Give the cluster_id.';
  END IF;
  NEW.variant_hash := COALESCE(NEW.variant_hash, evergreen.content_hash(jsonb_build_object('by_hand', NEW.content_type)));
  NEW.subject_hash := COALESCE(NEW.subject_hash, evergreen.subject_of(NEW.content_type, evergreen.content_hash(NEW.input), NEW.parent_id));
  -- Of a cluster there is one row of goals by hand.
  IF NEW.parent_id IS NOT NULL THEN
    NEW.input_hash := COALESCE(NEW.input_hash, NEW.subject_hash);
  END IF;
  NEW.input_text := COALESCE(NULLIF(NEW.input_text, ''), evergreen.input_words(NEW.input));
  RETURN NEW;
END;
$$;
COMMENT ON FUNCTION evergreen.fill_answer() IS 'Internal: trigger of ai_answers; fills in what a row written by hand leaves empty.';
CREATE OR REPLACE TRIGGER fill_answer BEFORE INSERT ON evergreen.ai_answers
  FOR EACH ROW EXECUTE FUNCTION evergreen.fill_answer();
COMMENT ON TRIGGER fill_answer ON evergreen.ai_answers IS 'Fills in what a row written by hand leaves empty.';
