/** Shows adjustments before the server has answered; what the server answers takes its place. */

/** A copy of the analysis with the values at these JSON Pointers replaced; a pointer to nothing is passed over. */
export function applyTuning(analysis: Record<string, unknown>, tuning: Record<string, unknown>): Record<string, unknown> {
  return Object.entries(tuning).reduce<Record<string, unknown>>((document, [pointer, value]) => {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return path.length === 0 ? document : (replaceAt(document, path, value) as Record<string, unknown>);
  }, analysis);
}

function replaceAt(document: unknown, [part, ...rest]: string[], value: unknown): unknown {
  if (part === undefined) return value;
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, part)) return document;
  if (Array.isArray(document)) return document.map((each, index) => (String(index) === part ? replaceAt(each, rest, value) : each));
  return { ...document, [part]: replaceAt((document as Record<string, unknown>)[part], rest, value) };
}
