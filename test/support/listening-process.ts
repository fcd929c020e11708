/** A process that listens, never closes its listener, and has nothing else to do. Its argument is a database URL. */
import { Pool } from 'pg';
import { Database } from '../../src/database.js';
import { Listener } from '../../src/listener.js';

async function main(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url });
  const listener = new Listener(new Database(pool, 10_000), pool);
  const waiter = listener.waiter('key');
  while (!listener.heard) await waiter.wait(50);
  await pool.end();
  console.log('heard');
}

void main(process.argv[2] ?? '');
