import { expect, test } from 'vitest';
import type { DraftWatchAnswer } from '@/app/_contract/live';
import { FAILURES, type AppFailure } from '@/app/_contract/errors';
import { DraftWatch } from './draft-watch';

function open() {
  const questions: ((answer: DraftWatchAnswer) => void)[] = [];
  const later = new Set<() => void>();
  const numbers: number[] = [];
  const port = {
    connected: true,
    ask: (answer: (answer: DraftWatchAnswer) => void) => void questions.push(answer),
    after: (_ms: number, run: () => void) => {
      later.add(run);
      return () => later.delete(run);
    },
  };
  const lost: string[] = [];
  const watch = new DraftWatch(
    port,
    (number) => numbers.push(number),
    () => lost.push('lost')
  );
  const pass = () => {
    const due = [...later];
    later.clear();
    for (const run of due) run();
  };
  return { watch, port, questions, numbers, lost, pass };
}
const refused = (code: AppFailure['code']): DraftWatchAnswer => ({
  kind: 'refused',
  error: { code, message: 'No.', whatToDo: FAILURES[code].whatToDo },
});
const watching = (number: number): DraftWatchAnswer => ({ kind: 'watching', number, people: [] });

test('[DWA2] a draft that could not be watched because the database was away is watched when it is back', () => {
  const { watch, questions, numbers, pass } = open();
  watch.ask();
  questions[0]!(refused('databaseAway'));
  pass();
  questions[1]!(refused('tooManyTries'));
  pass();
  questions[2]!(watching(7));
  pass();
  expect([questions.length, numbers]).toEqual([3, [7]]);
});

test('[DWA2] a draft that the person may not see, or that does not exist, is not asked for again', () => {
  for (const code of ['notAllowed', 'draftNotFound'] as const) {
    const { watch, questions, pass } = open();
    watch.ask();
    questions[0]!(refused(code));
    pass();
    expect(questions).toHaveLength(1);
  }
});

test('[DWA1] the answer on an earlier connection, or after the page is left, counts no more', () => {
  const { watch, port, questions, numbers, pass } = open();
  watch.ask();
  watch.ask();
  questions[0]!(watching(3));
  questions[1]!(watching(4));
  port.connected = false;
  watch.ask();
  expect([questions.length, numbers]).toEqual([2, [4]]);
  port.connected = true;
  watch.ask();
  questions[2]!(refused('databaseAway'));
  watch.close();
  pass();
  expect(questions).toHaveLength(3);
});

test('[DWA3] a connection that is back at once changes nothing; after a moment without one, nobody is here', () => {
  const { watch, questions, lost, pass } = open();
  watch.ask();
  questions[0]!(watching(3));
  watch.lost();
  watch.ask();
  questions[1]!(watching(4));
  pass();
  expect(lost).toEqual([]);
  watch.lost();
  pass();
  expect(lost).toEqual(['lost']);
  watch.lost();
  watch.close();
  pass();
  expect(lost).toEqual(['lost']);
});
