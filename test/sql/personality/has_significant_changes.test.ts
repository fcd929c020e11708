import { useDatabase } from '../../support/database.js';
import { call, value } from '../core/calls.js';

const database = useDatabase();
const significant = (current: unknown, updated: unknown, tolerance?: number) =>
  value<boolean>(database.pool, 'has_significant_changes', {
    current: JSON.stringify(current),
    updated: JSON.stringify(updated),
    tolerance,
  });

test.each<[string, unknown, unknown, boolean]>([
  ['key order, the audit’s {a,b} against {b,a}', { a: 1, b: 2 }, { b: 2, a: 1 }, false],
  ['1.0 = 1', { a: 1.0 }, { a: 1 }, false],
  ['a number within the tolerance', { traits: [{ name: 'x', score: 80 }] }, { traits: [{ name: 'x', score: 77 }] }, false],
  ['a number beyond it', { traits: [{ name: 'x', score: 80 }] }, { traits: [{ name: 'x', score: 70 }] }, true],
  ['an added trait', { traits: [{ name: 'x' }] }, { traits: [{ name: 'x' }, { name: 'y' }] }, true],
  ['a removed trait', { traits: [{ name: 'x' }, { name: 'y' }] }, { traits: [{ name: 'x' }] }, true],
  ['a retyped trait', { traits: [{ name: 'x', score: 1 }] }, { traits: [{ name: 'x', score: [1] }] }, true],
])('%s', async (_, current, updated, expected) => {
  expect(await significant(current, updated)).toBe(expected);
  expect(await significant(updated, current)).toBe(expected);
});

test('agrees with the policy, unless told otherwise', async () => {
  await call(database.pool, 'set_content_policy', { content_type: 'personality', change_tolerance: 0.5 });
  expect([await significant({ a: 10 }, { a: 6 }), await significant({ a: 10 }, { a: 6 }, 0.1)]).toEqual([false, true]);
});

test('1 MB of it is compared', async () => {
  const large = { traits: Array.from({ length: 4000 }, (_, i) => ({ name: `trait ${i}`, score: i, evidence: 'x'.repeat(200) })) };
  const other = structuredClone(large);
  other.traits.reverse();
  expect(await significant(large, other)).toBe(false);
  (other.traits[7] as { evidence: string }).evidence = 'y';
  expect(await significant(large, other)).toBe(true);
});
