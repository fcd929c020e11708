/** All rows, in the order in which they are measured. */
import type { Row } from '../bench.js';
import { hits } from './hits.js';

export const ROWS: readonly Row[] = [hits];
