import type { PGlite } from '@electric-sql/pglite';
import { TestEnvironment } from 'jest-environment-node';

declare global {
  /** A PostgreSQL with pgvector in this process, empty; only in suites that name this environment. */
  var createPglite: () => Promise<PGlite>;
}

/** The environment of suites on PGlite, which loads its parts by `import()`: that works outside of jest's sandbox only. */
export default class PgliteEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.createPglite = async () => {
      const [{ PGlite }, { vector }] = [require('@electric-sql/pglite'), require('@electric-sql/pglite-pgvector')];
      return PGlite.create({ extensions: { vector } });
    };
  }
}
