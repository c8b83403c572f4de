import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../activities/catalogue';
import { parseFlow } from './testing/flow';
import { lint } from './lint';

const undo = (more: object = {}) => ({ title: 'Take it back', activity: 'http.request', input: {}, ...more });
const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: {},
  options: { retry: { maximumAttempts: 0 } },
  ...more,
});
const effect = (id: string, more: object = {}) =>
  step(id, { effect: 'reversible', undo: undo(), unknown: { policy: 'ask' }, ...more });
const forGood = (id: string, more: object = {}) =>
  step(id, { effect: 'irreversible', unknown: { policy: 'ask' }, lateCalls: 'refused', ...more });
const both = (first: object[], second: object[]) => ({
  id: 'both',
  kind: 'parallel',
  title: 'Both',
  branches: [
    { id: 'x', title: 'X', steps: first },
    { id: 'y', title: 'Y', steps: second },
  ],
});
const findings = (steps: object[], more: object = {}) => {
  const document = { format: 1, name: 'test', title: 'Test', input: { type: 'object' }, steps, ...more };
  return lint(parseFlow(document), catalogue).map(({ code, nodeId }) => `${code}@${nodeId}`);
};

describe('child flows', () => {
  const child = (more: object = {}) => ({ id: 'c', kind: 'child', title: 'C', flow: 'pay', input: {}, ...more });
  it('[L16] finds a flow that runs itself', () => {
    expect(findings([child()])).toEqual([]);
    expect(findings([child({ flow: 'test' })])).toEqual(['lint/calls-itself@c']);
  });
  it('[L17] finds a child after the point of no return whose failure undoes nothing', () => {
    const pivot = effect('p', { pivot: true });
    expect(findings([child(), pivot]).filter((each) => each.includes('child'))).toEqual([]);
    expect(findings([pivot, child()])).toContain('lint/child-after-pivot@c');
    expect(findings([pivot, child({ waits: 'start' })])).not.toContain('lint/child-after-pivot@c');
  });
  it('[L18] finds a child that ends with a parent that does not wait for it, and one that nobody undoes', () => {
    for (const onParentClose of ['stop', 'kill'])
      expect(findings([child({ waits: 'start', onParentClose })])).toEqual(['lint/child-ends-with-parent@c']);
    expect(findings([child({ waits: 'start', onParentClose: 'leave' })])).toEqual([]);
    expect(findings([child({ onParentClose: 'kill' })])).toEqual(['lint/child-killed@c']);
    expect(findings([child({ onParentClose: 'stop' })])).toEqual([]);
  });
});

