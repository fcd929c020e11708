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

/**
 * The tag of a revision. What is not fresh any more has another one, so that nobody who asks whether it changed is told 304 and goes on showing it as fresh.
 */
export const tagOf = (revision: number, freshness: string) => (freshness === 'fresh' ? `${revision}` : `${revision}-${freshness}`);

/** Whether a list names this tag, weak or strong: for reading. */
export const namesTag = (condition: Condition, tag: string) =>
  condition === '*' || (condition?.some(({ value }) => value === tag) ?? false);

/** The revisions that a list names by strong tags: for writing. */
export function revisionsOf(condition: Tag[]): number[] {
  return condition.flatMap(({ weak, value }) => {
    const digits = /^(\d{1,9})(?:-[a-z]+)?$/.exec(value)?.[1];
    return weak || digits === undefined ? [] : [Number(digits)];
  });
}
