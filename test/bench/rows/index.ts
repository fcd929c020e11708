/** All rows, in the order in which they are measured. */
import type { Row } from '../bench.js';
import { hits } from './hits.js';
import { journey } from './journey.js';
import { staling } from './staling.js';
import { usage } from './usage.js';

export const ROWS: readonly Row[] = [hits, journey, staling, usage];
