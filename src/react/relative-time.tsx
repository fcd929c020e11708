/** A time in words that stays true while it is looked at. */
import { type ReactElement, useCallback, useSyncExternalStore } from 'react';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/** A time that passed `elapsedMs` ago, in words: whole units, the last minute is "now". */
export function inWords(elapsedMs: number, locale?: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const [unit, length] = units.find(([, each]) => elapsedMs >= each) ?? (['second', 1_000] as const);
  return format.format(unit === 'second' ? 0 : -Math.floor(elapsedMs / length), unit);
}

/** When the words change next. */
function untilOtherWords(elapsedMs: number): number {
  if (elapsedMs < 0) return MINUTE - elapsedMs;
  const [, length] = units.find(([, each]) => elapsedMs >= each) ?? ['minute', MINUTE];
  return Math.min(length - (elapsedMs % length), DAY);
}

/** The same on a server and in every browser, whatever its language and time zone. */
const plainly = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export interface RelativeTimeProps {
  date: Date;
  /** Default: the browser's. */
  locale?: string | undefined;
  /** Added to this machine's clock. */
  clockOffsetMs?: number | undefined;
  className?: string | undefined;
}

/**
 * `3 minutes ago`, with the exact time on hover. It renders again when its words change, not before; what a server renders is the exact time, so that
 * hydration finds what it expects.
 */
export function RelativeTime({ date, locale, clockOffsetMs = 0, className }: RelativeTimeProps): ReactElement {
  const time = date.getTime();
  const elapsed = useCallback(() => Date.now() + clockOffsetMs - time, [clockOffsetMs, time]);
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: ReturnType<typeof setTimeout>;
      const wait = () => {
        timer = setTimeout(() => {
          changed();
          wait();
        }, untilOtherWords(elapsed()));
      };
      wait();
      return () => clearTimeout(timer);
    },
    [elapsed],
  );
  const words = useSyncExternalStore(
    subscribe,
    () => inWords(elapsed(), locale),
    () => null,
  );
  return (
    <time
      className={className}
      dateTime={date.toISOString()}
      title={words === null ? plainly(date) : date.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'medium' })}
    >
      {words ?? plainly(date)}
    </time>
  );
}
