import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../activities/catalogue';
import type { FlowDocument } from './document';
import { parseFlow } from './testing/flow';
import { expressionsIn, namesIn } from './expression-names';
import { validate } from './validate';

const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: {},
  ...more,
});
const end = { id: 'done', kind: 'end', title: 'Done' };
const reads = (expression: string) => ({ input: { body: { $expr: expression } } });

function flow(steps: object[], more: object = {}): FlowDocument {
  return parseFlow({
    format: 1,
    name: 'test',
    title: 'Test',
    input: { type: 'object' },
    steps,
    ...more,
  });
}
/** `code@node` of every finding. */
const findings = (steps: object[], more?: object) =>
  validate(flow(steps, more), catalogue).map(({ code, nodeId }) => `${code}@${nodeId ?? 'flow'}`);

const order = parseFlow(
  JSON.parse(readFileSync(new URL('../examples/order-fulfilment/order-fulfilment.flow.json', import.meta.url), 'utf8'))
);

describe('child flows', () => {
  const child = (more: object = {}) => ({ id: 'c', kind: 'child', title: 'C', flow: 'pay', input: {}, ...more });
  const withPay = (tooOld?: true) => {
    const flowOf = { name: 'pay', version: 2, workflowType: 'pay_v2', below: [], ...(tooOld ? { tooOld } : {}) };
    const entry = { ...catalogue['http.request']!, name: 'flow:pay', title: 'Pay', flow: flowOf };
    return { ...catalogue, 'flow:pay': entry };
  };
  const found = (more: object = {}, tooOld?: true) =>
    validate(flow([child(more)]), withPay(tooOld)).map(({ code, nodeId }) => `${code}@${nodeId ?? 'flow'}`);

  it('[FV15] runs a flow that is published, and since flows can be children', () => {
    expect(found()).toEqual([]);
    expect(findings([child()])).toContain('unknown-flow@c');
    expect(found({}, true)).toContain('flow-too-old@c');
  });
  it('[FV15] has a time limit only if the flow waits for its end', () => {
    expect(found({ timeout: '1m' })).toEqual([]);
    expect(found({ timeout: '1m', waits: 'start' })).toEqual(['timeout-without-wait@c']);
  });
});

