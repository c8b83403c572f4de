/** What an operator can do to a run that unwinds: decide, stop it again, kill it. */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { UndoDecision } from './contract';
import {
  actor,
  closedBy,
  deeds,
  ledgerOf,
  letGo,
  nodesOf,
  refusalOf,
  start,
  usesSagas,
  workflowsPath,
  world,
} from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const decision = (choice: UndoDecision['choice'], reason = 'I looked', name = 'Ada'): UndoDecision => ({
  nodeId: 'stuck',
  choice,
  reason,
  actor: actor(name),
});

describe('an undo that failed', () => {
  it('[Y11] waits for an operator, who may retry it', async () => {
    const run = start('undoFails');
    await run.run();
    expect(run.state.status).toBe(STATUS.running);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'needs-hand', SagaStanding: 2 });
    expect(await nodesOf(run)).toMatchObject({ phase: 'needs-hand', waitsFor: [{ kind: 'undo', nodeId: 'stuck' }] });
    expect(await ledgerOf(run)).toEqual({ a: 'standing', stuck: 'undoFailed', 'not-applied': 'notArmed' });
    world.undoWorks = true;
    run.update('d-1', '__decideUndo', decision('retry'));
    await run.run();
    expect(world.calls).toEqual(['a', 'stuck', 'not-applied', 'try undo stuck', 'try undo stuck', 'undo a a']);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
    expect(run.state.status).toBe(STATUS.failed);
  });

  it('[Y12] can be left as it is, and then the failure names the effect', async () => {
    const run = start('undoFails');
    await run.run();
    run.update('d', '__decideUndo', decision('leave'));
    await run.run();
    expect(closedBy(run)).toBe('LeftStanding');
    expect(await ledgerOf(run)).toEqual({ a: 'undone', stuck: 'leftStanding', 'not-applied': 'notArmed' });
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
  });

  it('[Y33] is decided once for each failure; a late decision is refused; a refusal leaves no trace', async () => {
    const run = start('undoFails');
    await run.run();
    const before = deeds(run.events).length;
    run.update('blank', '__decideUndo', decision('retry', ' '));
    run.update('odd', '__decideUndo', decision('guess' as 'retry'));
    run.update('elsewhere', '__decideUndo', { ...decision('retry'), nodeId: 'a' });
    run.update('outcome', '__decideOutcome', { ...decision('retry'), choice: 'applied' });
    await run.run();
    expect(['blank', 'odd', 'elsewhere', 'outcome'].map((id) => refusalOf(run, id)?.[0])).toEqual([
      'CommentRequired',
      'UnknownTask',
      'NothingToDecide',
      'NothingToDecide',
    ]);
    expect(deeds(run.events)).toHaveLength(before);

    run.update('first', '__decideUndo', decision('retry'));
    run.update('second', '__decideUndo', decision('leave', 'not worth it', 'Bob'));
    await run.run();
    expect(refusalOf(run, 'first')).toBeNull();
    expect(refusalOf(run, 'second')).toEqual([
      'NothingToDecide',
      "There is nothing to decide for 'stuck': Ada decided 'retry'.",
    ]);
    // It failed again and asks again. A repeat of the earlier update does not answer the new question.
    run.update('first', '__decideUndo', decision('retry'));
    await run.run();
    expect(world.calls.filter((call) => call === 'try undo stuck')).toHaveLength(2);
    expect((await nodesOf(run)).waitsFor).toHaveLength(1);
    run.update('third', '__decideUndo', decision('doneByHand'));
    await run.run();
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
  });
});

it('[Y13] an operator is asked about an unknown outcome', async () => {
  const run = start('asked');
  await run.run();
  expect(await nodesOf(run)).toMatchObject({ phase: 'needs-hand', waitsFor: [{ kind: 'outcome', nodeId: 'bad' }] });
  expect(run.state.searchAttributes).toEqual({ SagaPhase: 'needs-hand', SagaStanding: 2 });
  const found = { nodeId: 'bad', choice: 'applied', output: 'seen', reason: 'looked', actor: actor('Ada') };
  run.update('d', '__decideOutcome', found);
  run.update('e', '__decideOutcome', { ...found, choice: 'notApplied', actor: actor('Bob') });
  await run.run();
  expect(refusalOf(run, 'e')?.[1]).toContain("Ada decided 'applied'");
  expect(run.result()).toBe('seen');
  expect(run.state.searchAttributes).toEqual({});
});

