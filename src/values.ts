/** Values of PostgreSQL as JavaScript has them: what the generated wrappers promise. */
import { EvergreenError } from './errors.js';

/** A time that PostgreSQL wrote in another form than ISO: no longer exact, and not always the same day for every reader. */
export class UnreadableTime extends EvergreenError {
  constructor(text: string) {
    super('UNREADABLE_TIME', `a time came as ${JSON.stringify(text)}, not in ISO form`, {
      hint: "DateStyle is set for this role, database or connection. Before using the wrappers on it, run: SET DateStyle = 'ISO'",
    });
  }
}

/** From PostgreSQL's text form. */
export type Parser = (text: string) => unknown;

const toText: Parser = (text) => text;
const toNumber: Parser = (text) => Number(text);

/** PostgreSQL's ISO form; what a Date cannot hold (infinity too) becomes the last or first instant that it can. */
function toDate(text: string): Date {
  const usual = usualTime(text);
  if (usual !== undefined) return new Date(usual);
  if (text === 'infinity') return new Date(LAST);
  if (text === '-infinity') return new Date(-LAST);
  const parts = /^(\d{4,7})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d(?:\.\d{1,6})?)(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?)?( BC)?$/.exec(
    text,
  );
  if (!parts) throw new UnreadableTime(text);
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, sign, zoneHours = 0, zoneMinutes = 0, zoneSeconds = 0, before] = parts;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 + Number(zoneSeconds);
  // Not Date.UTC of all of it: that takes the years 0 to 99 for those of the 20th century.
  const midnight = new Date(0).setUTCFullYear(before ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  const second = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds) - (sign === '-' ? -zone : zone);
  return new Date(Number.isNaN(midnight) ? (before ? -LAST : LAST) : midnight + Math.floor(second * 1000 + 1e-6));
}

/** A time of these centuries in UTC, as most come: digits at their places, several times as fast as the general way. */
function usualTime(text: string): number | undefined {
  const { length } = text;
  if (length < 22 || length > 29 || text[4] !== '-' || text[10] !== ' ' || !text.endsWith('+00')) return undefined;
  const year = 100 * pair(text, 0) + pair(text, 2);
  let milliseconds = 0;
  for (let place = 20, worth = 100; worth >= 1 && place < length - 3; place += 1, worth /= 10)
    milliseconds += worth * (text.charCodeAt(place) - 48);
  const time = Date.UTC(year, pair(text, 5) - 1, pair(text, 8), pair(text, 11), pair(text, 14), pair(text, 17), milliseconds);
  return year >= 100 && !Number.isNaN(time) ? time : undefined;
}

/** The number that two digits are. */
const pair = (text: string, place: number) => 10 * (text.charCodeAt(place) - 48) + text.charCodeAt(place + 1) - 48;

/** The last instant that a Date can hold. */
const LAST = 8.64e15;

/** The text form of a one-dimensional array. */
function toArray(parse: Parser): Parser {
  return (text) => {
    const items: unknown[] = [];
    const item = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,{}"]+))\s*(?:,|\}$)/gy;
    item.lastIndex = text.indexOf('{') + 1;
    for (let match = item.exec(text); match; match = item.exec(text)) {
      const [, quoted, plain] = match;
      if (quoted !== undefined) items.push(parse(quoted.replace(/\\(.)/gs, '$1')));
      else items.push(plain === 'NULL' ? null : parse(plain ?? ''));
    }
    return items;
  };
}

/** By type oid: the type, then its array. Everything else stays text, as the generated wrappers say (bigint and numeric too). */
const scalars: [oid: number, arrayOid: number, parse: Parser][] = [
  [16, 1000, (text) => text === 't'],
  [21, 1005, toNumber],
  [23, 1007, toNumber],
  [26, 1028, toNumber],
  [700, 1021, toNumber],
  [701, 1022, toNumber],
  [20, 1016, toText],
  [1700, 1231, toText],
  [25, 1009, toText],
  [1043, 1015, toText],
  [2950, 2951, toText],
  [114, 199, (text) => JSON.parse(text)],
  [3802, 3807, (text) => JSON.parse(text)],
  [1082, 1182, toDate],
  [1114, 1115, toDate],
  [1184, 1185, toDate],
];
const parsers = new Map<number, Parser>(
  scalars.flatMap(
    ([oid, arrayOid, parse]) =>
      [
        [oid, parse],
        [arrayOid, toArray(parse)],
      ] as const,
  ),
);

/** Passed with each query, so that nothing global is read or set. */
export const types = {
  getTypeParser(oid: number): Parser {
    return parsers.get(oid) ?? toText;
  },
};
