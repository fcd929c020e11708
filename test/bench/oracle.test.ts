import { leastCalls, type Policy } from './oracle.js';

const policy: Policy = { maxAge: 100, backoff: 10, backoffMost: 15 };
const at = (...times: number[]) => times.map((begun) => ({ key: 'a', begun, ended: begun + 1 }));

test.each([
  ['one key within max_age', at(0, 50, 102), [], [], { calls: 1, failed: 0, unsure: 0 }],
  ['once more when it is over', at(0, 103, 150), [], [], { calls: 2, failed: 0, unsure: 0 }],
  ['each key by itself', [...at(0), { key: 'b', begun: 1, ended: 2 }], [], [], { calls: 2, failed: 0, unsure: 0 }],
  ['a changed key anew', at(0, 30, 40), [{ key: 'a', from: 20, to: 21 }], [], { calls: 2, failed: 0, unsure: 0 }],
  ['nothing for the change of another key', at(0, 30), [{ key: 'b', from: 20, to: 21 }], [], { calls: 1, failed: 0, unsure: 0 }],
  [
    'of a request across a change, what needs fewer',
    at(0, 20, 30),
    [{ key: 'a', from: 20.5, to: 21 }],
    [],
    { calls: 2, failed: 0, unsure: 1 },
  ],
  [
    'again after the pause of a failure, which doubles up to the most',
    at(1, 5, 14, 25, 31),
    [],
    [{ from: 0, to: 1_000 }],
    { calls: 3, failed: 3, unsure: 0 },
  ],
  ['success when the outage is over', at(1, 14, 20), [], [{ from: 0, to: 10 }], { calls: 2, failed: 1, unsure: 0 }],
])('%s', (_, requests, changes, outages, expected) => {
  expect(leastCalls(requests, changes, outages, policy, 2)).toEqual(expected);
});
