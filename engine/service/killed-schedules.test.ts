/**
 * [KBS1] Schedules whose engine is killed before or after any write of their life (creation, times, starts, closes,
 *        changes, deletion) start and count what they do without a kill: nothing is lost, nothing is doubled.
 * [KBS2] The same on PostgreSQL.
 */
import { expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { MemoryStore } from '../store/memory';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import type { Kill } from './testing/fatal-store';
import { SchedulesPlay, type Played } from './testing/play-schedules';

provesHistories('scripted');

const named = (kill: Kill) => `killed ${kill.when} write ${kill.at}`;
/** In turn, so that it takes half as long; both with FC_KILLS. */
const endsOf = (at: number): Kill['when'][] =>
  process.env.FC_KILLS ? ['before', 'after'] : [at % 2 === 0 ? 'after' : 'before'];
const withoutWrites = ({ counts, runs, left }: Played) => ({ counts, runs, left });

it('[KBS1] at every write, in memory', async () => {
  const whole = await new SchedulesPlay(new MemoryStore(), null).run();
  expect(whole.left).toEqual([]);
  expect(whole.runs.length).toBeGreaterThan(20);
  for (let at = 1; at <= whole.writes; at++)
    for (const when of endsOf(at)) {
      const kill = { at, when };
      const played = await new SchedulesPlay(new MemoryStore(), kill).run();
      expect(withoutWrites(played), named(kill)).toEqual(withoutWrites(whole));
    }
}, 180_000);

it('[KBS2] at some writes, on PostgreSQL', async () => {
  const play = async (kill: Kill | null) => {
    const database = await createTestDatabase();
    try {
      return await new SchedulesPlay(new PostgresStore({ url: database.url }), kill).run();
    } finally {
      await database.drop();
    }
  };
  const whole = await play(null);
  const kills = Number(process.env.FC_KILLS ?? 6);
  for (let nth = 0; nth < kills; nth++) {
    const kill: Kill = {
      at: 1 + Math.floor(((nth + 0.5) * whole.writes) / kills),
      when: nth % 2 === 0 ? 'after' : 'before',
    };
    expect(withoutWrites(await play(kill)), named(kill)).toEqual(withoutWrites(whole));
  }
}, 180_000);
