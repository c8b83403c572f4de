/**
 * Who may decide an approval, and who may not: the run itself holds the rules, whatever door a decision comes through.
 *
 * Rules
 * [WHO1] The data names who may decide, once, when the step begins.
 * [WHO2] If the data names nobody, nobody may decide. The run goes on when an operator has said who.
 * [WHO3] Whom the data excludes may not decide, in their own name or for somebody else.
 * [WHO4] Whoever decided an earlier approval may not decide one that needs other eyes.
 * [WHO5] Where several people decide, an operator's word takes the place of one of them, and the votes count.
 */
import { describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Actor, OpenTaskInput } from './contract';
import { Deciders } from './deciders';
import { namesOneOf, peopleIn } from './people';
import { actor, answerOf, approvalOf, refusalOf, start, usesSagas, workflowsPath } from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

/** Plays until an approval asks; of several one after the other, until the next one asks. */
async function asking(run: WorkflowUnderTest, title: string): Promise<{ taskId: string; dataHash: string }> {
  const isOpen = (step: string) =>
    run.events.some(({ activityTaskScheduledEventAttributes: each }) => each?.activityId === `${step}:open`);
  await run.run({ until: () => isOpen(title) });
  await run.run({ until: () => run.state.activities.size === 0 });
  return approvalOf(run);
}
let sent = 0;
async function decide(run: WorkflowUnderTest, step: string, by: Actor, decision = 'approve'): Promise<string | null> {
  const { taskId, dataHash } = await asking(run, step);
  const updateId = `${taskId}/${by.name}/${++sent}`;
  run.update(updateId, '__decide', { taskId, decision, comment: 'so', dataHash, actor: by });
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === updateId && each.outcome) });
  return refusalOf(run, updateId)?.[0] ?? null;
}
async function name(run: WorkflowUnderTest, step: string, candidates: string[]): Promise<unknown> {
  const { taskId } = await asking(run, step);
  const updateId = `${taskId}/who/${candidates.join()}`;
  run.update(updateId, '__decideWho', { taskId, candidates, actor: actor('Olga') });
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === updateId && each.outcome) });
  return refusalOf(run, updateId)?.[0] ?? answerOf(run, updateId);
}
function opened(run: WorkflowUnderTest): OpenTaskInput {
  const activity = run.events
    .map((event) => event.activityTaskScheduledEventAttributes)
    .find((each) => each?.activityId?.endsWith(':open'));
  return JSON.parse(Buffer.from(activity?.input?.payloads?.[0]?.data ?? []).toString()) as OpenTaskInput;
}
async function resultOf(run: WorkflowUnderTest): Promise<unknown> {
  run.signal('go');
  await run.run();
  return run.result();
}

describe('people of the data', () => {
  it('[PPL1] are one name or a list; what is no name is left out', () => {
    expect(peopleIn('finance')).toEqual(['finance']);
    expect(peopleIn([' Ada@Example.com ', '', null, undefined, 'finance', 'ada@example.com'])).toEqual([
      'ada@example.com',
      'finance',
    ]);
    for (const nothing of [undefined, null, '', ' ', 5, { name: 'ada' }, []]) expect(peopleIn(nothing)).toEqual([]);
  });
  it('[PPL2] are compared without the spelling of an address', () => {
    expect(namesOneOf(['ADA@example.com'], ['ada@example.com'])).toBe(true);
    expect(namesOneOf(['Finance'], ['finance'])).toBe(false);
  });

  it('[WHO1] may decide, beside those who are always asked', async () => {
    const run = start('approval', { candidates: ['board'], candidatesFrom: ['Ada@Example.com', null] });
    await asking(run, 'approve');
    expect(opened(run)).toMatchObject({ candidates: ['board', 'ada@example.com'], fromData: true });
    expect(await decide(run, 'approve', actor('Bob', 'finance'))).toBe('NotCandidate');
    expect(await decide(run, 'approve', actor('Ada', 'ada@example.com'))).toBeNull();
    expect(await resultOf(run)).toBe('Ada');
  });

  it('[WHO2] are nobody: nobody may decide, until an operator says who', async () => {
    const run = start('approval', { candidates: [], candidatesFrom: null });
    await asking(run, 'approve');
    expect(opened(run)).toMatchObject({ candidates: [], fromData: true });
    expect(await decide(run, 'approve', actor('Bob', 'finance'))).toBe('NotCandidate');
    expect(await name(run, 'approve', [' '])).toBe('NotCandidate');
    expect(await name(run, 'approve', ['bob@example.com'])).toEqual({ candidates: ['bob@example.com'] });
    expect((await approvalOf(run)).candidates).toEqual(['bob@example.com']);
    expect(await decide(run, 'approve', actor('Eve', 'finance'))).toBe('NotCandidate');
    expect(await decide(run, 'approve', actor('Bob', 'bob@example.com'))).toBeNull();
    const { taskId } = opened(run);
    run.update('late', '__decideWho', { taskId, candidates: ['eve'], actor: actor('Olga') });
    expect(await resultOf(run)).toBe('Bob');
    expect(refusalOf(run, 'late')?.[0]).toBe('AlreadyDecided');
  });

  it('[WHO3] are excluded, in their own name and for somebody else', async () => {
    const run = start('approval', { notBy: ['eve', 'Ada@Example.com'] });
    await asking(run, 'approve');
    expect(opened(run).excluded).toEqual(['eve', 'ada@example.com']);
    expect(await decide(run, 'approve', actor('Eve', 'finance'))).toBe('NotCandidate');
    const forAda: Actor = {
      ...actor('Bob', 'finance', 'ada', 'ada@example.com'),
      actingFor: { id: 'ada', name: 'Ada' },
    };
    expect(await decide(run, 'approve', forAda)).toBe('NotCandidate');
    expect(await decide(run, 'approve', actor('Carl', 'finance'))).toBeNull();
    expect(await resultOf(run)).toBe('Carl');
  });
});

