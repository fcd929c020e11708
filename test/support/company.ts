/** A company of the minimal host, with a journey of its own, for suites that generate. */
import type { TestDatabase } from './database.js';

export interface Company {
  readonly id: string;
  readonly domainId: string;
  /** Ids of its domain's steps; none has a status yet. */
  readonly steps: string[];
}

/** Makes a company, a domain with steps, and the company's level in it. The database must have the host tables. */
export async function createCompany(database: Pick<TestDatabase, 'query'>, steps = 5): Promise<Company> {
  const [company] = await database.query<{ id: string }>(`INSERT INTO companies (name) VALUES ('Acme') RETURNING id`);
  const [domain] = await database.query<{ id: string }>(`INSERT INTO journey_domains (name) VALUES ('Sales') RETURNING id`);
  const { id } = company as { id: string };
  const { id: domainId } = domain as { id: string };
  await database.query(`INSERT INTO company_domain_progress (company_id, domain_id, maturity_level) VALUES ($1, $2, 'early')`, [
    id,
    domainId,
  ]);
  const rows = await database.query<{ id: string }>(
    `INSERT INTO journey_steps (domain_id, name) SELECT $1, 'Step ' || i FROM generate_series(1, $2::int) AS i RETURNING id`,
    [domainId, steps],
  );
  return { id, domainId, steps: rows.map((row) => row.id) };
}

/** Sets where the company stands with a step, which changes its context. */
export async function setStep(database: Pick<TestDatabase, 'query'>, company: Company, step: number, status: string): Promise<void> {
  await database.query(
    `INSERT INTO company_journey_steps (company_id, step_id, status) VALUES ($1, $2, $3)
     ON CONFLICT (company_id, step_id) DO UPDATE SET status = excluded.status`,
    [company.id, company.steps[step], status],
  );
}
