/** What `serve` needs of the REST interface, behind one import: its packages may be missing. */
import { createExample } from '../http/example.js';
import { createHttp } from '../http/index.js';
import { listen } from '../http/server.js';

export const http = { createHttp, createExample, listen };