describe('handlers, branches and times', () => {
  const handler = (id: string, ...types: string[]) => ({ id, types, scope: 'keep', then: [] });
  const choice = (...whens: string[]) => ({
    id: 'fork',
    kind: 'choice',
    title: 'Fork',
    branches: whens.map((when, index) => ({ id: `b${index}`, title: `B${index}`, when, steps: [] })),
  });
  it('[L10] finds a handler of failures that handlers before it take away', () => {
    const caught = (...handlers: object[]) => findings([step('a', { catch: handlers })]);
    expect(caught(handler('x', 'No'), handler('y'))).toEqual([]);
    expect(caught(handler('x'), handler('y', 'No'))).toEqual(['lint/catch-never-runs@a']);
    expect(caught(handler('x', 'No', 'Late'), handler('y', 'Late'))).toEqual(['lint/catch-never-runs@a']);
    expect(caught(handler('x', 'No'), handler('y', 'No', 'Late'))).toEqual([]);
  });
  it('[L10] finds a handler of a node that cannot fail', () => {
    const group = (steps: object[]) => ({ id: 'g', kind: 'group', title: 'G', steps, catch: [handler('x')] });
    expect(findings([group([{ id: 'w', kind: 'wait', title: 'W', duration: '1s' }])])).toEqual([
      'lint/catch-never-runs@g',
    ]);
    expect(findings([group([step('a')])])).toEqual([]);
  });
  it('[L11] finds a branch that no run can take', () => {
    expect(findings([choice('input.a', 'input.b')])).toEqual([]);
    expect(findings([choice('false', 'input.b')])).toEqual(['lint/branch-never-taken@fork']);
    expect(findings([choice('true', 'input.b', 'input.c')])).toHaveLength(2);
  });
  it('[L12] finds a time that is longer than the time that contains it', () => {
    const timed = (options: object, deadline?: string) =>
      findings([step('a', { options: { retry: { maximumAttempts: 0 }, ...options } })], deadline ? { deadline } : {});
    expect(timed({ startToCloseTimeout: '2m', scheduleToCloseTimeout: '2m' })).toEqual([]);
    expect(timed({ startToCloseTimeout: '2m', scheduleToCloseTimeout: '1m' })).toEqual(['lint/time-too-long@a']);
    expect(timed({ startToCloseTimeout: '10s', heartbeatTimeout: '20s' })).toEqual(['lint/time-too-long@a']);
    expect(timed({ startToCloseTimeout: '2h' }, '1h')).toEqual(['lint/time-too-long@a']);
    expect(timed({ startToCloseTimeout: '1h' }, '1h')).toEqual([]);
    const approval = { id: 'p', kind: 'approval', title: 'P', question: 'Q', data: {}, timeout: '2d' };
    expect(findings([approval], { deadline: '1d' })).toEqual(['lint/time-too-long@p']);
    expect(findings([{ id: 'w', kind: 'wait', title: 'W', duration: '2d' }], { deadline: '1d' })).toHaveLength(1);
  });
  it('[L13] finds attempts that cannot begin before the time is over, at the border exactly', () => {
    const retried = (scheduleToCloseTimeout: string) =>
      findings([
        step('a', {
          options: {
            startToCloseTimeout: '1s',
            scheduleToCloseTimeout,
            retry: { maximumAttempts: 4, initialInterval: '1s', backoffCoefficient: 2 },
          },
        }),
      ]);
    // Attempts 2, 3 and 4 begin after 1, 3 and 7 seconds.
    expect(retried('7s')).toEqual([]);
    expect(retried('6s')).toEqual(['lint/retry-does-not-fit@a']);
  });
  it('[L14] finds an effect for good of which nobody can find out whether it happened', () => {
    expect(findings([forGood('a', { lateCalls: 'possible' })])).toEqual(['lint/outcome-unresolvable@a']);
    expect(findings([forGood('a', { lateCalls: 'possible', settlesWithin: '1m' })])).toEqual([]);
    const unknown = { policy: 'check', activity: 'http.request', input: {} };
    expect(findings([forGood('a', { lateCalls: 'refused', unknown })])).toEqual([]);
  });
});

