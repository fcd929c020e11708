import { styleText } from 'node:util';
import type { Client } from 'pg';
import type { Answer } from '../../index.js';
import type { Context } from '../command.js';

const widths = { call: 34, outcome: 9, why: 15, ms: 6, tokens: 6, cost: 10 };
const noteWidth = 84;

type Line = Record<keyof typeof widths, string>;

/**
 * The table that the demo prints as it goes, a line a call. Outcome, reason and time are what the caller got; tokens and cost are what the generation
 * log says of the demo's companies.
 */
export class Ledger {
  readonly #context: Context;
  readonly #client: Client;
  readonly #companies: string[] = [];
  #counted: string[] = [];
  #steps = 0;

  constructor(context: Context, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  /** Counts the calls for this company from now on. */
  follow(companyId: string): void {
    this.#companies.push(companyId);
  }

  /** Prints the headings. */
  head(cost: string): void {
    this.#print({ call: 'call', outcome: 'outcome', why: 'why', ms: 'ms', tokens: 'tokens', cost }, true);
    this.#print(Object.fromEntries(Object.entries(widths).map(([key, width]) => [key, '─'.repeat(width)])) as Line);
  }

  /** Begins a part of the story. */
  step(title: string): void {
    this.#steps += 1;
    const text = `${String(this.#steps).padStart(2)}  ${title}`;
    this.#context.print(`\n${this.#context.colour ? styleText('bold', text) : text}`);
  }

  /** Says something below the last line. */
  note(text: string): void {
    let line = '';
    for (const word of text.split(' ')) {
      if (line !== '' && line.length + word.length >= noteWidth) {
        this.#context.print(`      ${line}`);
        line = ' ';
      }
      line += line === '' ? word : ` ${word}`;
    }
    this.#context.print(`      ${line}`);
  }

  /** Makes a call and prints it. */
  async call<Content>(name: string, work: () => Promise<Answer<Content>>): Promise<Answer<Content>> {
    const [answer] = await this.calls(name, [work]);
    return answer as Answer<Content>;
  }

  /** Makes calls at once and prints a line for each way in which they ended, with the time of the slowest. */
  async calls<Content>(name: string, works: (() => Promise<Answer<Content>>)[]): Promise<Answer<Content>[]> {
    this.#context.progress('Waiting for an answer');
    const ends = await Promise.all(works.map((work) => timed(work)));
    this.#context.progress();
    let { calls, tokens, cost } = await this.#logged();
    for (const group of groups(ends)) {
      const paid = calls > 0 && group.some(({ answer }) => answer.outcome !== 'fresh');
      this.#print({
        call: works.length === 1 ? name : `${group.length} of ${works.length} callers: ${name}`,
        outcome: group[0]?.answer.outcome ?? '',
        why: group[0]?.answer.reason ?? '',
        ms: milliseconds(Math.max(...group.map(({ ms }) => ms))),
        tokens: paid ? (tokens ?? '–') : '–',
        cost: paid ? (cost ?? (tokens === null ? '–' : 'unknown')) : '–',
      });
      if (paid) calls = 0;
    }
    return ends.map(({ answer }) => answer);
  }

  /** Makes a call that must fail, prints it with the code of its error, and answers that error. */
  async refusal(name: string, work: () => Promise<unknown>): Promise<Error & { code?: string }> {
    const started = performance.now();
    const error = await work().then(
      () => new Error('it was answered'),
      (reason: Error) => reason as Error & { code?: string },
    );
    const line = {
      call: name,
      outcome: 'error',
      why: (error as { code?: string }).code ?? '',
      ms: milliseconds(performance.now() - started),
    };
    this.#print({ ...line, tokens: '–', cost: '–' });
    return error;
  }

  /** What the generation log has that was not shown yet. */
  async #logged(): Promise<{ calls: number; tokens: string | null; cost: string | null }> {
    const { rows } = await this.#client.query<{ ids: string[] | null; tokens: string | null; cost: string | null }>(
      `SELECT array_agg(l.id) AS ids, sum(l.tokens_used)::text AS tokens, round(sum(l.cost), 6)::text AS cost
         FROM evergreen.ai_generation_logs AS l WHERE l.company_id = ANY ($1) AND l.id <> ALL ($2)`,
      [this.#companies, this.#counted],
    );
    const { ids, tokens = null, cost = null } = rows[0] ?? {};
    this.#counted = [...this.#counted, ...(ids ?? [])];
    return { calls: ids?.length ?? 0, tokens, cost };
  }

  #print(line: Line, heading = false): void {
    const cells = Object.entries(widths).map(([key, width]) => {
      const text = line[key as keyof Line];
      const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
      return ['ms', 'tokens', 'cost'].includes(key) ? cut.padStart(width) : cut.padEnd(width);
    });
    const text = `    ${cells.join('  ')}`;
    this.#context.print(heading && this.#context.colour ? styleText('bold', text) : text);
  }
}

interface Ended<Content> {
  answer: Answer<Content>;
  ms: number;
}

async function timed<Content>(work: () => Promise<Answer<Content>>): Promise<Ended<Content>> {
  const started = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - started };
}

/** Calls that ended in the same way, those that asked the model first. */
function groups<Content>(ends: Ended<Content>[]): Ended<Content>[][] {
  const byEnd = new Map<string, Ended<Content>[]>();
  for (const end of ends) {
    const key = `${end.answer.outcome} ${end.answer.reason}`;
    byEnd.set(key, [...(byEnd.get(key) ?? []), end]);
  }
  return [...byEnd.values()].sort((a, b) => Number(a[0]?.answer.outcome === 'fresh') - Number(b[0]?.answer.outcome === 'fresh'));
}

const milliseconds = (ms: number) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));