describe('validation of a flow', () => {
  it('accepts the order flow', () => expect(validate(order, catalogue)).toEqual([]));

  it('[FV1] refuses a repeated id, of a node or of a branch', () => {
    const choice = {
      id: 'which',
      kind: 'choice',
      title: 'Which?',
      branches: [{ id: 'a', title: 'A', when: 'true', steps: [] }],
    };
    expect(findings([step('a'), choice])).toEqual(['duplicate-id@which']);
    expect(findings([step('a'), step('b')])).toEqual([]);
  });

  it('[FV2] refuses names that clash or have another meaning', () => {
    expect(findings([step('a-b'), step('a--b')])).toEqual(['ambiguous-name@a--b']);
    expect(findings([step('delete')])).toEqual(['reserved-name@delete']);
    expect(findings([step('constructor')])).toEqual(['reserved-name@constructor']);
    const variables = { total: { schema: { type: 'number' }, initial: 0 } };
    expect(findings([step('total')], { variables })).toEqual(['ambiguous-name@total']);
    expect(findings([step('a', { catch: [{ types: [], as: 'input', then: [] }] })])).toEqual(['reserved-name@a']);
  });

  it('[FV14] refuses a title that a hidden character shows in another order, wherever it is; right-to-left titles are normal', () => {
    const turned = (title: string) => `${title} \u202etxt.exe`;
    const branches = [{ id: 'one', title: turned('One'), when: 'true', steps: [] }];
    const found = findings(
      [
        step('a', { title: turned('Send') }),
        step('b', { undo: { title: turned('Undo'), activity: 'undo', input: {} } }),
        { id: 'which', kind: 'choice', title: 'שלום עולם', branches },
      ],
      { title: turned('مرحبا'), signals: { go: { title: turned('Go'), schema: {} } } }
    );
    expect(found.filter((each) => each.startsWith('reordered'))).toEqual([
      'reordered-title@flow',
      'reordered-title@flow',
      'reordered-title@a',
      'reordered-title@b',
      'reordered-title@which',
    ]);
    expect(findings([step('a', { title: 'שלום עולם (٣)' })])).toEqual([]);
  });

  it('[FV16] refuses a title that is longer than that of a step, wherever it is', () => {
    const long = (length: number) => [
      step('b', { undo: { title: 'u'.repeat(length), activity: 'undo', input: {} } }),
      {
        id: 'which',
        kind: 'choice',
        title: 'Which',
        branches: [{ id: 'one', title: 'o'.repeat(length), when: 'true', steps: [] }],
        otherwise: { title: 'p'.repeat(length), steps: [] },
      },
    ];
    const declared = (length: number) => ({
      signals: { go: { title: 's'.repeat(length), schema: {} } },
      scenarios: [{ name: 'one', title: 'c'.repeat(length), input: {} }],
    });
    const tooLong = (found: string[]) => found.filter((each) => each.startsWith('too-long'));
    expect(tooLong(findings(long(120), declared(120)))).toEqual([]);
    expect(tooLong(findings(long(121), declared(121)))).toEqual([
      'too-long@flow',
      'too-long@flow',
      'too-long@b',
      'too-long@which',
      'too-long@which',
    ]);
  });

  it('[FV23] refuses a title or a question of which nothing can be read, wherever it is', () => {
    const blank = ' \u200b\u3164 ';
    const branches = [{ id: 'one', title: blank, when: 'true', steps: [] }];
    const found = findings(
      [
        step('a', { title: blank }),
        step('b', { undo: { title: blank, activity: 'undo', input: {} } }),
        { id: 'which', kind: 'choice', title: 'Which', branches, otherwise: { title: blank, steps: [] } },
        { id: 'ask', kind: 'approval', title: 'Ask', question: blank, data: {} },
      ],
      { title: '\t', scenarios: [{ name: 'one', title: blank, input: {} }] }
    );
    expect(found.filter((each) => each.startsWith('blank'))).toEqual([
      'blank-title@flow',
      'blank-title@flow',
      'blank-title@a',
      'blank-title@b',
      'blank-title@which',
      'blank-title@which',
      'blank-question@ask',
    ]);
  });

  it('[FV1] refuses a handler with the id of another handler or branch of its node; other nodes may have it too', () => {
    const handler = (id: string) => ({ id, types: [], then: [] });
    const branches = [{ id: 'catch-1', title: 'B', when: 'true', steps: [step('x')] }];
    expect(findings([step('a', { catch: [handler('c'), handler('c')] })], { format: 2 })).toEqual(['duplicate-id@a']);
    const choice = { id: 'a', kind: 'choice', title: 'A', branches };
    expect(findings([{ ...choice, catch: [handler('catch-1')] }], { format: 2 })).toEqual(['duplicate-id@a']);
    expect(findings([{ ...choice, catch: [handler('otherwise')] }], { format: 2 })).toEqual(['duplicate-id@a']);
    expect(
      findings([step('a', { catch: [handler('c')] }), step('b', { catch: [handler('c')] })], { format: 2 })
    ).toEqual([]);
  });

  describe('a loop over a list', () => {
    const each = (steps: object[], more: object = {}) => ({
      id: 'e',
      kind: 'each',
      title: 'E',
      items: 'input.list',
      item: 'part',
      steps,
      ...more,
    });
    it('[FV2] names its items by a name of their own', () => {
      expect(findings([each([step('a', reads('part'))])])).toEqual([]);
      expect(findings([each([], { item: 'input' })])).toEqual(['reserved-name@e']);
      expect(findings([each([step('a')], { item: 'a' })])).toEqual(['ambiguous-name@e']);
      expect(findings([each([each([], { id: 'inner' })])])).toEqual(['ambiguous-name@e']);
      expect(findings([each([]), each([], { id: 'other' })])).toEqual([]);
    });
    it('[FV6] contains no point of no return', () => {
      expect(findings([each([step('a', { pivot: true })])])).toEqual(['pivot-in-loop@a']);
    });
    it('[FV7] cannot end the flow from inside', () => {
      expect(findings([each([end])])).toEqual(['end-in-each@done']);
    });
    it('[FV9] may have no item, so nothing behind it reads its steps, but its own output', () => {
      expect(findings([each([step('a'), step('b', reads('a.id'))]), step('c', reads('a.id'))])).toEqual([
        'not-run-yet@c',
      ]);
      expect(findings([each([]), step('c', reads('e.failures.length'))])).toEqual([]);
      expect(findings([each([step('a', reads('e.items'))])])).toEqual(['not-run-yet@a']);
    });
  });

  describe('a loop with a condition', () => {
    const repeat = (steps: object[], more: object = { until: 'true' }) => ({
      id: 'r',
      kind: 'repeat',
      title: 'R',
      most: 3,
      steps,
      ...more,
    });
    it('[FV13] has one condition', () => {
      expect(findings([repeat([]), repeat([], { id: 's', while: 'true' })])).toEqual([]);
      expect(findings([repeat([], {})])).toEqual(['repeat-condition@r']);
      expect(findings([repeat([], { until: 'true', while: 'true' })])).toEqual(['repeat-condition@r']);
    });
    it('[FV17] has more than 1,000 rounds only directly in the flow', () => {
      const long = repeat([], { until: 'true', most: 1_001 });
      const inside = (loop: object) => ({ id: 'g', kind: 'group', title: 'G', steps: [loop] });
      expect(findings([long])).toEqual([]);
      expect(findings([inside(long)])).toEqual(['loop-too-long@r']);
      expect(findings([inside(repeat([], { until: 'true', most: 1_000 }))])).toEqual([]);
    });
    it('[FV6] [FV7] contains no point of no return, but may end the flow', () => {
      expect(findings([repeat([step('a', { pivot: true })])])).toEqual(['pivot-in-loop@a']);
      expect(findings([repeat([end])])).toEqual([]);
    });
    it('[FV9] its end may be decided by its steps, its beginning may not; nothing behind it reads them', () => {
      expect(findings([repeat([step('a')], { until: 'a.done' })])).toEqual([]);
      expect(findings([repeat([step('a')], { while: 'a.done' })])).toEqual(['not-run-yet@r']);
      expect(findings([repeat([step('a')]), step('b', reads('a.done'))])).toEqual(['not-run-yet@b']);
      expect(findings([repeat([step('a')]), repeat([], { id: 's', until: 'a.done' })])).toEqual(['not-run-yet@s']);
    });
  });

  describe('a race', () => {
    const race = (first: object[], second: object[] = []) => ({
      id: 'r',
      kind: 'race',
      title: 'R',
      branches: [
        { id: 'x', title: 'X', steps: first },
        { id: 'y', title: 'Y', steps: second },
      ],
    });
    it('[FV6] [FV7] contains no point of no return and no end', () => {
      expect(findings([race([step('a', { pivot: true })])])).toEqual(['pivot-in-loop@a']);
      expect(findings([race([end])])).toEqual(['end-in-race@done']);
    });
    it('[FV9] has one winner, so only its own output is certain behind it', () => {
      expect(findings([race([step('a'), step('b', reads('a.id'))]), step('c', reads('r.winner'))])).toEqual([]);
      expect(findings([race([step('a')], [step('b', reads('a.id'))])])).toEqual(['not-run-yet@b']);
      expect(findings([race([step('a')]), step('c', reads('a.id'))])).toEqual(['not-run-yet@c']);
    });
  });

  it('[FV2] a handler inside a handler may give its failure the same name', () => {
    const inner = step('b', { catch: [{ types: [], as: 'problem', then: [] }] });
    expect(findings([step('a', { catch: [{ types: [], as: 'problem', then: [inner] }] })])).toEqual([]);
  });

  it('[FV3] refuses unknown activities and effects that contradict the catalogue', () => {
    expect(findings([step('a', { activity: 'no.such' })])).toEqual(['unknown-activity@a']);
    expect(findings([step('a', { activity: 'constructor' })])).toEqual(['unknown-activity@a']);
    expect(findings([step('a', { effect: undefined })])).toEqual(['effect-missing@a']);
    expect(findings([step('a', { activity: 'log', effect: 'reversible' })])).toEqual(['effect-differs@a']);
  });

  it('[FV4] refuses an undo without an effect, and the policy undo without an undo', () => {
    const undo = { title: 'Undo', activity: 'http.request', input: {} };
    expect(findings([step('a', { undo })])).toEqual(['undo-without-effect@a']);
    expect(findings([step('a', { undo, effect: 'irreversible' })])).toEqual(['undo-without-effect@a']);
    expect(findings([step('a', { effect: 'reversible', unknown: { policy: 'undo' } })])).toEqual([
      'unknown-without-undo@a',
    ]);
    expect(findings([step('a', { effect: 'reversible', undo, unknown: { policy: 'undo' } })])).toEqual([]);
  });

  it('[FV5] refuses signals and variables that are not declared', () => {
    expect(findings([{ id: 'w', kind: 'waitForSignal', title: 'W', signal: 'paid' }])).toEqual(['unknown-signal@w']);
    expect(findings([{ id: 's', kind: 'set', title: 'S', values: { packed: true } }])).toEqual(['unknown-variable@s']);
    const updates = { note: { title: 'Note', schema: {}, set: { packed: true } } };
    expect(findings([step('a')], { updates })).toEqual(['unknown-variable@flow']);
  });

  it('[FV6] refuses a second pivot on a path, and allows one in each branch of a choice', () => {
    const pivot = (id: string) => step(id, { pivot: true });
    expect(findings([pivot('a'), step('b'), pivot('c')])).toEqual(['second-pivot@c']);
    const branches = ['x', 'y'].map((id) => ({ id, title: id, when: 'true', steps: [pivot(`${id}-pivot`)] }));
    const choice = { id: 'which', kind: 'choice', title: 'Which?', branches };
    expect(findings([choice])).toEqual([]);
    expect(findings([choice, pivot('late')])).toEqual(['second-pivot@late']);
  });

  it('[FV7] refuses unreachable steps, an end in a parallel branch, and a path without the declared output', () => {
    expect(findings([end, step('a')])).toEqual(['unreachable@a']);
    const branches = [
      { id: 'x', title: 'X', steps: [end] },
      { id: 'y', title: 'Y', steps: [] },
    ];
    expect(findings([{ id: 'both', kind: 'parallel', title: 'Both', branches }])).toEqual(['end-in-parallel@done']);
    const output = { type: 'object' };
    expect(findings([step('a')], { output })).toEqual(['no-end@a']);
    const some = {
      id: 'which',
      kind: 'choice',
      title: '?',
      branches: [{ id: 'x', title: 'X', when: 'true', steps: [{ ...end, output: {} }] }],
    };
    expect(findings([some], { output })).toEqual(['no-end@which']);
    const fail = { id: 'no', kind: 'fail', title: 'No', errorType: 'No', message: 'no' };
    expect(findings([{ ...some, otherwise: { title: 'Else', steps: [fail] } }], { output })).toEqual([]);
  });

  it('[FV7] refuses an end without the declared output, and an end with an undeclared one', () => {
    expect(findings([end], { output: { type: 'object' } })).toEqual(['output-missing@done']);
    expect(findings([{ ...end, output: {} }])).toEqual(['output-not-declared@done']);
    expect(findings([end])).toEqual([]);
  });

  it('[FV8] refuses a wait with neither or with both of its settings', () => {
    const wait = { id: 'w', kind: 'wait', title: 'W' };
    expect(findings([wait])).toEqual(['wait-without-end@w']);
    expect(findings([{ ...wait, duration: '5m', until: 'input.at' }])).toEqual(['wait-without-end@w']);
    expect(findings([{ ...wait, duration: '5m', zone: 'UTC' }])).toEqual(['zone-without-until@w']);
    expect(findings([{ ...wait, until: 'input.at', zone: 'Mars/Base' }])).toEqual(['unknown-zone@w']);
    expect(findings([{ ...wait, until: "'2026-11-28'", zone: 'Europe/Berlin' }])).toEqual([]);
    expect(findings([{ ...wait, until: "'2026-11-28T17:00:00Z'" }])).toEqual([]);
    for (const until of ["'2026-11-28'", "'tomorrow 5'"])
      expect(findings([{ ...wait, until }])).toEqual(['no-instant@w']);
    expect(findings([{ ...wait, duration: '5m' }])).toEqual([]);
  });

  it.each([
    ['2027-02-30', {}, "The date or time '2027-02-30' does not exist."],
    ['2027-02-30', { zone: 'Europe/Berlin' }, "The date or time '2027-02-30' does not exist."],
    ['2027-02-28T25:00:00Z', {}, "The date or time '2027-02-28T25:00:00Z' does not exist."],
    ['2027-02-28', {}, "'2027-02-28' is not a date and time with its offset from UTC."],
    ['tomorrow', { zone: 'Europe/Berlin' }, "'tomorrow' is not a date, or a date and time."],
  ])('[FV8] the moment %s with %j is refused with what is wrong with it', (written, more, message) => {
    const wait = { id: 'w', kind: 'wait', title: 'W', until: `'${written}'`, ...more };
    expect(validate(flow([wait]), catalogue).map((each) => each.message)).toEqual([message]);
  });

  describe('[FV9] an expression reads only steps that have certainly run', () => {
    it('neither a later step nor the step itself has run', () => {
      expect(findings([step('a', reads('b.id')), step('b')])).toEqual(['not-run-yet@a']);
      expect(findings([step('a', reads('a.id'))])).toEqual(['not-run-yet@a']);
      expect(findings([step('a'), step('b', reads('a.id'))])).toEqual([]);
    });
    it('a branch of a choice may not have run', () => {
      const choice = {
        id: 'which',
        kind: 'choice',
        title: '?',
        branches: [{ id: 'x', title: 'X', when: 'true', steps: [step('a'), step('b', reads('a.id'))] }],
      };
      expect(findings([choice])).toEqual([]);
      expect(findings([choice, step('c', reads('a.id'))])).toEqual(['not-run-yet@c']);
    });
    it('the steps of a group have run after it, unless a handler lets the flow continue without them', () => {
      const group = { id: 'g', kind: 'group', title: 'G', steps: [step('a'), step('b', reads('a.id'))] };
      expect(findings([group, step('c', reads('b.id'))])).toEqual([]);
      const handler = (...then: object[]) => ({ types: [], then });
      expect(findings([{ ...group, catch: [handler()] }, step('c', reads('b.id'))])).toEqual(['not-run-yet@c']);
      const fail = { id: 'no', kind: 'fail', title: 'No', errorType: 'No', message: 'no' };
      expect(findings([{ ...group, catch: [handler(fail)] }, step('c', reads('b.id'))])).toEqual([]);
    });
    it('parallel branches have all run after the join, but cannot read each other', () => {
      const parallel = (second: object) => ({
        id: 'both',
        kind: 'parallel',
        title: 'Both',
        branches: [
          { id: 'x', title: 'X', steps: [step('a')] },
          { id: 'y', title: 'Y', steps: [second] },
        ],
      });
      expect(findings([parallel(step('b')), step('c', reads('a.id + b.id'))])).toEqual([]);
      expect(findings([parallel(step('b', reads('a.id')))])).toEqual(['not-run-yet@b']);
    });
    it('a handler that lets the flow continue has no output', () => {
      const inner = {
        id: 'both',
        kind: 'parallel',
        title: 'Both',
        branches: [
          { id: 'x', title: 'X', steps: [step('a')] },
          { id: 'y', title: 'Y', steps: [] },
        ],
      };
      const fail = { id: 'no', kind: 'fail', title: 'No', errorType: 'No', message: 'no' };
      expect(findings([{ ...inner, catch: [{ types: [], then: [] }] }, step('c', reads('a.id'))])).toEqual([
        'not-run-yet@c',
      ]);
      expect(findings([{ ...inner, catch: [{ types: [], then: [fail] }] }, step('c', reads('a.id'))])).toEqual([]);
    });
    it('the error names the field', () => {
      const [problem] = validate(flow([step('a', reads('b.id')), step('b')]), catalogue);
      expect(problem).toMatchObject({ severity: 'error', path: ['input', 'body'] });
    });
  });
});

