/** Every SQL function of pg-evergreen as a typed wrapper: `await claimGeneration.run({ ... }, typed(pool))`. Arguments left out are NULL. */
export { typed } from '../database.js';
export type { numberArray } from './clusters.queries.js';
export * from './clusters.queries.js';
export type { DateOrString, NumberOrString, stringArray } from './core.queries.js';
export * from './core.queries.js';
export type { Json } from './journey.queries.js';
export * from './journey.queries.js';
export * from './personality.queries.js';
export * from './sessions.queries.js';
