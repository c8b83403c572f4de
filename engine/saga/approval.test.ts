/** Approvals: who may decide, that a decision counts once, and that the inbox never blocks the flow. */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { ApprovalDecision, OfferedDecision } from './contract';
import { canonicalJson, sha256 } from './sha256';
import * as worlds from './testing/world';
import { actor, approvalOf, deeds, start, usesSagas, workflowsPath, world } from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const MINUTE_MS = 60_000;
const waiting = (more: object = {}) => answering(start('approval', more));
async function answering(run: WorkflowUnderTest): Promise<[WorkflowUnderTest, ApprovalDecision]> {
  await run.run({ until: () => world.calls.includes('open approve') });
  await run.run({ until: () => run.state.activities.size === 0 || world.web !== 'up' });
  const { taskId, dataHash } = await approvalOf(run);
  return [run, { taskId, decision: 'approve', comment: '', dataHash, actor: actor('Ada', 'finance') }];
}
/** Started by Ada, whose id the service wrote into the memo. */
async function waitingForAnother(): Promise<[WorkflowUnderTest, ApprovalDecision]> {
  const memo = { BackstitchStarterId: 'ada' };
  return answering(worlds.startWith(memo, 'approval', { forbidStarter: true }));
}
async function decide(run: WorkflowUnderTest, updateId: string, decision: ApprovalDecision): Promise<void> {
  run.update(updateId, '__decide', decision);
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === updateId && each.outcome) });
}
const typeOf = (run: WorkflowUnderTest, updateId: string) => worlds.refusalOf(run, updateId)?.[0];

describe('a decision', () => {
  it('[APP14] is made by a candidate, on the data that was shown; a refusal leaves no trace', async () => {
    const [run, decision] = await waiting();
    expect(decision.dataHash).toBe(sha256(canonicalJson({ currency: 'EUR', amount: 5 })));
    const before = deeds(run.events).length;
    const nodes = await worlds.nodesOf(run);
    const refusals: [string, Partial<ApprovalDecision>][] = [
      ['DataChanged', { dataHash: 'other' }],
      ['NotCandidate', { actor: actor('Eve', 'sales') }],
      ['NotCandidate', { actor: { ...actor('Eve'), name: 'finance' } }],
      ['CommentRequired', { decision: 'reject' }],
      ['CommentRequired', { decision: 'reject', comment: ' ' }],
      ['UnknownTask', { taskId: 'another' }],
      ['UnknownTask', { decision: 'perhaps' as 'approve' }],
    ];
    for (const [index, [type, change]] of refusals.entries()) {
      await decide(run, `refused-${index}`, { ...decision, ...change });
      expect(typeOf(run, `refused-${index}`)).toBe(type);
    }
    expect(deeds(run.events)).toHaveLength(before);
    expect(await worlds.nodesOf(run)).toEqual(nodes);

    await decide(run, 'one', decision);
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Ada');
    expect(world.calls).toEqual(['a', 'open approve', 'close approved']);
  });

  it('[APP44] by the person who started the run is refused if the approval forbids it', async () => {
    const [run, decision] = await waitingForAnother();
    await decide(run, 'own', decision);
    expect(worlds.refusalOf(run, 'own')).toEqual(['NotCandidate', expect.stringContaining('somebody else must')]);
    await decide(run, 'other', { ...decision, actor: actor('Bob', 'finance') });
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Bob');
  });

  it('[APP26] counts once: repeating it changes nothing, and a different one is refused with the decider', async () => {
    const [run, decision] = await waiting();
    const reject: ApprovalDecision = { ...decision, decision: 'reject', comment: 'too late' };
    run.update('one', '__decide', decision);
    run.update('two', '__decide', reject);
    await run.run();
    expect(typeOf(run, 'two')).toBe('AlreadyDecided');
    const said = { decision: 'approve', decidedBy: 'Ada' };
    // The same update, the same answer under another id, and a different answer after the flow has continued.
    await decide(run, 'one', decision);
    await decide(run, 'again', { ...decision, comment: 'really' });
    expect([worlds.answerOf(run, 'one'), worlds.answerOf(run, 'again')]).toEqual([said, said]);
    await decide(run, 'changed-mind', reject);
    await decide(run, 'other-person', { ...decision, actor: actor('Bob', 'finance') });
    for (const id of ['changed-mind', 'other-person'])
      expect(worlds.refusalOf(run, id)).toEqual(['AlreadyDecided', 'Already decided by Ada: approve.']);
    expect(world.calls).toEqual(['a', 'open approve', 'close approved']);
  });

  it('[APP15] a rejection undoes the earlier effects', async () => {
    const [run, decision] = await waiting();
    await decide(run, 'no', { ...decision, decision: 'reject', comment: 'too dear' });
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'close rejected', 'undo a a']);
    expect(worlds.closedBy(run)).toBe('Rejected');
  });

  it('[APP27] that nobody made in time: its timer names the approval, and a late decision is refused', async () => {
    const [run, decision] = await waiting({ timeout: MINUTE_MS, onTimeout: 'approve' });
    expect(worlds.timersOf(run)).toEqual(['"approve"']);
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'close timedOut']);
    await decide(run, 'late', decision);
    expect(worlds.refusalOf(run, 'late')).toEqual([
      'UnknownTask',
      "Nobody decided 'Approve' in time. The task is closed.",
    ]);
  });
});