describe('[FV10] pauses between attempts', () => {
  const retry = (initialInterval: string, more: object = {}) => ({ options: { retry: { initialInterval, ...more } } });
  it('the first pause is not longer than the longest, which the catalogue defines if the step does not', () => {
    expect(findings([step('a', retry('2m'))])).toEqual(['retry-intervals@a']);
    expect(findings([step('a', retry('60s'))])).toEqual([]);
    expect(findings([step('a', retry('2m', { maximumInterval: '1h' }))])).toEqual([]);
    expect(findings([step('a', retry('0s'))])).toEqual(['retry-intervals@a']);
  });
  it('the rule also holds for an undo and a look-up', () => {
    const undo = { title: 'Undo', activity: 'http.request', input: {}, ...retry('2m') };
    const unknown = { policy: 'check', activity: 'http.request', input: {}, ...retry('2m') };
    expect(findings([step('a', { effect: 'reversible', undo, unknown })])).toEqual([
      'retry-intervals@a',
      'retry-intervals@a',
    ]);
  });
});

describe('names in an expression', () => {
  it.each([
    ['charge.transactionId', ['charge']],
    ['\'charge\' + "charge" + input.charge?.x', ['input']],
    ['{ charge: refund, ...rest }', ['refund', 'rest']],
    ['`charge ${ship.id} {a} ${ok ? { x: y } : "}"} charge`', ['ship', 'ok', 'y']],
    ['items.filter((item, at) => item.qty > at && limit).map(x => x.id)', ['items', 'limit']],
    ['a ? b : c', ['a', 'b', 'c']],
    ["'it\\'s charge'", []],
  ])('%s', (expression, names) => expect([...namesIn(expression)]).toEqual(names));

  it('are recognised by a single field $expr: an object with other fields is data', () => {
    expect(expressionsIn({ a: [{ $expr: 'x' }], b: { $expr: 'y', c: 1 } })).toEqual([
      { expression: 'x', path: ['a', 0] },
    ]);
  });

  it('[FV11] refuses a schema that cannot check any value, wherever it is', () => {
    const bad = { type: 'string', pattern: '[' };
    expect(findings([step('a', { output: bad })])).toEqual(['schema@a']);
    const signals = { arrived: { title: 'Arrived', schema: bad } };
    const updates = { change: { title: 'Change', schema: { type: 'string', enum: [1] }, set: {} } };
    expect(findings([end], { signals, updates, output: undefined })).toEqual(['schema@flow', 'schema@flow']);
    const [found] = validate(flow([end], { signals }), catalogue);
    expect(found?.path).toEqual(['signals', 'arrived', 'schema', 'pattern']);
    expect(findings([end], { input: { type: 'string' } })).toEqual(['input-no-object@flow']);
  });
});

