/** [DP] Who has a draft open, in one process and in several, in virtual time. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DraftVisitor } from '@/app/_contract/live';
import { DraftRooms, type PresenceReport } from './draft-rooms';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const visitor = (name: string, tab = `${name}-tab`): DraftVisitor => ({
  personId: name,
  name,
  tab,
  selected: null,
  typing: null,
});
const namesOf = (people: readonly DraftVisitor[] | undefined) => people?.map(({ name }) => name).sort();

/** Processes that hear each other, unless one of them is cut off. */
function processes(count: number) {
  const cut = new Set<number>();
  const sent: { id: string; people: DraftVisitor[] }[][] = [];
  const all: DraftRooms[] = Array.from({ length: count }, (_, index) => {
    sent.push([]);
    return new DraftRooms({
      emit: (id, people) => sent[index]!.push({ id, people }),
      report: (report: PresenceReport) =>
        all.forEach((other, at) => {
          if (at !== index && !cut.has(at) && !cut.has(index)) other.heard(structuredClone(report));
        }),
    });
  });
  const last = (index: number) => sent[index]!.at(-1)?.people;
  return { all: all as [DraftRooms, DraftRooms], sent, last, cut };
}

describe('one process', () => {
  test('[DP1] a visitor is there from watching to leaving, and the same tab once', () => {
    const [rooms] = processes(1).all;
    rooms.enter('d', 's1', visitor('ada'));
    rooms.enter('d', 's2', visitor('bob'));
    rooms.enter('other', 's2', visitor('bob'));
    expect(namesOf(rooms.people('d'))).toEqual(['ada', 'bob']);
    // The tab connects again before its first socket is found to be dead.
    rooms.enter('d', 's3', visitor('ada'));
    rooms.present('d', 's3', { selected: 'charge', typing: 'title' });
    expect(rooms.people('d')).toHaveLength(2);
    rooms.leave('d', 's1');
    expect(rooms.people('d').find(({ name }) => name === 'ada')).toMatchObject({ selected: 'charge', typing: 'title' });
    rooms.leaveAll('s2');
    expect([namesOf(rooms.people('d')), rooms.watched()]).toEqual([['ada'], ['d']]);
  });
  test('[DP2] much typing is a few messages', () => {
    const { all, sent } = processes(1);
    all[0].enter('d', 's1', visitor('ada'));
    for (let letter = 0; letter < 500; letter++) {
      all[0].present('d', 's1', { selected: 'charge', typing: `field ${letter}` });
      vi.advanceTimersByTime(2);
    }
    vi.advanceTimersByTime(200);
    expect(sent[0]!.length).toBeLessThanOrEqual(11);
    expect(sent[0]!.at(-1)?.people).toMatchObject([{ selected: 'charge', typing: 'field 499' }]);
    // Nothing new is no message.
    all[0].present('d', 's1', { selected: 'charge', typing: 'field 499' });
    const before = sent[0]!.length;
    vi.advanceTimersByTime(1_000);
    expect(sent[0]!.length).toBe(before);
  });
  test('[DP4] what is shown of somebody who does not watch has no effect', () => {
    const [rooms] = processes(1).all;
    rooms.present('d', 'nobody', { selected: 'charge', typing: null });
    rooms.leave('d', 'nobody');
    expect([rooms.people('d'), rooms.watched()]).toEqual([[], []]);
  });
});

describe('two processes', () => {
  test('[DP3] each knows the visitors of the other, also those from before it was interested', () => {
    const { all, last } = processes(2);
    const [one, two] = all;
    one.enter('d', 's1', visitor('ada'));
    one.present('d', 's1', { selected: 'charge', typing: null });
    vi.advanceTimersByTime(200);
    two.enter('d', 's2', visitor('bob'));
    expect(namesOf(two.people('d'))).toEqual(['ada', 'bob']);
    vi.advanceTimersByTime(200);
    expect(namesOf(last(0))).toEqual(['ada', 'bob']);
    expect(last(1)?.find(({ name }) => name === 'ada')).toMatchObject({ selected: 'charge' });
    two.leaveAll('s2');
    vi.advanceTimersByTime(200);
    expect(namesOf(last(0))).toEqual(['ada']);
  });
  test('[DP5] a process that ends without a word is forgotten; one that was cut off comes back', () => {
    const { all, last, cut } = processes(2);
    const [one, two] = all;
    one.enter('d', 's1', visitor('ada'));
    two.enter('d', 's2', visitor('bob'));
    vi.advanceTimersByTime(60_000);
    expect(namesOf(last(0))).toEqual(['ada', 'bob']);
    cut.add(1);
    vi.advanceTimersByTime(40_000);
    expect(namesOf(last(0))).toEqual(['ada']);
    cut.delete(1);
    vi.advanceTimersByTime(10_000);
    expect(namesOf(last(0))).toEqual(['ada', 'bob']);
  });
  test('[DP6] a process that stops says goodbye', () => {
    const { all, last } = processes(2);
    const [one, two] = all;
    one.enter('d', 's1', visitor('ada'));
    two.enter('d', 's2', visitor('bob'));
    vi.advanceTimersByTime(200);
    two.close();
    expect(namesOf(last(0))).toEqual(['ada']);
    one.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
