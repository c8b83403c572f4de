/** The rules are in moments.ts. Times are minutes after the opening. */
import { expect, test } from 'vitest';
import { GIVE_UP_MS, nextLookMs, nextMoment, type TargetKind, type Told } from './moments';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
const alert = (change: { acknowledged?: number; resolved?: number; remind?: number } = {}) => ({
  openedAt: at(0),
  acknowledgedAt: change.acknowledged === undefined ? null : at(change.acknowledged),
  resolvedAt: change.resolved === undefined ? null : at(change.resolved),
  remindMinutes: change.remind ?? null,
});
const told = (moment: string, state: 'delivered' | 'waits' | 'dropped' = 'delivered', attempts = 1): Told => ({
  moment,
  deliveredAt: state === 'delivered' ? at(0) : null,
  isDropped: state === 'dropped',
  attempts,
  firstAt: at(0),
  lastAt: at(0),
});
const next = (
  what: Parameters<typeof alert>[0],
  said: Told[],
  { kind = 'pager', silent = false, minute = 1 }: { kind?: TargetKind; silent?: boolean; minute?: number } = {}
) => nextMoment(alert(what), kind, said, silent, at(minute));

test('[ALM1] the opening comes first, then what follows, each once', () => {
  expect(next({}, [])).toEqual({ moment: 'opened', drop: [] });
  expect(next({}, [told('opened', 'waits')]).moment).toBe('opened');
  expect(next({}, [told('opened')]).moment).toBe(null);
  expect(next({ acknowledged: 1 }, []).moment).toBe('opened');
  expect(next({ acknowledged: 1 }, [told('opened')]).moment).toBe('acknowledged');
  expect(next({ acknowledged: 1 }, [told('opened'), told('acknowledged')]).moment).toBe(null);
  expect(next({ acknowledged: 1, resolved: 2 }, [told('opened'), told('acknowledged')]).moment).toBe('resolved');
  expect(next({ resolved: 2 }, [told('opened'), told('resolved')])).toEqual({ moment: null, drop: [] });
  expect(next({ resolved: 2 }, [told('opened', 'dropped')]).moment).toBe(null);
});

test('[ALM2] what was over before it was told is told to nobody, and of reminders only the newest is', () => {
  expect(next({ resolved: 1 }, [])).toEqual({ moment: null, drop: [] });
  expect(next({ resolved: 1 }, [told('opened', 'waits')])).toEqual({ moment: null, drop: ['opened'] });
  const said = [told('opened'), told('reminded 1', 'waits')];
  expect(next({ remind: 10 }, said, { kind: 'chat', minute: 35 })).toEqual({
    moment: 'reminded 3',
    drop: ['reminded 1'],
  });
  expect(next({ resolved: 36, remind: 10 }, said, { kind: 'chat', minute: 40 })).toEqual({
    moment: 'resolved',
    drop: ['reminded 1'],
  });
});

test('[ALM3] in silence nobody is told of an opening or reminded, but of an end', () => {
  expect(next({}, [], { silent: true }).moment).toBe(null);
  expect(next({ remind: 10 }, [told('opened')], { kind: 'chat', silent: true, minute: 25 }).moment).toBe(null);
  expect(next({ acknowledged: 1 }, [told('opened')], { silent: true }).moment).toBe('acknowledged');
  expect(next({ resolved: 1 }, [told('opened')], { silent: true }).moment).toBe('resolved');
});

test('[ALM4] an acknowledgement ends reminders; people are not mailed of it, and a pager is not reminded', () => {
  const opened = [told('opened')];
  expect(next({ remind: 10 }, opened, { kind: 'person', minute: 25 }).moment).toBe('reminded 2');
  expect(next({ remind: 10 }, opened, { kind: 'pager', minute: 25 }).moment).toBe(null);
  expect(next({ remind: 10, acknowledged: 1 }, opened, { kind: 'person', minute: 25 }).moment).toBe(null);
  expect(next({ acknowledged: 1 }, opened, { kind: 'group' }).moment).toBe(null);
  expect(next({ remind: 10 }, opened, { kind: 'chat', minute: 9 }).moment).toBe(null);
});

test('[ALM5] it is looked at again when something is due: a retry, a reminder, the end of a silence', () => {
  const minutesTo = (what: Parameters<typeof alert>[0], said: Told[], silent: number | null, minute: number) =>
    (nextLookMs(alert(what), said, silent === null ? null : at(silent).getTime(), at(minute)) - at(minute).getTime()) /
    60_000;
  expect(minutesTo({}, [told('opened')], null, 1)).toBe(360);
  expect(minutesTo({ remind: 10 }, [told('opened')], null, 13)).toBe(7);
  expect(minutesTo({ remind: 10 }, [told('opened')], null, 10)).toBe(10);
  expect(minutesTo({ remind: 10, acknowledged: 1 }, [told('opened')], null, 13)).toBe(360);
  expect(minutesTo({}, [], 90, 30)).toBe(60);
  expect(minutesTo({}, [told('opened', 'waits', 2)], null, 1)).toBe(20 / 60);
  expect(minutesTo({}, [told('opened', 'waits', 500)], null, 1)).toBe(10);
  // A clock that was set back.
  expect(minutesTo({ remind: 10 }, [told('opened')], null, -25)).toBeGreaterThan(0);
  expect(GIVE_UP_MS).toBeGreaterThan(86_400_000);
});