describe('four eyes', () => {
  it('[WHO4] [DEC1] [DEC2] of an item exclude each other; an approval after the loop excludes those of all items', async () => {
    const run = start('fourEyes');
    const adaForBob: Actor = { ...actor('Ada'), actingFor: { id: 'bob', name: 'Bob' } };
    expect(await decide(run, 'first~1', adaForBob)).toBeNull();
    expect(await decide(run, 'second~1', actor('Ada'))).toBe('NotCandidate');
    expect(await decide(run, 'second~1', actor('Bob'))).toBe('NotCandidate');
    expect(await decide(run, 'second~1', { ...actor('Dan'), actingFor: { id: 'ada', name: 'Ada' } })).toBe(
      'NotCandidate'
    );
    expect(await decide(run, 'second~1', actor('Carl'))).toBeNull();
    expect(await decide(run, 'first~2', actor('Carl'))).toBeNull();
    expect(await decide(run, 'second~2', actor('Carl'))).toBe('NotCandidate');
    expect(await decide(run, 'second~2', actor('Ada'))).toBeNull();
    for (const each of ['Ada', 'Bob', 'Carl']) expect(await decide(run, 'last', actor(each))).toBe('NotCandidate');
    expect(await decide(run, 'last', actor('Dan'))).toBeNull();
    await run.run();
    expect(run.state.closeEvent?.workflowExecutionCompletedEventAttributes).toBeTruthy();
  });

  it('[DEC3] the next run of a chain knows them; a new round belongs to none of those before', () => {
    const before = new Deciders();
    before.add('first~1', { id: 'ada' });
    before.add('first~2', { id: 'bob', actingFor: { id: 'carl', name: 'Carl' } });
    before.add('alone', { id: 'dan' });
    const after = new Deciders();
    after.restore(JSON.parse(JSON.stringify(before.carry())) as Record<string, string[]>);
    expect([...after.of('first', 'last')].sort()).toEqual(['ada', 'bob', 'carl']);
    expect([...after.of('first', 'second~3')]).toEqual([]);
    expect([...after.of('alone', 'second~3')]).toEqual(['dan']);
  });
});

describe('several people', () => {
  it('[WHO5] an operator names somebody for one of them, and votes that were given count', async () => {
    const run = start('approval', { candidates: ['finance', 'ghost@example.com'], howMany: 'inSequence' });
    expect(await decide(run, 'approve', actor('Ada', 'finance'))).toBeNull();
    expect((await approvalOf(run)).candidates).toEqual(['ghost@example.com']);
    expect(await name(run, 'approve', ['finance', 'bob@example.com'])).toEqual({
      candidates: ['finance', 'bob@example.com'],
    });
    expect((await approvalOf(run)).candidates).toEqual(['bob@example.com']);
    expect(await decide(run, 'approve', actor('Bob', 'bob@example.com'))).toBeNull();
    expect(await resultOf(run)).toBe('Bob');
  });
});
