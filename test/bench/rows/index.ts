/** All rows, in the order in which they are measured. */
import type { Row } from '../bench.js';
import { bulk } from './bulk.js';
import { counting } from './counting.js';
import { hits } from './hits.js';
import { journey } from './journey.js';
import { saves } from './saves.js';
import { space } from './space.js';
import { staling } from './staling.js';
import { usage } from './usage.js';

export const ROWS: readonly Row[] = [hits, counting, journey, staling, usage, saves, bulk, space];
