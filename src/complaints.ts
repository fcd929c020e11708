/** What is wrong with arguments or a request, in words: which value, and what it must be. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

interface Complaint {
  path: Path;
  says: string;
}

const names: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const LONGEST_NAME = 80;
const MOST = 4;

/** What is wrong with `value`, each once, as `posts[0]: must be a text`. `part` is what was looked at: the body of a request, the arguments of a call, ... */
export function complaints(issues: readonly Issue[], part: string, value: unknown): string[] {
  const all = issues.flatMap((issue) => complaintsOf(issue, [], value, part));
  return [...new Set(all.map(({ path, says }) => `${pathOf(path) || part}: ${says}`))];
}

/** The first thing that is wrong with a part of a request, and the others as a hint. */
export function complain(issues: readonly Issue[], part: string, value: unknown): { message: string; hint: string } {
  const [first = `${part}: is not valid`, ...others] = complaints(issues, part, value);
  const more = others.length > 0 ? `Besides, ${others.slice(0, MOST).join('; ')}. ` : '';
  return { message: first, hint: `${more}GET /openapi.json describes what is taken here.` };
}

function complaintsOf(issue: Issue, outer: Path, value: unknown, part: string): Complaint[] {
  const path = [...outer, ...issue.path];
  const given = at(value, path);
  switch (issue.code) {
    case 'invalid_type':
      return [{ path, says: mustBe(names[issue.expected] ?? issue.expected, given, part) }];
    case 'invalid_value': {
      const values = issue.values.map((each) => JSON.stringify(each));
      return [{ path, says: mustBe(values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`, given) }];
    }
    case 'too_small':
      return [{ path, says: sized(issue.origin, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum)) }];
    case 'too_big':
      return [{ path, says: sized(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum)) }];
    case 'unrecognized_keys':
      return issue.keys.slice(0, MOST).map((key) => ({ path: [...path, key], says: `is not known here${ownWords(issue)}` }));
    case 'invalid_union':
      return ofUnion(issue, path, value, part);
    default:
      return [{ path, says: issue.message }];
  }
}

/** Of the alternative that was meant, where one can be told; otherwise what they are. */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, value: unknown, part: string): Complaint[] {
  const given = at(value, path);
  const meant = issue.errors.find((alternative) => alternative.every((each) => isInside(each, given)));
  if (meant) return meant.flatMap((each) => complaintsOf(each, path, value, part));
  const types = issue.errors.flatMap((alternative) =>
    alternative.flatMap((each) => (each.code === 'invalid_type' && each.path.length === 0 ? [names[each.expected] ?? each.expected] : [])),
  );
  if (types.length < issue.errors.length) return [{ path, says: issue.message }];
  const list = [...new Set(types)];
  const what = list.length === 1 ? list[0] : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
  return [{ path, says: mustBe(what ?? '', given, part) }];
}

/** About a value within, that was given. */
const isInside = (issue: Issue, value: unknown) =>
  issue.code !== 'unrecognized_keys' && issue.path.length > 0 && at(value, issue.path) !== undefined;

/** What the schema says itself of names that it does not know. */
const ownWords = ({ message }: Issue) => (message.startsWith('Unrecognized') ? '' : `: ${message}`);

function sized(origin: string, bound: string, count: number): string {
  const one = count === 1;
  if (origin === 'string') return `must have ${bound} ${count} ${one ? 'character' : 'characters'}`;
  if (origin === 'array') return `must hold ${bound} ${count} ${one ? 'item' : 'items'}`;
  return `must be ${bound} ${count}`;
}

/** With the part of the request also what it is instead, where that is of another kind. */
function mustBe(what: string, given: unknown, part?: string): string {
  if (given === undefined) return `is missing: it must be ${what}`;
  if (part === 'query' && Array.isArray(given)) return 'must be given once';
  const is = given === null ? 'null' : Array.isArray(given) ? 'a list' : (names[typeof given] ?? 'that');
  return part === undefined || (typeof given === 'number' && what === names.int) ? `must be ${what}` : `must be ${what}, not ${is}`;
}

function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

/** `posts[0].text`, as in JavaScript. */
function pathOf(path: Path): string {
  const steps = path.map((step, index) => {
    const name = String(step).slice(0, LONGEST_NAME);
    if (typeof step === 'number') return `[${step}]`;
    if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
    return index === 0 ? name : `.${name}`;
  });
  return steps.join('');
}