describe('searchable fields', () => {
  const field = (value: string, type = 'Keyword') => ({ title: 'Field', type, value });
  const input = {
    type: 'object',
    properties: {
      order: { type: 'string' },
      card: { type: 'object', properties: { number: { type: 'string', sensitive: true }, bank: { type: 'string' } } },
      cards: { type: 'array', items: { type: 'object', properties: { number: { type: 'string', sensitive: true } } } },
    },
  };
  const found = (searchable: object, steps: object[] = []) => findings(steps, { input, searchable });

  it('[SRF1] are at most ten', () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`Field${index}`, field('input.order')]));
    expect(found(fields(10))).toEqual([]);
    expect(found(fields(11))).toEqual(['too-many-searchable@flow']);
  });

  it('[SRF2] have no name of the system', () => {
    for (const name of ['WorkflowId', 'CloseTime', 'BuildIds', 'TemporalChangeVersion', 'SagaPhase', 'BackstitchFlow'])
      expect(found({ [name]: field('input.order') }), name).toEqual(['reserved-name@flow']);
  });

  it('[SRF3] read nothing that is sensitive, nor a whole that contains it', () => {
    for (const value of [
      'input.card.number',
      'input.card?.number',
      'String(input.card)',
      'input.cards.map((card) => card.number)[0]',
      "input['card']",
      '`${input}`',
    ])
      expect(found({ Card: field(value) }), value).toEqual(['sensitive-searchable@flow']);
    expect(found({ Bank: field('input.card?.bank?.trim()'), Cards: field('input.cards.length', 'Int') })).toEqual([]);
  });

  it('[SRF4] read no output of a step in a loop', () => {
    const loop = {
      id: 'loop',
      kind: 'each',
      title: 'Each',
      items: '[1, 2]',
      item: 'item',
      steps: [step('inner')],
    };
    expect(found({ Inner: field('inner.status', 'Int') }, [loop])).toEqual(['searchable-in-loop@flow']);
    expect(found({ Outer: field('loop?.items', 'Int') }, [loop])).toEqual([]);
  });
});