describe('named decisions', () => {
  const form = {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1, maximum: 4 } },
  };
  const decisions: OfferedDecision[] = [
    { key: 'approve', title: 'Approve' },
    { key: 'payLess', title: 'Pay less', requireComment: true, form },
    { key: 'sendBack', title: 'Send back', turnsBack: true, requireComment: false },
  ];

  it('[APP45] are those that the approval offers; the values must fit the form, and a wrong one is named', async () => {
    const [run, decision] = await waiting({ decisions });
    const before = deeds(run.events).length;
    const less = { ...decision, decision: 'payLess', comment: 'Too much.', values: { amount: 3 } };
    const refusals: [string, string, Partial<ApprovalDecision>][] = [
      ['UnknownTask', "The decision must be 'approve', 'payLess' or 'sendBack'.", { decision: 'reject' }],
      ['CommentRequired', 'This decision needs a comment.', { comment: '' }],
      ['ValuesInvalid', "'amount' is missing.", { values: {} }],
      ['ValuesInvalid', "'amount' is missing.", { values: undefined }],
      ['ValuesInvalid', "'amount' must be at most 4.", { values: { amount: 5 } }],
      ['ValuesInvalid', "'amount' must be a whole number.", { values: { amount: '3' } }],
      ['ValuesInvalid', 'The form must be a group of fields.', { values: [3] }],
    ];
    for (const [index, [type, sentence, change]] of refusals.entries()) {
      await decide(run, `refused-${index}`, { ...less, ...change });
      expect(worlds.refusalOf(run, `refused-${index}`)).toEqual([type, sentence]);
    }
    expect(deeds(run.events)).toHaveLength(before);
    await decide(run, 'less', less);
    expect((await worlds.nodesOf(run)).nodes.approve).toEqual({ state: 'done', note: 'Pay less' });
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Ada');
    const close = run.events.find((event) => event.activityTaskScheduledEventAttributes?.activityId === 'approve:close')
      ?.activityTaskScheduledEventAttributes?.input?.payloads?.[0]?.data;
    expect(JSON.parse(Buffer.from(close ?? []).toString())).toMatchObject({
      outcome: 'approved',
      decision: 'payLess',
      values: { amount: 3 },
    });
  });

  it('[APP46] that turn back undo the earlier effects, and may need no comment', async () => {
    const [run, decision] = await waiting({ decisions });
    await decide(run, 'back', { ...decision, decision: 'sendBack' });
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'close rejected', 'undo a a']);
    expect(worlds.closedBy(run)).toBe('Rejected');
  });
});

