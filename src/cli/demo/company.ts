import type { Client } from 'pg';
import { EvergreenError } from '../../errors.js';

/** A company of the demo: its name, and how far it is with which step. */
export interface SampleCompany {
  id: string;
  name: string;
}

type Status = 'completed' | 'in_progress' | 'not_started';

interface Domain {
  name: string;
  level: string;
  steps: Record<string, Status>;
}

const journey: Domain[] = [
  {
    name: 'Customers',
    level: 'growing',
    steps: {
      'Interview ten customers': 'completed',
      'Describe the ideal customer on one page': 'in_progress',
      'Ask lost customers why they left': 'not_started',
    },
  },
  {
    name: 'Sales',
    level: 'growing',
    steps: {
      'Publish prices on the website': 'completed',
      'Follow up every quote within a day': 'not_started',
      'Start a referral programme': 'not_started',
    },
  },
  {
    name: 'Finance',
    level: 'early',
    steps: {
      'Build a 13-week cash forecast': 'in_progress',
      'Agree on longer payment terms with suppliers': 'not_started',
      'Know the margin of every product': 'not_started',
    },
  },
  {
    name: 'Team',
    level: 'early',
    steps: {
      'Hold a weekly team review': 'in_progress',
      'Write the first role description': 'not_started',
      'Name an owner for every customer promise': 'not_started',
    },
  },
];

const names = [
  'Larkspur Coffee',
  'Harbour Bikes',
  'Juniper Print',
  'Saltmarsh Tiles',
  'Corner Oven',
  'Willow & Wren',
  'Nine Barrels',
  'Lantern Toys',
];

const hostTables = [
  'companies',
  'users',
  'journey_domains',
  'journey_steps',
  'company_journey_steps',
  'company_domain_progress',
  'step_activity',
];

/** The id that a domain or a step of the sample has in every database. */
const sampleId = "md5('pg-evergreen demo: ' || name)::uuid";

/** Refuses a database whose tables in the schema public, or whose attachment, are somebody's own. Changes nothing. */
export async function requireRoom(client: Client): Promise<void> {
  const refuse = (what: string) => {
    throw new EvergreenError('NOT_FOR_DEMO', `${what}: the demo leaves it alone`, {
      hint: 'Give it an empty database by --database-url, or none: then it uses a PostgreSQL of its own.',
    });
  };
  const existing = await client.query<{ name: string }>(
    "SELECT t AS name FROM unnest($1::text[]) AS t WHERE to_regclass('public.' || t) IS NOT NULL",
    [hostTables],
  );
  if (!(await hasSample(client))) {
    for (const { name } of existing.rows) {
      const { rows } = await client.query(`SELECT FROM public.${name} LIMIT 1`);
      if (rows.length > 0) refuse(`public.${name} holds rows that are not the demo's`);
    }
  }
  const attached = await client.query("SELECT to_regclass('evergreen.host_attachments') IS NOT NULL AS exists");
  if (!attached.rows[0]?.exists) return;
  const elsewhere = await client.query<{ table: string }>(
    `SELECT a.attached_to::text AS table FROM evergreen.host_attachments AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attached_to
      WHERE c.relnamespace <> 'public'::regnamespace ORDER BY 1 LIMIT 1`,
  );
  if (elsewhere.rows[0]) refuse(`this database is attached to ${elsewhere.rows[0].table}`);
}

async function hasSample(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>("SELECT to_regclass('public.journey_domains') IS NOT NULL AS exists");
  if (!rows[0]?.exists) return false;
  const found = await client.query<{ name: string }>(`SELECT FROM public.journey_domains WHERE id::text = (${sampleId})::text LIMIT 1`);
  return found.rows.length > 0;
}

/** Id of the user who asks for everything in the demo. */
export const sampleUser = 'ada';

/** Makes the sample's user, domains and steps where they are missing. */
export async function makeJourney(client: Client): Promise<void> {
  await client.query("INSERT INTO public.users (id, email, name) VALUES ($1, 'ada@example.com', 'Ada') ON CONFLICT (id) DO NOTHING", [
    sampleUser,
  ]);
  await client.query(
    `INSERT INTO public.journey_domains (id, name) SELECT ${sampleId}, name FROM unnest($1::text[]) AS name ON CONFLICT (id) DO NOTHING`,
    [journey.map((domain) => domain.name)],
  );
  for (const domain of journey) {
    await client.query(
      `INSERT INTO public.journey_steps (id, domain_id, name)
       SELECT ${sampleId}, (SELECT ${sampleId} FROM (VALUES ($1)) AS d (name)), name FROM unnest($2::text[]) AS name ON CONFLICT (id) DO NOTHING`,
      [domain.name, Object.keys(domain.steps)],
    );
  }
}

/** Makes a new company somewhere on its journey. */
export async function makeCompany(client: Client): Promise<SampleCompany> {
  const { rows } = await client.query<SampleCompany>(
    `INSERT INTO public.companies (name)
     SELECT ($1::text[])[1 + n % cardinality($1)] || CASE WHEN n >= cardinality($1) THEN ' ' || 1 + n / cardinality($1) ELSE '' END
       FROM (SELECT count(*)::integer AS n FROM public.companies) AS c
     RETURNING id, name`,
    [names],
  );
  const company = rows[0] as SampleCompany;
  const steps = journey.flatMap((domain) => Object.entries(domain.steps));
  await client.query(
    `INSERT INTO public.company_journey_steps (company_id, step_id, status)
     SELECT $1, ${sampleId}, status FROM unnest($2::text[], $3::text[]) AS s (name, status)`,
    [company.id, steps.map(([name]) => name), steps.map(([, status]) => status)],
  );
  await client.query(
    `INSERT INTO public.company_domain_progress (company_id, domain_id, maturity_level)
     SELECT $1, ${sampleId}, level FROM unnest($2::text[], $3::text[]) AS d (name, level)`,
    [company.id, journey.map((domain) => domain.name), journey.map((domain) => domain.level)],
  );
  return company;
}

/** What the application does when somebody looks at a step. */
export async function click(client: Client, company: SampleCompany): Promise<void> {
  await client.query('INSERT INTO public.step_activity (company_id) VALUES ($1)', [company.id]);
}

/** What the application does when somebody finishes a step that is in progress; answers its name. */
export async function completeStep(client: Client, company: SampleCompany): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `UPDATE public.company_journey_steps AS c SET status = 'completed'
       FROM public.journey_steps AS s
      WHERE s.id = c.step_id AND c.company_id = $1
        AND c.step_id = (SELECT i.step_id FROM public.company_journey_steps AS i JOIN public.journey_steps AS n ON n.id = i.step_id
                          WHERE i.company_id = $1 AND i.status = 'in_progress' ORDER BY n.name LIMIT 1)
     RETURNING s.name`,
    [company.id],
  );
  return rows[0]?.name ?? '';
}
