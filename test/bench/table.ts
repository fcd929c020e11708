/** `make bench-table`: puts the table of test/bench/results.json into the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS, type Results, withTable } from './results.js';

const README = join(__dirname, '../../README.md');
const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
writeFileSync(README, withTable(readFileSync(README, 'utf8'), results));
