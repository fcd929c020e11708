import { InvalidInput } from './errors.js';

/**
 * The JSON text of a value, where `JSON.stringify` would neither change nor drop anything in silence: not a number, infinity, undefined in a list,
 * functions, symbols, bigints, sets, maps and cycles are refused. Properties that are undefined count as absent.
 */
export function jsonOf(value: unknown, what: string): string {
  return isPlain(value, 0) ? JSON.stringify(value) : carefully(value, what);
}

/** Deeper values are looked at carefully, cycles among them. */
const DEEP = 32;

/** Whether it is what most values are: of the kinds that JSON has, and nothing else. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > DEEP || 'toJSON' in value) return false;
  if (Array.isArray(value)) {
    for (const each of value) if (!isPlain(each, depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || Symbol.toStringTag in value) return false;
  for (const key in value) {
    const each = (value as Record<string, unknown>)[key];
    if (each !== undefined && !isPlain(each, depth + 1)) return false;
  }
  return true;
}

/** Says what cannot be written, and where it is. */
function carefully(value: unknown, what: string): string {
  const refuse = (path: string, found: string): never => {
    throw new InvalidInput(`${what} cannot be written as JSON: ${path || 'the value'} is ${found}`, {
      hint: 'Pass null, booleans, finite numbers, strings, lists and plain objects.',
    });
  };
  const above = new Set<object>();

  function visit(node: unknown, path: string): void {
    switch (typeof node) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(node)) refuse(path, String(node));
        return;
      case 'object':
        break;
      default:
        refuse(path, `a ${typeof node}`.replace('a undefined', 'undefined'));
    }
    if (node === null) return;
    const object = node as object & { toJSON?: (key: string) => unknown };
    if (above.has(object)) refuse(path, 'part of itself');
    above.add(object);
    if (typeof object.toJSON === 'function') {
      const written = object.toJSON('');
      if (written === null && object instanceof Date) refuse(path, 'an invalid date');
      visit(written, path);
    } else if (Array.isArray(object)) {
      // Holes are undefined too, and forEach would pass over them.
      for (let index = 0; index < object.length; index += 1) visit(object[index], `${path}[${index}]`);
    } else {
      const kind = Object.prototype.toString.call(object).slice(8, -1);
      if (kind !== 'Object') refuse(path, `a ${kind}`);
      for (const [key, each] of Object.entries(object)) if (each !== undefined) visit(each, path ? `${path}.${key}` : key);
    }
    above.delete(object);
  }

  try {
    visit(value, '');
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) refuse('', 'nested too deeply');
    throw error;
  }
}
