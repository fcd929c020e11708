import { type Deadline, Deadlines, Expiry } from '../../src/deadlines.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const ended: string[] = [];
beforeEach(() => ended.splice(0));
const named = (name: string, then = () => {}): Deadline => ({
  due: 0,
  expire: () => {
    ended.push(name);
    then();
  },
});

test('each has all its time, whenever it begins, and what has ended before does not expire', () => {
  const deadlines = new Deadlines(100);
  const answered = named('answered');
  deadlines.add(named('first'));
  deadlines.add(answered);
  jest.advanceTimersByTime(60);
  deadlines.add(named('second'));
  deadlines.remove(answered);
  jest.advanceTimersByTime(45);
  expect(ended).toEqual(['first']);
  jest.advanceTimersByTime(60);
  expect(ended).toEqual(['first', 'second']);
  expect(jest.getTimerCount()).toBe(0);
  deadlines.add(named('third'));
  jest.advanceTimersByTime(105);
  expect(ended).toEqual(['first', 'second', 'third']);
});

test('one that begins while another expires has all its time too', () => {
  const deadlines = new Deadlines(100);
  deadlines.add(named('first', () => deadlines.add(named('next'))));
  jest.advanceTimersByTime(105);
  expect(ended).toEqual(['first']);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(90);
  expect(ended).toEqual(['first']);
  jest.advanceTimersByTime(20);
  expect(ended).toEqual(['first', 'next']);
  expect(jest.getTimerCount()).toBe(0);
});

test('nothing runs on once it was stopped', () => {
  const deadlines = new Deadlines(100);
  deadlines.add(named('stopped'));
  deadlines.stop();
  jest.advanceTimersByTime(300);
  expect(ended).toEqual([]);
});

test('a limit over several steps tells the one that is under way, and any that begins too late', () => {
  const expiry = new Expiry(new Deadlines(100));
  expiry.onExpire(() => ended.push('connecting'));
  jest.advanceTimersByTime(50);
  expiry.onExpire(() => ended.push('reading'));
  jest.advanceTimersByTime(60);
  expect(ended).toEqual(['reading']);
  expect(expiry.expired).toBe(true);
  expiry.onExpire(() => ended.push('late'));
  expect(ended).toEqual(['reading', 'late']);
});

test('a limit that was kept tells nobody', () => {
  const expiry = new Expiry(new Deadlines(100));
  expiry.onExpire(() => ended.push('reading'));
  expiry.cancel();
  jest.advanceTimersByTime(300);
  expect(ended).toEqual([]);
  expect(expiry.expired).toBe(false);
});
