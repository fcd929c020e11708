import { applyTuning } from '../../src/react/tuning.js';

const analysis = { traits: [{ name: 'openness', score: 60 }], 'a/b': { '~': 1 }, interests: ['maps', 'trains'] };

test('replaces what a JSON Pointer names, and leaves the analysis as it was', () => {
  const before = structuredClone(analysis);
  const shown = applyTuning(analysis, { '/traits/0/score': 80, '/interests/1': 'boats', '/a~1b/~0': 2 });
  expect(shown).toEqual({ traits: [{ name: 'openness', score: 80 }], 'a/b': { '~': 2 }, interests: ['maps', 'boats'] });
  expect(analysis).toEqual(before);
});

test('passes over what is not there: the server will say so', () => {
  for (const pointer of ['/nothing', '/traits/7/score', '/traits/-', '/traits/0/score/deeper', '', 'traits', '/__proto__/polluted']) {
    expect(applyTuning(analysis, { [pointer]: 1 })).toEqual(analysis);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
