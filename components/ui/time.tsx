'use client';

/**
 * Times on screens: one clock for the page, one time zone for the app, the exact instant in a tooltip.
 *
 * [TMZ1] Every time on a screen is written by engine/flow/values/format.ts, in the zone that the person has chosen, or in
 *   one that is named beside it, such as that of a schedule.
 * [TMZ2] A field for a date and a time has the same zone (engine/flow/zones.ts). A time that a change of the clock leaves
 *   out, or repeats, is one instant all the same.
 * [TMZ3] A tooltip names the zone, and so does a field.
 */
import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { cn } from './cn';
import {
  formatDuration,
  formatInstant,
  formatMinute,
  formatRelative,
  type Zone,
} from '../../engine/flow/values/format';
import { Tooltip } from './tooltip';

const SECOND = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let nowMs = 0;

/** One interval for all listeners; none if no time is shown or the tab is hidden. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    nowMs = Date.now();
    timer = setInterval(() => {
      if (document.hidden) return;
      nowMs = Date.now();
      listeners.forEach((each) => each());
    }, SECOND);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}
const read = () => {
  if (nowMs === 0) nowMs = Date.now();
  return nowMs;
};
/** Updated each second; null while rendering on the server, which must not render the current time. */
export function useNow(): number | null {
  return useSyncExternalStore<number | null>(subscribe, read, () => null);
}

/** As this browser, or an IANA zone. */
export type ZoneChoice = 'local' | (string & {});
const ZoneContext = createContext<ZoneChoice>('local');
/** `choice` comes from the person's settings; the switch itself is in the shell. */
export function TimeZoneProvider({ choice, children }: { choice: ZoneChoice; children: ReactNode }) {
  return <ZoneContext.Provider value={choice}>{children}</ZoneContext.Provider>;
}
const never = () => () => {};
/** The zone for the `format*` functions. UTC on the server, so that the first paint can be hydrated. */
export function useZone(): Zone {
  const choice = useContext(ZoneContext);
  const mounted = useSyncExternalStore(
    never,
    () => true,
    () => false
  );
  if (!mounted) return 'UTC';
  return choice === 'local' ? undefined : choice;
}

/** Beside a field for a date and a time, in the browser only. */
export const zoneWords = (zone: Zone): string =>
  zone === undefined ? `In the time zone of this browser, ${zoneName(zone)}.` : `In ${zoneName(zone)}.`;

/** 'America/New York' */
const zoneName = (zone: Zone): string =>
  (zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC').replaceAll('_', ' ');

/** [TMZ3] The offset alone does not say which zone it is. */
const named = (exact: string, zone: Zone): string => {
  const name = zoneName(zone);
  return exact.endsWith(name) ? exact : `${exact}, ${name}`;
};

/** `12s ago`; a tooltip shows the instant on hover and focus. */
export function RelativeTime({ atMs, prefix, className }: { atMs: number; prefix?: string; className?: string }) {
  const now = useNow();
  const zone = useZone();
  const exact = useMemo(() => formatInstant(atMs, zone), [atMs, zone]);
  // The server and the browser may read the data at different times, so this text may differ without being a
  // hydration error.
  return (
    <Tooltip content={named(exact, zone)}>
      <time
        dateTime={new Date(atMs).toISOString()}
        className={cn('figures whitespace-nowrap', className)}
        suppressHydrationWarning
      >
        {prefix}
        {now === null ? exact : formatRelative(atMs, now)}
      </time>
    </Tooltip>
  );
}

/**
 * `in 12s`, or 'now' once the time has come: a retry whose time has come is not overdue, because its start may not
 * have been reported yet. Empty until the clock of the page runs.
 */
export function Ahead({ atMs, className }: { atMs: number; className?: string }) {
  const now = useNow();
  if (now === null) return null;
  return now >= atMs ? <span className={className}>now</span> : <RelativeTime atMs={atMs} className={className} />;
}

/** The exact instant, written out; to the minute where the instant is one that people agreed on. */
export function Instant({
  atMs,
  to = 'millisecond',
  className,
}: {
  atMs: number;
  to?: 'minute' | 'millisecond';
  className?: string;
}) {
  const zone = useZone();
  return (
    <time dateTime={new Date(atMs).toISOString()} className={cn('figures whitespace-nowrap', className)}>
      {to === 'minute' ? formatMinute(atMs, zone) : formatInstant(atMs, zone)}
    </time>
  );
}

/** `1m 04s`. If `endMs` is null it continues with the clock of the page. */
export function Duration({ startMs, endMs, className }: { startMs: number; endMs: number | null; className?: string }) {
  return endMs === null ? (
    <RunningDuration startMs={startMs} className={className} />
  ) : (
    <span className={cn('figures whitespace-nowrap', className)}>{formatDuration(endMs - startMs)}</span>
  );
}
function RunningDuration({ startMs, className }: { startMs: number; className?: string }) {
  const now = useNow();
  const seconds = now === null ? null : Math.floor(Math.max(0, now - startMs) / SECOND) * SECOND;
  return (
    <span className={cn('figures whitespace-nowrap', className)}>
      {seconds === null || seconds < SECOND ? '0s' : formatDuration(seconds).replace(/\.0s$/, 's')}
    </span>
  );
}