describe('a run that unwinds', () => {
  const undoing = async () => {
    const run = start('heldUndo');
    await run.run({ until: () => world.calls.includes('undo held held') });
    return run;
  };

  it('[Y34] is not affected by a cancel: everything is undone, and its original failure remains', async () => {
    const run = await undoing();
    run.cancel();
    await run.run({ until: () => Boolean(run.events.at(-1)?.workflowTaskCompletedEventAttributes) });
    expect(await ledgerOf(run)).toMatchObject({ a: 'standing', held: 'undoing' });
    letGo();
    await run.run();
    expect(world.calls).toEqual(['a', 'held', 'not-applied', 'undo held held', 'undo a a']);
    expect(closedBy(run)).toBe('NotApplied');
    expect(run.events.filter((event) => event.workflowExecutionCancelRequestedEventAttributes)).toHaveLength(1);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
  });

  it('[Y35] waits for an operator, whether it is cancelled or not', async () => {
    const run = start('undoFails');
    await run.run();
    run.cancel();
    await run.run();
    expect(run.state.status).toBe(STATUS.running);
    run.update('d', '__decideUndo', decision('doneByHand'));
    await run.run();
    expect(await ledgerOf(run)).toEqual({ a: 'undone', stuck: 'doneByHand', 'not-applied': 'notArmed' });
  });

  it('[Y36] undoes nothing more after it was killed, and reports no effect as undone', async () => {
    const run = await undoing();
    run.terminate();
    expect(run.state.status).toBe(STATUS.terminated);
    letGo();
    await run.run();
    expect(world.calls).toEqual(['a', 'held', 'not-applied', 'undo held held']);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwinding', SagaStanding: 2 });
  });
});

it('[Y37] is stopped once, however often the stop is requested', async () => {
  const run = start('waits');
  await run.run({ until: () => run.state.timers.size === 1 });
  run.cancel('one');
  run.cancel('one');
  run.cancel('two');
  await run.run();
  expect(world.calls).toEqual(['a', 'undo a a']);
  expect(run.state.status).toBe(STATUS.canceled);
});

describe('an undo whose input cannot be computed', () => {
  const outcome = (more: object) => ({
    nodeId: 'bad',
    choice: 'undo',
    reason: 'to be sure',
    actor: actor('Ada'),
    ...more,
  });
  const undo = (choice: UndoDecision['choice']): UndoDecision => ({ ...decision(choice), nodeId: 'bad' });

  it('[Y42] causes a question to a person under every policy, and cannot be retried', async () => {
    const run = start('undoReadsOutput', 'undo');
    await run.run();
    expect(run.state.status).toBe(STATUS.running);
    expect(await ledgerOf(run)).toEqual({ a: 'standing', bad: 'mayStand' });
    expect((await nodesOf(run)).waitsFor).toMatchObject([
      { kind: 'undo', nodeId: 'bad', error: { type: 'UndoInput' } },
    ]);
    run.update('again', '__decideUndo', undo('retry'));
    await run.run();
    expect(refusalOf(run, 'again')?.[0]).toBe('UndoInput');
    run.update('by-hand', '__decideUndo', undo('doneByHand'));
    await run.run();
    expect(await ledgerOf(run)).toEqual({ a: 'undone', bad: 'doneByHand' });
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
  });

  it('[Y43] the choice to undo needs the answer of the step if its undo reads that answer', async () => {
    const run = start('undoReadsOutput', 'ask');
    await run.run();
    run.update('bare', '__decideOutcome', outcome({}));
    await run.run();
    expect(refusalOf(run, 'bare')).toEqual(['UndoInput', expect.stringContaining('Enter the output')]);
    expect((await nodesOf(run)).waitsFor).toHaveLength(1);
    run.update('told', '__decideOutcome', outcome({ output: 'seen' }));
    await run.run();
    expect(world.calls).toEqual(['a', 'bad', 'undo seen bad', 'undo a a']);
    expect(await ledgerOf(run)).toEqual({ a: 'undone', bad: 'undone' });
  });
});