describe('the linter for compensation', () => {
  it('finds nothing in the order flow', () => {
    const text = readFileSync(
      new URL('../examples/order-fulfilment/order-fulfilment.flow.json', import.meta.url),
      'utf8'
    );
    expect(lint(parseFlow(JSON.parse(text)), catalogue)).toEqual([]);
  });

  it('[L1] finds a reversible effect without an undo, unless it is after the pivot', () => {
    expect(findings([effect('a', { undo: undefined })])).toEqual(['lint/no-undo@a']);
    expect(findings([step('p', { pivot: true }), effect('a', { undo: undefined })])).toEqual([]);
  });

  describe('[L2] finds an undo that reads an output which does not exist', () => {
    const reading = (expression: string, armed: string) => ({
      undo: undo({ armed, input: { body: { $expr: expression } } }),
    });
    it('if the undo is armed by the attempt', () => {
      expect(findings([effect('charge-it', reading('chargeIt.id', 'attempted'))])).toEqual([
        'lint/undo-reads-missing@charge-it',
      ]);
      expect(findings([effect('charge-it', reading('chargeIt?.id ?? input.id', 'attempted'))])).toEqual([]);
      expect(findings([effect('charge-it', reading('input.chargeIt.id', 'attempted'))])).toEqual([]);
    });
    it('if an unknown outcome is undone', () => {
      const unknown = { unknown: { policy: 'undo' }, lateCalls: 'refused' };
      expect(findings([effect('a', { ...reading('a.id', 'completed'), ...unknown })])).toEqual([
        'lint/undo-reads-missing@a',
      ]);
      expect(findings([effect('a', reading('a.id', 'completed'))])).toEqual([]);
    });
  });

  it('[L3] finds an undo after the pivot', () => {
    expect(findings([step('p', { pivot: true }), effect('a')])).toEqual(['lint/undo-after-pivot@a']);
    expect(findings([effect('p', { pivot: true })])).toEqual([]);
  });

  describe('[L4] finds an irreversible effect that can be followed by an unwinding', () => {
    it('caused by a later step', () => {
      expect(findings([forGood('a'), step('b')])).toEqual(['lint/irreversible-before-pivot@a']);
      expect(findings([step('b'), forGood('a')])).toEqual([]);
      expect(findings([forGood('a'), step('p', { pivot: true })])).toEqual(['lint/irreversible-before-pivot@a']);
      expect(findings([step('p', { pivot: true }), forGood('a'), step('b')])).toEqual([]);
    });
    it('caused by a sibling', () => {
      expect(findings([both([forGood('a')], [step('b')])])).toEqual(['lint/irreversible-before-pivot@a']);
      expect(findings([both([forGood('a')], [])])).toEqual([]);
    });
    it('caused by the deadline', () => {
      expect(findings([forGood('a')], { deadline: '1h' })).toEqual(['lint/irreversible-before-pivot@a']);
    });
    it('but not by a step whose every failure is handled', () => {
      expect(findings([forGood('a'), step('b', { catch: [{ types: [], then: [] }] })])).toEqual([]);
      const handler = { types: [], then: [step('c')] };
      expect(findings([forGood('a'), step('b', { catch: [handler] })])).toEqual(['lint/irreversible-before-pivot@a']);
      expect(findings([forGood('a'), step('b', { catch: [{ types: ['No'], then: [] }] })])).toEqual([
        'lint/irreversible-before-pivot@a',
      ]);
    });
  });

  it('[L4] a group cannot turn the run back if a handler stops every failure inside it', () => {
    const group = (...handlers: object[]) => ({
      id: 'g',
      kind: 'group',
      title: 'G',
      steps: [step('b')],
      catch: handlers,
    });
    expect(findings([forGood('a'), group()])).toEqual(['lint/irreversible-before-pivot@a']);
    expect(findings([forGood('a'), group({ types: [], then: [] })])).toEqual([]);
  });

  it('[L4] another item of a loop can turn the run back', () => {
    const each = (...steps: object[]) => ({ id: 'e', kind: 'each', title: 'E', items: '[]', item: 'item', steps });
    expect(findings([each(step('b'), forGood('a'))])).toEqual(['lint/irreversible-before-pivot@a']);
  });

  it('[L4] a branch of a race is undone if another one wins', () => {
    const branches = [
      { id: 'x', title: 'X', steps: [forGood('a')] },
      { id: 'y', title: 'Y', steps: [] },
    ];
    expect(findings([{ id: 'r', kind: 'race', title: 'R', branches }])).toEqual(['lint/irreversible-before-pivot@a']);
  });

  it('[L5] finds a pivot in a parallel branch', () => {
    expect(findings([both([step('p', { pivot: true })], [])])).toEqual(['lint/pivot-in-parallel@p']);
  });

  it('[L6] finds a step after the pivot with its own limit of attempts; default limits do not apply there', () => {
    const pivot = step('p', { pivot: true });
    expect(findings([pivot, step('a', { options: { retry: { maximumAttempts: 3 } } })])).toEqual([
      'lint/gives-up-after-pivot@a',
    ]);
    expect(findings([pivot, step('a', { options: {} })])).toEqual([]);
    expect(findings([step('a', { options: {} })])).toEqual([]);
  });

  it('[L7] finds an effect without a policy for an unknown outcome', () => {
    expect(findings([effect('a', { unknown: undefined })])).toEqual(['lint/asks-operator@a']);
  });

  it('[L9] finds an undo or a look-up that a late call can follow, unless the time to settle is declared', () => {
    const look = { policy: 'check', activity: 'http.request', input: {} };
    for (const unknown of [{ policy: 'undo' }, look]) {
      expect(findings([effect('a', { unknown })])).toEqual(['lint/late-calls@a']);
      expect(findings([effect('a', { unknown, lateCalls: 'refused' })])).toEqual([]);
      expect(findings([effect('a', { unknown, settlesWithin: '5m' })])).toEqual([]);
    }
    expect(findings([effect('a')])).toEqual([]);
  });

  it('[L19] finds named decisions that nothing tells apart', () => {
    const ask = (...decisions: object[]) => ({
      id: 'ask',
      kind: 'approval',
      title: 'Ask',
      question: '?',
      data: {},
      decisions,
    });
    const [ok, less] = [
      { key: 'approve', title: 'Approve' },
      { key: 'less', title: 'Less' },
    ];
    expect(findings([ask(ok, less)])).toEqual(['lint/decision-unread@ask']);
    expect(findings([ask(ok, { ...less, turnsBack: true })])).toEqual([]);
    expect(findings([ask(ok, less), step('a', { input: { body: { $expr: 'ask.decision' } } })])).toEqual([]);
  });

  it('[L20] finds several people who are one', () => {
    const ask = (more: object) => ({ id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, ...more });
    expect(findings([ask({ howMany: 1 })])).toEqual(['lint/one-decides@ask']);
    expect(findings([ask({ howMany: 'all', candidates: ['finance'] })])).toEqual(['lint/one-decides@ask']);
    expect(findings([ask({ howMany: 2, candidates: ['finance'] })])).toEqual([]);
  });

  it('[L23] finds people of whom one may be missing', () => {
    const of = (more: object) =>
      findings([{ id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, forbidStarter: true, ...more }]);
    const candidates = ['a@x', 'b@x'];
    expect(of({ howMany: 2, candidates })).toEqual(['lint/too-few-left@ask']);
    expect(of({ howMany: 'all', candidates })).toEqual(['lint/too-few-left@ask']);
    expect(of({ howMany: 2, candidates, forbidStarter: false })).toEqual([]);
    expect(of({ howMany: 2, candidates: [...candidates, 'c@x'] })).toEqual([]);
    expect(of({ howMany: 2, candidates: ['finance'] })).toEqual([]);
    expect(of({ howMany: 2, candidates, candidatesFrom: 'input.more' })).not.toContain('lint/too-few-left@ask');
  });

  it('[L21] [L22] finds escalations and reminders that do nothing', () => {
    const ask = (more: object) =>
      findings([
        { id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, candidates: ['finance'], ...more },
      ]);
    const chain = (...steps: [after: string, to: string, instead?: boolean][]) =>
      steps.map(([after, to, instead]) => ({ after, to: [to], ...(instead ? { instead } : {}) }));
    expect(ask({ timeout: '2d', escalate: chain(['1d', 'boss'], ['2d', 'board']) })).toEqual([
      'lint/escalation-too-late@ask',
    ]);
    expect(ask({ escalate: chain(['1d', 'finance']) })).toEqual(['lint/escalation-asks-same@ask']);
    expect(ask({ escalate: chain(['1d', 'boss'], ['2d', 'boss']) })).toEqual(['lint/escalation-asks-same@ask']);
    expect(ask({ escalate: chain(['1d', 'boss'], ['2d', 'boss', true]) })).toEqual([]);
    expect(ask({ escalate: chain(['1d', 'boss', true], ['2d', 'finance']) })).toEqual([]);
    expect(ask({ candidates: [], escalate: chain(['1d', 'boss']) })).toEqual(['lint/escalation-asks-same@ask']);
    expect(ask({ due: '1d', remind: { before: ['2h', '1d'] } })).toEqual(['lint/reminder-too-early@ask']);
    expect(ask({ due: '1d', remind: { every: '1d' }, timeout: '2d' })).toEqual(['lint/reminder-too-late@ask']);
    expect(ask({ due: '1d', remind: { every: '1h' }, timeout: '2d' })).toEqual([]);
    expect(ask({ due: '3d', timeout: '2d' })).toEqual(['lint/time-too-long@ask']);
  });

  it('[L15] finds a flow without steps', () => {
    expect(findings([])).toEqual(['lint/no-steps@null']);
    expect(findings([step('a')])).toEqual([]);
  });

  it('[L8] finds a variable that nothing reads', () => {
    const variables = { total: { schema: { type: 'number' }, initial: 0 } };
    expect(findings([{ id: 's', kind: 'set', title: 'S', values: { total: 1 } }], { variables })).toEqual([
      'lint/variable-unread@null',
    ]);
    expect(findings([step('a', { input: { body: { $expr: 'total' } } })], { variables })).toEqual([]);
  });
});
