import { describe, expect, it } from 'vitest';
import type { ChoiceNode } from '../flow/document';
import { layoutFlow } from '../flow/layout/layout';
import { parseFlow } from '../flow/testing/flow';
import { forwardIdOf, parseActivityId } from './activity-id';
import { HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';
import type { RunFacts } from './model';
import { project } from './project';
import { threadsGone } from './threads';
import { stretchesOf } from './timeline';

const manifest = manifestOf(orderDocument);
const layout = layoutFlow(orderDocument, 'sideways');
const statesOf = (facts: RunFacts) =>
  Object.fromEntries(Object.values(project(facts, manifest).nodes).map((node) => [node.nodeId, node.state]));

describe('states of nodes', () => {
  it('[N1] the state of a step comes from its last activity and its pending state', () => {
    expect(statesOf(runs.fresh())['reserve-inventory']).toBe('notYet');
    expect(statesOf(runs.running())['reserve-inventory']).toBe('running');
    expect(statesOf(runs.noWorker())['reserve-inventory']).toBe('noWorker');
    const retrying = project(runs.retrying(), manifest).nodes['create-shipment']!;
    expect(retrying).toMatchObject({
      state: 'retrying',
      attempt: 2,
      maximumAttempts: 5,
      failure: { message: 'carrier answered 503' },
    });
    expect(retrying.dueMs).not.toBeNull();
    expect(statesOf(runs.unknown())['charge-payment']).toBe('unknown');
  });
  it('[N2] while the run unwinds, the undo replaces the state of a step', () => {
    expect(statesOf(runs.unwinding())).toMatchObject({
      'create-shipment': 'failed',
      'book-invoice': 'undone',
      'charge-payment': 'unwinding',
      'reserve-inventory': 'done',
    });
    expect(statesOf(runs.needsHand())['charge-payment']).toBe('undoFailed');
    expect(statesOf(runs.leftStanding())).toMatchObject({ 'charge-payment': 'done', 'reserve-inventory': 'undone' });
  });
  it('[N3] an approval waits for a person between open and close, and a wait lasts as long as its timer', () => {
    const waiting = project(runs.waitsForApproval(), manifest).nodes['approve-order']!;
    expect(waiting).toMatchObject({ state: 'waitsForPerson', note: 'Waits for Finance', input: { amount: 129_000 } });
    expect(project(runs.completed(), manifest).nodes['approve-order']).toMatchObject({
      state: 'done',
      note: 'Approved by Ada',
    });
    expect(statesOf(runs.retrying())['settle']).toBe('waitsForTimer');
    const rejected = new HistoryWriter()
      .do('approve-order:open')
      .do('reserve-inventory')
      .schedule('approve-order:close', { taskId: 't', outcome: 'rejected', decidedBy: 'Bob', comment: 'too much' })
      .complete('approve-order:close');
    expect(project(rejected.facts(), manifest).nodes['approve-order']).toMatchObject({
      state: 'failed',
      note: 'Rejected by Bob',
      failure: { type: 'Rejected', message: 'too much' },
    });
  });
  it('[N4] a node without events has its reported state, or a state that follows from its neighbours', () => {
    expect(statesOf(runs.retrying())).toMatchObject({ 'large-order': 'done', fulfil: 'running', finished: 'notYet' });
    expect(statesOf(runs.completed())).toMatchObject({ 'large-order': 'done', fulfil: 'done', finished: 'done' });
    expect(statesOf(runs.unwinding())['fulfil']).toBe('failed');
  });
  it('[N5] no node runs in a closed run', () => {
    expect(statesOf(runs.terminated())).toMatchObject({ 'create-shipment': 'terminated', fulfil: 'terminated' });
    for (const facts of [runs.unwound(), runs.leftStanding(), runs.completed(), runs.terminated()]) {
      for (const state of Object.values(statesOf(facts)))
        expect(['running', 'retrying', 'waitsForPerson', 'waitsForTimer']).not.toContain(state);
    }
  });
  it('[N11] what the branches that lost a race have not reached is not taken when the race is over', () => {
    const log = (id: string) => ({ id, title: id, kind: 'action', activity: 'log', effect: 'none', input: {} });
    const slow = { id: 'slow', title: 'Slow', steps: [log('begun'), log('never')] };
    const branches = [{ id: 'quick', title: 'Quick', steps: [log('wins')] }, slow];
    const flow = manifestOf(
      parseFlow({
        format: 2,
        name: 'hurry',
        title: 'Hurry',
        input: { type: 'object' },
        steps: [{ id: 'first', title: 'First', kind: 'race', branches }, log('after')],
      })
    );
    const history = new HistoryWriter().schedule('begun').do('wins');
    const stateOfNever = (state: 'running' | 'done') => {
      const nodes = { phase: 'forward', nodes: { first: { state } }, waitsFor: [] } as RunFacts['nodes'];
      return project({ ...history.facts(), nodes }, flow).nodes.never!.state;
    };
    expect([stateOfNever('running'), stateOfNever('done')]).toEqual(['notYet', 'notTaken']);
  });
  it('[N6] a branch that was not taken, and all its content, is marked as not taken', () => {
    const small = new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
    const { nodes, branches } = project(small.facts(), manifest);
    expect(nodes['approve-order']!.state).toBe('notTaken');
    expect(branches).toMatchObject({ 'large-order/above-limit': 'notTaken', 'large-order/otherwise': 'taken' });
    expect(project(runs.completed(), manifest).branches).toMatchObject({
      'large-order/above-limit': 'taken',
      'large-order/otherwise': 'notTaken',
      'fulfil/parcel': 'taken',
      'fulfil/paper': 'taken',
      'send-confirmation/catch-0': 'notTaken',
    });
    const reported = new HistoryWriter().do('reserve-inventory').facts({
      nodes: {
        phase: 'forward',
        nodes: { 'large-order': { state: 'done' }, 'above-limit': { state: 'skipped' } },
        waitsFor: [],
      },
    });
    expect(project(reported, manifest).branches['large-order/otherwise']).toBe('taken');
    const noteOf = (note?: string) =>
      project(
        { ...reported, nodes: { phase: 'forward', nodes: { 'large-order': { state: 'done', note } }, waitsFor: [] } },
        manifest
      ).nodes['large-order']!.note;
    const choice = orderDocument.steps.find(({ id }) => id === 'large-order') as ChoiceNode;
    expect([noteOf('above-limit'), noteOf()]).toEqual([
      choice.branches[0]!.title,
      choice.otherwise?.title ?? 'Otherwise',
    ]);
  });
});

describe('threads that the run followed', () => {
  const gone = (facts: RunFacts) => {
    const { nodes, branches, ledger } = project(facts, manifest);
    const threads = threadsGone(layout, nodes, branches, ledger);
    const forward = layout.threads
      .filter((thread) => threads.forward.has(thread.id))
      .map((thread) => `${thread.from}>${thread.to}`);
    return { forward, back: threads.back };
  };
  it('lead to the nodes that were entered and no further', () => {
    expect(gone(runs.fresh()).forward).toEqual([]);
    expect(gone(runs.running()).forward).toEqual(['null>reserve-inventory']);
    const waiting = gone(runs.waitsForApproval()).forward;
    expect(waiting).toContain('large-order>approve-order');
    expect(waiting).not.toContain('large-order>charge-payment');
  });
  it('follow the branch that was taken', () => {
    const all = gone(runs.completed()).forward;
    expect(all).toContain('large-order>approve-order');
    expect(all).toContain('send-confirmation>finished');
    expect(all).not.toContain('send-confirmation>note-failure');
  });
  it('lead back from the last node reached to the first one undone, through the branches taken', () => {
    const box = (id: string) => layout.cards.find((card) => card.id === id)!;
    expect(gone(runs.completed()).back.size).toBe(0);
    const unwinding = gone(runs.unwinding()).back;
    expect([...unwinding.keys()].sort()).toEqual(['fulfil/paper', null].sort());
    expect(unwinding.get(null)![0]).toBe(box('charge-payment').x);
    expect(unwinding.get(null)![1]).toBe(layout.bars.find((bar) => bar.role === 'join')!.x + 8);
    const all = gone(runs.unwound()).back;
    expect(all.get(null)![0]).toBe(box('reserve-inventory').x);
    expect(all.has('large-order/above-limit')).toBe(true);
    expect(all.has('large-order/otherwise')).toBe(false);
    expect(all.has('fulfil/parcel')).toBe(false);
  });
});

describe('the timeline', () => {
  it('[RP1] each activity and each timer has a row, and so has an approval from open to close', () => {
    const rows = project(runs.completed(), manifest).timeline;
    expect(rows.map((row) => [row.nodeId, row.role])).toEqual([
      ['reserve-inventory', 'do'],
      ['approve-order', 'human'],
      ['charge-payment', 'do'],
      ['create-shipment', 'do'],
      ['book-invoice', 'do'],
      ['settle', 'wait'],
      ['hand-over', 'do'],
      ['send-confirmation', 'do'],
    ]);
    const human = rows.find((row) => row.role === 'human')!;
    expect(human.endMs! - human.startMs).toBeGreaterThan(600_000);
    expect(project(runs.unwinding(), manifest).timeline.at(-1)).toMatchObject({
      role: 'undo',
      title: 'Refund payment',
      state: 'unwinding',
      endMs: null,
    });
  });
  it('[RP2] attempts are ticks', () => {
    const rows = project(runs.retrying(), manifest).timeline;
    expect(rows.find((row) => row.nodeId === 'create-shipment')!.attempts).toHaveLength(2);
    expect(rows.find((row) => row.nodeId === 'charge-payment')!.attempts).toMatchObject([{ attempt: 1 }]);
    // A completed activity has its last attempt in the history, and the attempts that were seen before.
    const over = runs.needsHand();
    const failed = over.events.find(({ type }) => type === 'ActivityTaskFailed')!;
    const id = Number(failed.attributes.scheduledEventId);
    const before = [{ attempt: 0, startedMs: failed.timeMs - 1, endedMs: null, failure: null }];
    const counts = (facts: RunFacts) =>
      project(facts, manifest).timeline.reduce((sum, row) => sum + row.attempts.length, 0);
    expect(counts({ ...over, seenAttempts: { [id]: before } })).toBe(counts(over) + 1);
  });
  it('[RP4] a call whose outcome is not known is unknown, and failed if it is known that nothing happened', () => {
    const sent = () => new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
    const last = (history: HistoryWriter) => project(history.facts(), manifest).timeline.at(-1)?.state;
    expect(last(sent().timeOut('charge-payment'))).toBe('unknown');
    expect(last(sent().fail('charge-payment', 'HttpError', 'socket hang up'))).toBe('unknown');
    expect(last(sent().fail('charge-payment', 'NotApplied', 'declined'))).toBe('failed');
  });
  it('[RP3] long idle gaps are folded, and sections leave no holes', () => {
    const facts = runs.completed();
    const rows = project(facts, manifest).timeline;
    const stretches = stretchesOf(rows, facts.nowMs);
    expect(stretches.filter((each) => each.folded)).toHaveLength(1);
    stretches.slice(1).forEach((each, index) => expect(each.startMs).toBe(stretches[index]!.endMs));
    expect(stretches[0]!.startMs).toBe(rows[0]!.startMs);
    expect(stretchesOf([], 0)).toEqual([]);
  });
});

describe('failures are kept', () => {
  const faults = (facts: RunFacts) => {
    const { nodes } = project(facts, manifest);
    return Object.fromEntries(
      Object.values(nodes).flatMap(({ nodeId, state, fault }) => (fault ? [[nodeId, `${state}, ${fault}`]] : []))
    );
  };
  it('[N8] a step that failed stays marked after the run has undone it and closed', () => {
    expect(faults(runs.unwound())).toMatchObject({ 'create-shipment': 'failed, failed' });
    expect(faults(runs.completed())).toEqual({});
    expect(faults(runs.running())).toEqual({});
  });
  it('[N8] a step with an unknown outcome stays marked, also after its undo, but not if it happened', () => {
    const lost = () => new HistoryWriter().schedule('charge-payment').timeOut('charge-payment');
    expect(faults(lost().do('charge-payment:undo').close('Failed').facts({ status: 'failed' }))).toEqual({
      'charge-payment': 'undone, unknown',
    });
    expect(faults(lost().do('charge-payment:check', { applied: true }).facts())).toEqual({});
    const killed = new HistoryWriter().schedule('charge-payment').close('Terminated');
    expect(faults(killed.facts({ status: 'terminated' }))).toEqual({ 'charge-payment': 'terminated, unknown' });
  });
});

describe('[N9] nodes without events in branches', () => {
  const act = (id: string, more: object = {}) => ({
    id,
    kind: 'action',
    title: id,
    activity: 'http.request',
    input: {},
    effect: 'none',
    ...more,
  });
  const set = { id: 'note', kind: 'set', title: 'Note', values: {} };
  const fail = { id: 'give-up', kind: 'fail', title: 'Give up', errorType: 'No', message: 'no' };
  const flowOf = (...steps: object[]) =>
    manifestOf(parseFlow({ format: 2, name: 'x', title: 'X', input: { type: 'object' }, steps }));
  const choice = (steps: object[]) => ({
    id: 'fork',
    kind: 'choice',
    title: 'Fork',
    branches: [{ id: 'aside', title: 'Aside', when: 'true', steps }],
  });
  const completed = (history: HistoryWriter, nodes?: object) =>
    history.close('Completed').facts({
      status: 'completed',
      ...(nodes ? { nodes: { phase: 'forward', nodes, waitsFor: [] } as RunFacts['nodes'] } : {}),
    });
  const states = (facts: RunFacts, of: ReturnType<typeof flowOf>) => {
    const { nodes, branches } = project(facts, of);
    return { ...Object.fromEntries(Object.values(nodes).map(({ nodeId, state }) => [nodeId, state])), ...branches };
  };

  it('a completed run did not fail in a branch that the workflow reports as skipped', () => {
    const flow = flowOf(act('pay'), choice([fail]));
    const facts = completed(new HistoryWriter().do('pay'), {
      pay: { state: 'done' },
      fork: { state: 'done' },
      aside: { state: 'skipped' },
    });
    expect(states(facts, flow)).toMatchObject({
      'give-up': 'notTaken',
      'fork/aside': 'notTaken',
      'fork/otherwise': 'taken',
    });
  });
  it('a branch of nodes without events is taken if the workflow reports it', () => {
    const flow = flowOf(choice([set]), act('pay'));
    const facts = completed(new HistoryWriter().do('pay'), { fork: { state: 'done' }, aside: { state: 'done' } });
    expect(states(facts, flow)).toMatchObject({ note: 'done', 'fork/aside': 'taken', 'fork/otherwise': 'notTaken' });
  });
  it('without a report nothing is stated about a branch that would have left no events', () => {
    const flow = flowOf(choice([set]), act('pay'));
    expect(states(completed(new HistoryWriter().do('pay')), flow)).toMatchObject({
      fork: 'done',
      note: 'notYet',
      'fork/aside': 'open',
      'fork/otherwise': 'open',
    });
  });
  it('a run that ended in a branch did not come to the nodes after it', () => {
    const ends = { id: 'early', kind: 'end', title: 'Early' };
    const flow = flowOf(choice([act('pay'), ends]), set, { id: 'last', kind: 'end', title: 'Last' });
    expect(states(completed(new HistoryWriter().do('pay')), flow)).toMatchObject({
      early: 'done',
      note: 'notYet',
      last: 'notYet',
    });
  });
  it('the handler of a failure after which the run continued was taken, also if it has no steps', () => {
    const handlers = [
      { id: 'a', types: ['Other'], scope: 'keep', then: [set] },
      { id: 'b', types: ['HttpStatus'], scope: 'keep', then: [] },
    ];
    const flow = flowOf(act('pay', { catch: handlers }), act('ship'));
    const failed = () => new HistoryWriter().schedule('pay').fail('pay', 'HttpStatus', '500', { attempt: 5 });
    expect(states(completed(failed().do('ship')), flow)).toMatchObject({
      note: 'notTaken',
      'pay/a': 'notTaken',
      'pay/b': 'taken',
    });
    expect(states(completed(new HistoryWriter().do('pay').do('ship')), flow)).toMatchObject({
      'pay/a': 'notTaken',
      'pay/b': 'notTaken',
    });
  });
});

describe('activity ids', () => {
  it('can be parsed again', () => {
    expect(parseActivityId('charge-payment')).toEqual({ nodeId: 'charge-payment', path: [], role: 'do', within: null });
    expect(parseActivityId('charge~2.13:undo')).toEqual({
      nodeId: 'charge',
      path: [2, 13],
      role: 'undo',
      within: null,
    });
    const handed = parseActivityId('pay~2/ship/label~1:undo');
    expect(handed).toEqual({ nodeId: 'pay', path: [2], role: 'undo', within: 'ship/label~1' });
    expect(forwardIdOf(handed!)).toBe('pay~2/ship/label~1');
    for (const bad of ['', 'Charge', '1', 'a:redo', 'a~', 'a~1.', 'a/', '/a', 'a//b', 'a/B'])
      expect(parseActivityId(bad)).toBeNull();
  });
});
