/** Shows adjustments before the server has answered; what the server answers takes its place. */

type Json = Record<string, unknown>;

/** Adjustments with those given added; null takes one back. */
export function mergeTuning(tuning: Json, given: Json): Json {
  return Object.fromEntries(Object.entries({ ...tuning, ...given }).filter(([, value]) => value !== null));
}

/**
 * A copy of the analysis with the values at these JSON Pointers replaced. Elements of a list go by their name, as `/traits/openness/score`, by their text,
 * or by their position, as in the database; a pointer to nothing is passed over.
 */
export function applyTuning(analysis: Json, tuning: Json): Json {
  return Object.entries(tuning).reduce<Json>((document, [pointer, value]) => {
    const place = find(analysis, pointer);
    return place ? (replaceAt(document, place, value) as Json) : document;
  }, analysis);
}

/** The keys that lead where a pointer points. */
function find(document: unknown, pointer: string): string[] | undefined {
  if (!pointer.startsWith('/')) return undefined;
  const place: string[] = [];
  let node = document;
  for (const part of pointer.slice(1).split('/')) {
    const segment = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof node !== 'object' || node === null) return undefined;
    const key = Array.isArray(node) ? namesOf(node).indexOf(plain(segment)) : segment;
    if (key === -1 || !Object.hasOwn(node, key)) return undefined;
    place.push(String(key));
    node = (node as Json)[key];
  }
  return place;
}

function namesOf(list: unknown[]): string[] {
  if (list.every((each) => typeof each === 'string')) return list.map(plain);
  const names = list.map((each) => (each as { name?: unknown } | null)?.name);
  if (names.every((name) => typeof name === 'string')) {
    const plainNames = names.map(plain);
    if (new Set(plainNames).size === list.length) return plainNames;
  }
  return list.map((_, index) => String(index));
}

const plain = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');

function replaceAt(document: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(document)) return document.map((each, index) => (String(index) === key ? replaceAt(each, rest, value) : each));
  return { ...(document as Json), [key]: replaceAt((document as Json)[key], rest, value) };
}