describe('several people', () => {
  const by = (name: string, more: Partial<ApprovalDecision> = {}) => ({ actor: actor(name, 'finance'), ...more });

  it('[APP47] decide together: each is kept, a repetition counts once, and two at the same moment both count', async () => {
    const [run, decision] = await waiting({ howMany: 2 });
    const yes = (name: string): ApprovalDecision => ({ ...decision, ...by(name) });
    await decide(run, 'ada', yes('Ada'));
    await decide(run, 'ada-again', yes('Ada'));
    expect(worlds.answerOf(run, 'ada-again')).toMatchObject({ stage: 'open', votes: [{ by: 'Ada' }] });
    expect((await approvalOf(run)).votes).toMatchObject([{ by: 'Ada', decision: 'approve' }]);
    await decide(run, 'ada-otherwise', { ...yes('Ada'), decision: 'reject', comment: 'No.' });
    expect(worlds.refusalOf(run, 'ada-otherwise')).toEqual(['AlreadyDecided', 'Ada has voted already: approve.']);
    // Both arrive before the workflow has seen either.
    run.update('bob', '__decide', yes('Bob'));
    run.update('carl', '__decide', yes('Carl'));
    await run.run({ until: () => worlds.answerOf(run, 'bob') !== undefined });
    expect(worlds.answerOf(run, 'bob')).toMatchObject({ stage: 'decided', decision: 'approve', decidedBy: 'Bob' });
    expect(typeOf(run, 'carl')).toBe('AlreadyDecided');
    // The answers of those whose votes counted are given again.
    await decide(run, 'ada-late', yes('Ada'));
    expect(worlds.answerOf(run, 'ada-late')).toMatchObject({ stage: 'decided', votes: [{ by: 'Ada' }, { by: 'Bob' }] });
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Bob');
  });

  it('[APP48] in sequence: only the next one is asked, and one who turns back ends it', async () => {
    const [run, decision] = await waiting({ howMany: 'inSequence', candidates: ['boss', 'finance'] });
    expect((await approvalOf(run)).candidates).toEqual(['boss']);
    await decide(run, 'early', { ...decision, ...by('Ada') });
    expect(worlds.refusalOf(run, 'early')).toEqual(['NotCandidate', 'boss decides first; you are asked afterwards.']);
    await decide(run, 'boss', { ...decision, actor: actor('Bea', 'boss') });
    expect((await approvalOf(run)).candidates).toEqual(['finance']);
    await decide(run, 'no', { ...decision, ...by('Ada', { decision: 'reject', comment: 'No.' }) });
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'close rejected', 'undo a a']);
  });

  it('whom the last turn names takes it too after an early vote for a group; the same vote sent twice is one', async () => {
    const [run, decision] = await waiting({ howMany: 'inSequence', candidates: ['finance', 'boss@x'] });
    const boss = actor('Bea', 'finance', 'boss@x');
    const vote = { ...decision, actor: boss };
    await decide(run, 'first', { ...vote, turn: 0 });
    await decide(run, 'again', { ...vote, turn: 0 });
    await decide(run, 'older-door', vote);
    expect(worlds.answerOf(run, 'again')).toMatchObject({ stage: 'open', votes: [{ by: 'Bea' }] });
    expect(worlds.answerOf(run, 'older-door')).toMatchObject({ stage: 'open', votes: [{ by: 'Bea' }] });
    expect((await approvalOf(run)).candidates).toEqual(['boss@x']);
    await decide(run, 'bob', { ...decision, actor: actor('Bob', 'finance'), turn: 1 });
    expect(typeOf(run, 'bob')).toBe('NotCandidate');
    await decide(run, 'skips', { ...vote, decision: 'reject', comment: 'No.', turn: 5 });
    expect(typeOf(run, 'skips')).toBe('AlreadyDecided');
    await decide(run, 'second', { ...vote, turn: 1 });
    expect(worlds.answerOf(run, 'second')).toMatchObject({ stage: 'decided', votes: [{ by: 'Bea' }, { by: 'Bea' }] });
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Bea');
  });

  it('fewer who are named than must agree wait for an operator, who adds somebody', async () => {
    const [run, decision] = await waiting({ howMany: 3, candidates: ['ada@x', 'bob@x'] });
    await decide(run, 'ada', { ...decision, actor: actor('Ada', 'ada@x') });
    await decide(run, 'bob', { ...decision, actor: actor('Bob', 'bob@x') });
    expect(worlds.answerOf(run, 'bob')).toMatchObject({ stage: 'open' });
    run.update('who', '__decideWho', {
      taskId: decision.taskId,
      candidates: ['ada@x', 'bob@x', 'carl@x'],
      actor: actor('Olga'),
    });
    await run.run({ until: () => worlds.answerOf(run, 'who') !== undefined });
    await decide(run, 'carl', { ...decision, actor: actor('Carl', 'carl@x') });
    expect(worlds.answerOf(run, 'carl')).toMatchObject({ stage: 'decided' });
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Carl');
  });

  it('[APP49] who do not agree fail the step, and the earlier effects are undone', async () => {
    const decisions = [
      { key: 'approve', title: 'Approve' },
      { key: 'payLess', title: 'Pay less' },
    ];
    const [run, decision] = await waiting({ howMany: 'all', candidates: ['finance', 'boss'], decisions });
    await decide(run, 'ada', decision);
    await decide(run, 'bea', { ...decision, decision: 'payLess', actor: actor('Bea', 'boss') });
    expect(worlds.answerOf(run, 'bea')).toMatchObject({ stage: 'disagreed' });
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'close disagreed', 'undo a a']);
    expect(worlds.closedBy(run)).toBe('NoAgreement');
  });
});

