import { Pool, type PoolClient } from 'pg';

/** A pool that writes down which functions of the schema evergreen its statements call, in order; without those that only count. Each waits for `before`. */
export function countingPool(
  url: string,
  before: (name: string) => Promise<unknown> = async () => undefined,
): Pool & { readonly called: string[] } {
  const pool = new Pool({ connectionString: url, max: 10 });
  const called: string[] = [];
  pool.on('error', () => undefined);
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const text = typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string })?.text ?? '');
      const name = /evergreen\.(\w+)\s*\(/.exec(text)?.[1];
      if (name && !/^record_/.test(name)) called.push(name);
      return before(name ?? '').then(() => query(...args));
    }) as never;
  });
  return Object.assign(pool, { called });
}
