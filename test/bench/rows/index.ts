/** All rows, in the order in which they are measured. */
import type { Row } from '../bench.js';
import { bulk } from './bulk.js';
import { clientHits } from './client.js';
import { coldKey } from './cold.js';
import { counting } from './counting.js';
import { hits } from './hits.js';
import { http } from './http.js';
import { journey } from './journey.js';
import { month } from './month.js';
import { peerHits } from './peers.js';
import { saves } from './saves.js';
import { space } from './space.js';
import { staling } from './staling.js';
import { usage } from './usage.js';

export const ROWS: readonly Row[] = [
  hits,
  clientHits,
  peerHits,
  counting,
  journey,
  coldKey,
  staling,
  usage,
  saves,
  bulk,
  month,
  space,
  http,
];
