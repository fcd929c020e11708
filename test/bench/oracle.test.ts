import { leastCalls, type Made, type Policy } from './oracle.js';

const policy: Policy = { maxAge: 100, backoff: 10, backoffMost: 15 };
const at = (...times: number[]) => times.map((begun) => ({ key: 'a', begun, ended: begun + 1 }));
const made = (begun: number, ended: number, ok = true): Made => ({ key: 'a', begun, ended, ok });
const changed = (from: number, to: number, key = 'a') => [{ key, from, to }];

test.each([
  ['one key within max_age', { asked: at(0, 50, 102) }, { calls: 1 }],
  ['once more when it is over', { asked: at(0, 103, 150) }, { calls: 2 }],
  ['each key by itself', { asked: [...at(0), { key: 'b', begun: 1, ended: 2 }] }, { calls: 2 }],
  ['a changed key anew', { asked: at(0, 30, 40), changes: changed(20, 21) }, { calls: 2 }],
  ['nothing for the change of another key', { asked: at(0, 30), changes: changed(20, 21, 'b') }, { calls: 1 }],
  ['of a request across a change, what needs fewer', { asked: at(0, 20, 30), changes: changed(20.5, 21) }, { calls: 2, unsure: 1 }],
  [
    'again after the pause of a failure, which doubles up to the most',
    { asked: at(1, 5, 14, 28, 32), outages: [{ from: 0, to: 1_000 }] },
    { calls: 3, failed: 3, when: [1, 14, 32] },
  ],
  ['success when the outage is over', { asked: at(1, 14, 20), outages: [{ from: 0, to: 10 }] }, { calls: 2, failed: 1 }],
  ['content that ages from the end of the call of the run', { asked: at(0, 118, 121), made: [made(0.5, 20)] }, { calls: 2 }],
  ['nothing of a call that the run made later', { asked: at(0, 103), made: [made(50, 60)] }, { calls: 2 }],
  ['no call that the run made beside', { asked: at(0, 103), made: [made(0.5, 4), made(0.6, 5), made(50, 60)] }, { calls: 1 }],
  [
    'at the edge of an outage what became of the call of the run',
    { asked: at(8, 12, 30), outages: [{ from: 0, to: 9 }], made: [made(8.5, 10, false)] },
    { calls: 2, failed: 1 },
  ],
  [
    'no second try without a pause',
    { asked: at(1, 4), outages: [{ from: 0, to: 50 }], made: [made(1, 2, false), made(3, 4, false)] },
    { calls: 1, failed: 1 },
  ],
])('%s', (_, { asked, changes = [], outages = [], made: calls = [] }: Trace, { when, ...expected }: Expected) => {
  const least = leastCalls(asked, changes, outages, policy, calls, 2);
  expect(least).toMatchObject({ failed: 0, unsure: 0, ...expected });
  const times = [...least.byKey.values()].flat();
  expect(times).toHaveLength(expected.calls);
  if (when) expect(times).toEqual(when);
});

interface Expected {
  calls: number;
  failed?: number;
  unsure?: number;
  when?: number[];
}

interface Trace {
  asked: { key: string; begun: number; ended: number }[];
  changes?: { key: string; from: number; to: number }[];
  outages?: { from: number; to: number }[];
  made?: Made[];
}