describe('named decisions of an approval', () => {
  const form = (fields: object, required: string[] = []) => ({ type: 'object', properties: fields, required });
  const ask = (decisions: object[] | undefined, more: object = {}) => [
    {
      id: 'ask',
      kind: 'approval',
      title: 'Ask',
      question: '?',
      data: {},
      ...(decisions ? { decisions } : {}),
      ...more,
    },
  ];
  const ok = { key: 'approve', title: 'Approve' };
  const no = { key: 'reject', title: 'Reject', turnsBack: true };
  const found = (decisions: object[] | undefined, more: object = {}) =>
    validate(flow(ask(decisions, more)), catalogue).map(({ code, path }) => `${code} ${path.join('.')}`);

  it('[FV18] have different keys, and at least one goes on; a form is an object without sensitive values', () => {
    const number = { type: 'number' };
    expect(found([ok, { key: 'less', title: 'Less', form: form({ amount: number }, ['amount']) }, no])).toEqual([]);
    expect(found([no])).toEqual(['no-decision-goes-on decisions']);
    expect(found([ok, ok])).toEqual(['duplicate-decision decisions.1.key', 'duplicate-title decisions.1.title']);
    expect(found([ok, { ...ok, key: 'other', title: ` ${ok.title.toUpperCase()}` }])).toEqual([
      'duplicate-title decisions.1.title',
    ]);
    expect(found([ok, { ...ok, key: 'other', title: '  ' }])).toEqual(['blank-title decisions.1.title']);
    expect(found([ok, { key: 'nobody', title: 'Nobody' }])).toEqual(['reserved-name decisions.1.key']);
    expect(found([{ ...ok, title: 'x'.repeat(41) }])).toEqual(['too-long decisions.0.title']);
    expect(found([{ ...ok, form: { type: 'string' } }])).toEqual(['form-no-object decisions.0.form.type']);
    expect(found([{ ...ok, form: form({ card: { type: 'string', sensitive: true } }) }])).toEqual([
      'sensitive-form decisions.0.form',
    ]);
    const clash = [
      { ...ok, form: form({ amount: number }) },
      { key: 'less', title: 'Less', form: form({ amount: { type: 'string' } }) },
    ];
    expect(found(clash)).toEqual(['ambiguous-name decisions.1.form.properties.amount']);
    expect(found(Array.from({ length: 9 }, (_, index) => ({ key: `d${index}`, title: `D${index}` })))).toEqual([
      'too-many-decisions decisions',
    ]);
  });

  it('[FV19] where several people decide, there are enough', () => {
    const of = (howMany: unknown, candidates: string[]) => found(undefined, { howMany, candidates });
    expect(of('all', ['finance', 'boss'])).toEqual([]);
    expect(of('all', [])).toEqual(['nobody-named candidates']);
    expect(of('inSequence', ['boss', 'boss'])).toEqual(['duplicate-candidate candidates.1']);
    expect(of('all', ['a@x', ' A@X'])).toEqual(['duplicate-candidate candidates.1']);
    expect(of(2, ['a@x', 'A@x', 'a@x'])).toEqual(['too-few-candidates howMany']);
    expect(of(2, [])).toEqual([]);
    expect(of(3, ['a@x', 'b@x'])).toEqual(['too-few-candidates howMany']);
    expect(of(3, ['a@x', 'finance'])).toEqual([]);
    expect(of(51, [])).toEqual(['too-many-votes howMany']);
  });

  it('[FV19] the data may name them', () => {
    const of = (howMany: unknown) => found(undefined, { howMany, candidatesFrom: 'input.managers' });
    expect(of('all')).toEqual([]);
    expect(of(2)).toEqual([]);
  });

  it('[FV20] who decided another approval is excluded, and nobody else', () => {
    const of = (...names: string[]) => found(undefined, { notWhoDecided: names.map(($expr) => ({ $expr })) });
    expect(of('nothing')).toEqual(['unknown-approval notWhoDecided.0']);
    expect(of('ask')).toEqual(['excludes-itself notWhoDecided.0']);
    expect(of('ask', 'done')).toEqual(['excludes-itself notWhoDecided.0', 'unknown-approval notWhoDecided.1']);
  });

  it('[FV21] reminders and escalations have a meaning', () => {
    const of = (more: object) => found(undefined, more);
    expect(of({ remind: { before: ['1h'] } })).toEqual(['reminder-without-due remind.before']);
    expect(of({ remind: { before: ['1h'] }, due: '1d' })).toEqual([]);
    expect(of({ remind: { every: '30s' } })).toEqual(['reminder-too-often remind.every']);
    expect(of({ remind: { every: '1m' } })).toEqual([]);
    const first = { after: '2d', to: ['boss'] };
    expect(of({ escalate: [first, { after: '48h', to: ['board'] }] })).toEqual(['escalation-order escalate.1.after']);
    expect(of({ escalate: [{ after: '2d', to: [] }] })).toEqual(['escalation-to-nobody escalate.0.to']);
    expect(of({ escalate: [{ after: '2d', to: [' '] }] })).toEqual(['escalation-to-nobody escalate.0.to']);
    expect(of({ escalate: [first], howMany: 'all', candidates: ['a', 'b'] })).toEqual(['escalation-of-each escalate']);
    expect(of({ escalate: [first], howMany: 2 })).toEqual([]);
  });

  it('[FV22] the time to take a decision back is short', () => {
    const of = (takeBack: string) => found(undefined, { takeBack });
    expect(of('2m')).toEqual([]);
    for (const time of ['0s', '500ms', '61m', '1d']) expect(of(time)).toEqual(['take-back-time takeBack']);
  });

  it('[FV18] the decision that counts after a timeout is one of them, and needs no values', () => {
    const less = { key: 'less', title: 'Less', form: form({ amount: { type: 'number' } }, ['amount']) };
    const after = (onTimeout: string, decisions?: object[]) => found(decisions, { timeout: '1d', onTimeout });
    expect(after('reject')).toEqual([]);
    expect(after('less')).toEqual(['unknown-decision onTimeout']);
    expect(after('approve', [ok, less])).toEqual([]);
    expect(after('reject', [ok, less])).toEqual(['unknown-decision onTimeout']);
    expect(after('less', [ok, less])).toEqual(['timeout-needs-values onTimeout']);
  });
});
