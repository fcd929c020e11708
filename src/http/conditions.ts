/** Conditional requests (RFC 9110, section 13): entity tags made of revisions. */
import { unreadable } from './errors.js';

interface Tag {
  weak: boolean;
  value: string;
}

/** `*`, or the tags of a list; undefined: no condition. */
export type Condition = '*' | Tag[] | undefined;

const LONGEST = 4_096;

/** Reads If-Match or If-None-Match; 400 for what is neither `*` nor a list of tags. */
export function conditionOf(name: string, header: string | undefined): Condition {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return '*';
  const item = /\s*(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"\s*(?:,|$)|\s*,/y;
  const tags: Tag[] = [];
  while (item.lastIndex < text.length) {
    const match = text.length <= LONGEST ? item.exec(text) : null;
    if (!match) throw unreadable(`${name} is neither * nor a list of entity tags`);
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, value: match[2] });
  }
  if (tags.length === 0) throw unreadable(`${name} is neither * nor a list of entity tags`);
  return tags;
}

/** What a tag is made of. */
export interface Tagged {
  revision: number;
  id: string;
  generated_at: Date;
  freshness: string;
}

const rowOf = (id: string) => id.slice(0, 8);

/**
 * The tag of what is kept: its revision, which row it is of (after a deletion revisions begin anew), when it was analysed (again, perhaps, with the same result), and
 * whether it is fresh. So nobody who asks whether it changed is told 304 and goes on showing something else, or an age that is not true any more.
 */
export function tagOf({ revision, id, generated_at, freshness }: Tagged): string {
  const tag = `${revision}-${rowOf(id)}-${generated_at.getTime().toString(36)}`;
  return freshness === 'fresh' ? tag : `${tag}-${freshness}`;
}

/** Whether a list names this tag, weak or strong: for reading. */
export const namesTag = (condition: Condition, tag: string) =>
  condition === '*' || (condition?.some(({ value }) => value === tag) ?? false);

/** What the strong tags of a list name, for writing, where age does not matter: a revision, and of which row where the tag says so. */
function namedBy(condition: Tag[]): { revision: number; row: string | undefined }[] {
  return condition.flatMap(({ weak, value }) => {
    const [, digits, row] = /^(\d{1,9})(?:-([0-9a-f]{8})-[0-9a-z]+)?(?:-[a-z]+)?$/.exec(value) ?? [];
    return weak || digits === undefined ? [] : [{ revision: Number(digits), row }];
  });
}

/** Whether a list names this revision: for writing. */
export const namesRevision = (condition: Tag[], { revision, id }: Tagged) =>
  namedBy(condition).some((named) => named.revision === revision && (named.row === undefined || named.row === rowOf(id)));

/** The revision that a list names, where it names a single one and says of no row: then it is enough to tell the database so. */
export function onlyRevision(condition: Tag[]): number | undefined {
  const named = namedBy(condition);
  return named.length === 1 && named[0]?.row === undefined ? named[0]?.revision : undefined;
}
