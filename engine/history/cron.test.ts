/** Rules CRN1 to CRN4: cron.ts; CHN5: chain.ts. The expected times are those of robfig/cron v3, which a Temporal server uses. */
import { describe, expect, it } from 'vitest';
import { cronFault, nextTime } from './cron';

const at = (text: string) => Date.parse(text);
const next = (schedule: string, after: string, notBefore = after) => {
  const ms = nextTime(schedule, at(after), at(notBefore));
  return ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z');
};
const NOW = at('2026-01-01T00:00:00Z');

describe('what a schedule may say', () => {
  it.each([
    ['* * * * *', '2026-07-01T12:00:00Z', '2026-07-01T12:01:00Z'],
    ['0/15 * * * *', '2026-07-01T14:45:01Z', '2026-07-01T15:00:00Z'],
    ['20-35/15 * * * *', '2026-07-01T14:46:00Z', '2026-07-01T15:20:00Z'],
    ['5,50 8-10 * * ?', '2026-07-01T08:50:00Z', '2026-07-01T09:05:00Z'],
    ['0 0 1 JAN *', '2026-07-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['0 9 * * mon-Fri', '2026-07-03T09:00:00Z', '2026-07-06T09:00:00Z'],
    ['0 0 29 2 *', '2026-07-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    [' 0  0 31 * * ', '2026-02-01T00:00:00Z', '2026-03-31T00:00:00Z'],
    ['@hourly', '2026-07-01T12:30:00Z', '2026-07-01T13:00:00Z'],
    ['@daily', '2026-12-31T12:30:00Z', '2027-01-01T00:00:00Z'],
    ['@midnight', '2026-12-31T12:30:00Z', '2027-01-01T00:00:00Z'],
    ['@weekly', '2026-07-01T00:00:00Z', '2026-07-05T00:00:00Z'],
    ['@monthly', '2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z'],
    ['@yearly', '2026-07-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@annually', '2026-07-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@every 1h30m', '2026-07-01T12:00:00.700Z', '2026-07-01T13:30:00Z'],
    ['@every 10ms', '2026-07-01T12:00:00Z', '2026-07-01T12:00:01Z'],
    ['@every 2.9s', '2026-07-01T12:00:00Z', '2026-07-01T12:00:02Z'],
    ['CRON_TZ=Asia/Tokyo 0 9 * * *', '2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'],
    ['TZ=America/New_York 30 8 * * *', '2026-07-01T00:00:00Z', '2026-07-01T12:30:00Z'],
  ])('[CRN1] %s after %s: %s', (schedule, after, expected) => {
    expect(cronFault(schedule, NOW)).toBeNull();
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([
    ['', /0 fields/],
    ['* * * *', /4 fields/],
    ['0 * * * * *', /6 fields/],
    ['60 * * * *', /minute is from 0 to 59/],
    ['* 24 * * *', /hour/],
    ['* * 0 * *', /day of the month/],
    ['* * * 13 *', /month/],
    ['* * * * 7', /day of the week/],
    ['5-1 * * * *', /5-1/],
    ['*/0 * * * *', /step of 0/],
    ['1/2/3 * * * *', /too many slashes/],
    ['1-2-3 * * * *', /too many hyphens/],
    ['-1 * * * *', /number is expected/],
    ['* * L * *', /number is expected/],
    ['* * * * MON#1', /number is expected/],
    ['* * * sunday *', /number is expected/],
    ['@reboot', /unknown word/],
    ['@every', /unknown word/],
    ['@every soon', /cannot be read/],
    ['CRON_TZ=Nowhere/City * * * * *', /unknown time zone/],
    ['CRON_TZ=+02:00 * * * * *', /unknown time zone/],
    ['0 0 30 2 *', /no time at all/],
    [', * * * *', /no time at all/],
  ])('[CRN1] %j is refused', (schedule, problem) => {
    expect(cronFault(schedule, NOW)).toMatch(problem);
    if (!String(problem).includes('no time')) expect(nextTime(schedule, NOW, NOW)).toBeNull();
  });

  it.each([
    ['0 0 13 * fri', '2026-07-01T00:00:00Z', '2026-07-03T00:00:00Z'],
    ['0 0 * * fri', '2026-07-03T00:00:00Z', '2026-07-10T00:00:00Z'],
    ['0 0 */2 * fri', '2026-07-01T00:00:00Z', '2026-07-03T00:00:00Z'],
    ['0 0 13 * */1', '2026-07-01T00:00:00Z', '2026-07-13T00:00:00Z'],
  ])('[CRN2] %s: either day, unless one of them is open', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([
    // 02:30 does not occur on 8 March, 01:30 occurs twice on 1 November.
    ['30 2 * * *', '2026-03-07T08:00:00Z', '2026-03-09T06:30:00Z'],
    ['30 1 * * *', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00Z'],
    ['30 1 * * *', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ['30 1 * * *', '2026-11-01T06:30:00Z', '2026-11-02T06:30:00Z'],
    ['0 * * * *', '2026-03-08T06:00:00Z', '2026-03-08T07:00:00Z'],
    ['0 0 * * *', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
  ])('[CRN3] New York, %s after %s: %s', (schedule, after, expected) => {
    expect(next(`CRON_TZ=America/New_York ${schedule}`, after)).toBe(expected);
  });

  it('[CRN3] a midnight that does not occur (São Paulo, 4 November 2018)', () => {
    const schedule = 'CRON_TZ=America/Sao_Paulo 0 0 * * *';
    expect(next(schedule, '2018-11-03T04:00:00Z')).toBe('2018-11-05T02:00:00Z');
  });

  it('[CRN4] a time more than five years away is none', () => {
    expect(next('0 0 29 2 *', '2096-03-01T00:00:00Z')).toBeNull();
    expect(cronFault('0 0 29 2 *', at('2096-03-01T00:00:00Z'))).toMatch(/no time/);
  });
});

describe('times that passed', () => {
  it('[CHN5] are left out at once, however many there are', () => {
    expect(next('* * * * *', '2016-01-01T00:00:00Z', '2026-07-01T12:00:30Z')).toBe('2026-07-01T12:01:00Z');
    expect(next('@every 7s', '2016-01-01T00:00:00Z', '2026-07-01T12:00:00Z')).toBe('2026-07-01T12:00:02Z');
    expect(next('@every 1m', '2026-07-01T12:00:00Z', '2026-07-01T12:02:00Z')).toBe('2026-07-01T12:02:00Z');
  });
});
