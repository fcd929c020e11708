import type { Client } from 'pg';
import type { Evergreen, Personality } from '../../index.js';
import { type SampleCompany, sampleUser } from './company.js';
import type { Ledger } from './ledger.js';

const posts = [
  'Spent the whole Sunday with a map from 1890 and found the lane that my street was.',
  'Lost at chess again, and liked it: three openings I had never seen.',
  'If the meeting has no agenda I bring biscuits and an agenda.',
];
const later = [
  'Sold the chess set. The allotment has taken over: beans, a shed, a rota for watering.',
  'Said no to two projects, and slept well.',
];

const names = ['Noor', 'Mateo', 'Ines', 'Tariq', 'Wanda', 'Kofi'];

interface Person {
  id: string;
  name: string;
}

/** The demo's part about a person: analysed once, adjusted by themselves, analysed anew, with what becomes of the adjustments. */
export async function personalityStory(ledger: Ledger, client: Client, evergreen: Evergreen, company: SampleCompany): Promise<void> {
  const { id, name } = await makePerson(client);
  const pays = { companyId: company.id };
  ledger.step(`${name} has written ${posts.length} posts: a personality, analysed once.`);
  const { content: first } = await ledger.call(`personality, ${posts.length} posts`, () => evergreen.personality(id, { ...pays, posts }));
  ledger.note(`· ${first.analysis.summary}`);
  const scores = traitsOf(first.analysis).map((trait) => `${trait.name} ${trait.score}`);
  ledger.note(`traits: ${scores.join(', ')}; interests: ${interestsOf(first.analysis).join(', ')}`);
  await ledger.call('personality', () => evergreen.personality(id, pays));

  ledger.step(`${name} sees it otherwise: adjustments lie beside the analysis, which stays.`);
  await client.query('SELECT evergreen.save_personality_tuning($1, $2)', [id, adjustmentsOf(first.analysis)]);
  const { content: adjusted } = await ledger.call('personality, adjusted', () => evergreen.personality(id, pays));
  const before = await explain(client, adjusted);
  for (const line of before) ledger.note(line);

  ledger.step(`${name} writes on, and is analysed anew: what still applies is kept, the rest is put aside.`);
  const { content: next } = await ledger.call(`personality, ${later.length} newer posts`, () =>
    evergreen.personality(id, { ...pays, posts: [...later, ...posts], refresh: true }),
  );
  ledger.note(`revision ${next.revision}; kept: ${listed(next.tuning)}; put aside: ${listed(next.droppedTuning)}`);
  await ledger.call('personality', () => evergreen.personality(id, pays));
}

/** Makes another user of the sample. */
async function makePerson(client: Client): Promise<Person> {
  const { rows } = await client.query<Person>(
    `INSERT INTO public.users (id, name, email)
     SELECT p.id, p.name, p.id || '@example.com'
       FROM (SELECT lower(($1::text[])[1 + n % cardinality($1)]) || '-' || n AS id, ($1::text[])[1 + n % cardinality($1)] AS name
               FROM (SELECT count(*)::integer AS n FROM public.users WHERE id <> $2) AS c) AS p
     RETURNING id, name`,
    [names, sampleUser],
  );
  return rows[0] as Person;
}

interface Trait {
  name: string;
  score: number;
}

const traitsOf = (analysis: Record<string, unknown>) => analysis.traits as Trait[];
const interestsOf = (analysis: Record<string, unknown>) => analysis.interests as string[];

/** A trait scored otherwise, and an interest in other words. */
function adjustmentsOf(analysis: Record<string, unknown>): Record<string, unknown> {
  const [trait] = traitsOf(analysis);
  const [interest] = interestsOf(analysis);
  const segment = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
  return {
    ...(trait && { [`/traits/${segment(trait.name)}/score`]: trait.score > 50 ? trait.score - 30 : trait.score + 30 }),
    ...(interest && { [`/interests/${segment(interest)}`]: 'old maps, mostly of places that are gone' }),
  };
}

/** What a person sees differently, a line each. */
async function explain(client: Client, { analysis, personality }: Personality): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT CASE e.change WHEN 'added' THEN '+ ' ELSE '− ' END || e.path || CASE e.change WHEN 'changed' THEN format(': %s → %s', e.before, e.after) ELSE '' END AS line
       FROM evergreen.explain_changes($1, $2) AS e`,
    [analysis, personality],
  );
  return rows.map(({ line }) => line);
}

const listed = (tuning: Record<string, unknown>) => Object.keys(tuning).join(', ') || 'nothing';