describe('an inbox that cannot be reached', () => {
  it('[APP28] does not stop the timeout: the run unwinds, and closes when the inbox is informed', async () => {
    world.web = 'down';
    const [run] = await waiting({ timeout: 10 * MINUTE_MS });
    const from = run.now;
    await run.run({ until: () => world.calls.includes('undo a a') });
    expect(run.now - from).toBeLessThanOrEqual(10 * MINUTE_MS);
    await run.run({ until: () => run.now > from + 60 * MINUTE_MS });
    expect(run.state.status).toBe(STATUS.running);
    world.web = 'up';
    await run.run();
    expect(world.calls.at(-1)).toBe('close timedOut');
    expect(worlds.closedBy(run)).toBe('ApprovalTimeout');
  });

  it('[APP29] does not delay a stop: effects are undone at once, the task is closed later', async () => {
    world.web = 'down';
    const [run] = await waiting();
    const from = run.now;
    run.cancel();
    await run.run({ until: () => world.calls.includes('undo a a') });
    expect(run.now - from).toBeLessThan(MINUTE_MS);
    world.web = 'up';
    await run.run();
    expect(world.calls.at(-1)).toBe('close cancelled');
    expect(run.state.status).toBe(STATUS.canceled);
  });

  it('[APP30] receives the close of a task only after its open has ended', async () => {
    world.web = 'hangs';
    const [run] = await waiting();
    run.cancel();
    await run.run({ until: () => world.calls.includes('close cancelled') });
    const closes = run.events.findIndex(
      (event) => event.activityTaskScheduledEventAttributes?.activityId === 'approve:close'
    );
    const opened = run.events.findIndex((event) => event.activityTaskCanceledEventAttributes);
    expect([opened > 0, closes > opened]).toEqual([true, true]);
    // The close has no answer either, so it times out and is retried.
    world.web = 'up';
    await run.run();
    expect(run.state.status).toBe(STATUS.canceled);
  });

  it('[APP31] and then refuses the task makes the node fail, because nobody can be asked', async () => {
    world.web = 'refuses';
    const run = start('approval');
    await run.run();
    expect(worlds.closedBy(run)).toBe('HumanTaskRefused');
    expect(world.calls).toEqual(['a', 'open approve', 'close cancelled', 'undo a a']);
  });

  it('[APP32] does not prevent a decision that arrives by another way', async () => {
    world.web = 'down';
    const [run, decision] = await waiting();
    await decide(run, 'raw', decision);
    expect((await worlds.nodesOf(run)).nodes.approve).toEqual({ state: 'done', note: 'Approved' });
    world.web = 'up';
    run.signal('go');
    await run.run();
    expect(run.result()).toBe('Ada');
    expect(world.calls.at(-1)).toBe('close approved');
  });
});
