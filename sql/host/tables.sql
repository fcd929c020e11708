-- Minimal host tables in the schema public, for an application that has none of its own.
-- `pg-evergreen migrate --with-host-tables` runs this file, then SELECT * FROM evergreen.attach_host('public').
-- Tables that exist are left as they are: attach_host tells what they lack.

CREATE TABLE IF NOT EXISTS public.companies (
  id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL
);
COMMENT ON TABLE  public.companies      IS 'Companies of the host application, each a tenant: AI content belongs to one of them.';
COMMENT ON COLUMN public.companies.id   IS 'Tenant id that every shelf of a company carries.';
COMMENT ON COLUMN public.companies.name IS 'Name as shown to people.';

CREATE TABLE IF NOT EXISTS public.users (
  id    text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name  text NOT NULL
);
COMMENT ON TABLE  public.users       IS 'Users of the host application.';
COMMENT ON COLUMN public.users.id    IS 'User id; text, whatever the type an application uses.';
COMMENT ON COLUMN public.users.email IS 'E-mail address, one user each.';
COMMENT ON COLUMN public.users.name  IS 'Name as shown to people.';

CREATE TABLE IF NOT EXISTS public.journey_domains (
  id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL
);
COMMENT ON TABLE  public.journey_domains      IS 'Domains of the journey, such as marketing or finance; each groups steps.';
COMMENT ON COLUMN public.journey_domains.id   IS 'Domain id.';
COMMENT ON COLUMN public.journey_domains.name IS 'Name as shown to people.';

CREATE TABLE IF NOT EXISTS public.journey_steps (
  id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  domain_id uuid NOT NULL REFERENCES public.journey_domains (id) ON DELETE CASCADE,
  name      text NOT NULL
);
CREATE INDEX IF NOT EXISTS journey_steps_domain_id_idx ON public.journey_steps (domain_id);
COMMENT ON TABLE  public.journey_steps           IS 'Steps that a company can take; recommendations point at them.';
COMMENT ON COLUMN public.journey_steps.id        IS 'Step id.';
COMMENT ON COLUMN public.journey_steps.domain_id IS 'The domain this step belongs to.';
COMMENT ON COLUMN public.journey_steps.name      IS 'Name as shown to people.';

CREATE TABLE IF NOT EXISTS public.company_journey_steps (
  company_id uuid NOT NULL REFERENCES public.companies (id) ON DELETE CASCADE,
  step_id    uuid NOT NULL REFERENCES public.journey_steps (id) ON DELETE CASCADE,
  status     text NOT NULL DEFAULT 'not_started',
  PRIMARY KEY (company_id, step_id)
);
CREATE INDEX IF NOT EXISTS company_journey_steps_step_id_idx ON public.company_journey_steps (step_id);
COMMENT ON TABLE  public.company_journey_steps            IS 'How far each company is with each step: part of the context that content is generated for.';
COMMENT ON COLUMN public.company_journey_steps.company_id IS 'The company.';
COMMENT ON COLUMN public.company_journey_steps.step_id    IS 'The step.';
COMMENT ON COLUMN public.company_journey_steps.status     IS 'not_started, in_progress or completed; an application may have others.';

CREATE TABLE IF NOT EXISTS public.company_domain_progress (
  company_id     uuid NOT NULL REFERENCES public.companies (id) ON DELETE CASCADE,
  domain_id      uuid NOT NULL REFERENCES public.journey_domains (id) ON DELETE CASCADE,
  maturity_level text,
  PRIMARY KEY (company_id, domain_id)
);
CREATE INDEX IF NOT EXISTS company_domain_progress_domain_id_idx ON public.company_domain_progress (domain_id);
COMMENT ON TABLE  public.company_domain_progress                IS 'Maturity of each company in each domain: part of the context that content is generated for.';
COMMENT ON COLUMN public.company_domain_progress.company_id     IS 'The company.';
COMMENT ON COLUMN public.company_domain_progress.domain_id      IS 'The domain.';
COMMENT ON COLUMN public.company_domain_progress.maturity_level IS 'A word or number of the application''s own scale; NULL when not assessed.';

CREATE TABLE IF NOT EXISTS public.step_activity (
  id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company_id              uuid NOT NULL REFERENCES public.companies (id) ON DELETE CASCADE,
  step_id                 uuid REFERENCES public.journey_steps (id) ON DELETE SET NULL,
  last_activity_timestamp timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS step_activity_company_id_idx ON public.step_activity (company_id, last_activity_timestamp DESC);
CREATE INDEX IF NOT EXISTS step_activity_step_id_idx ON public.step_activity (step_id);
COMMENT ON TABLE  public.step_activity                         IS 'Clicks and other activity of a company; not significant for its context by default.';
COMMENT ON COLUMN public.step_activity.id                      IS 'Row id.';
COMMENT ON COLUMN public.step_activity.company_id              IS 'The company that was active.';
COMMENT ON COLUMN public.step_activity.step_id                 IS 'The step it was active on; NULL for none in particular.';
COMMENT ON COLUMN public.step_activity.last_activity_timestamp IS 'When.';
