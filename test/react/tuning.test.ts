import { applyTuning, mergeTuning } from '../../src/react/tuning.js';

const analysis = {
  traits: [
    { name: 'openness', score: 60 },
    { name: 'self  control', score: 40 },
  ],
  'a/b': { '~': 1 },
  interests: ['maps', 'trains'],
  pairs: [[1, 2], [3]],
};

test('replaces what a JSON Pointer names, by the names that the database knows, and leaves the analysis as it was', () => {
  const before = structuredClone(analysis);
  const shown = applyTuning(analysis, {
    '/traits/openness/score': 80,
    '/traits/self control/score': 45,
    '/interests/trains': 'boats',
    '/pairs/1/0': 5,
    '/a~1b/~0': 2,
  });
  expect(shown).toEqual({
    traits: [
      { name: 'openness', score: 80 },
      { name: 'self  control', score: 45 },
    ],
    'a/b': { '~': 2 },
    interests: ['maps', 'boats'],
    pairs: [[1, 2], [5]],
  });
  expect(analysis).toEqual(before);
});

test('elements that share a name go by position', () => {
  const list = { traits: [{ name: 'open' }, { name: 'open', score: 1 }] };
  expect(applyTuning(list, { '/traits/1/score': 9, '/traits/open/score': 5 })).toEqual({
    traits: [{ name: 'open' }, { name: 'open', score: 9 }],
  });
});

test('passes over what is not there: the server will say so', () => {
  for (const pointer of ['/nothing', '/traits/0/score', '/traits/openness/score/deeper', '/pairs/9', '', 'traits', '/__proto__/polluted']) {
    expect(applyTuning(analysis, { [pointer]: 1 })).toEqual(analysis);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('adds adjustments to those there; null takes one back', () => {
  expect(mergeTuning({ '/a': 1, '/b': 2 }, { '/b': null, '/c': 3, '/d': null })).toEqual({ '/a': 1, '/c': 3 });
});
