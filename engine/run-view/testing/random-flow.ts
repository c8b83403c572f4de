/** Random flow documents whose steps carry, as their input, what the world does to them. */
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import type { FlowDocument } from '../../flow/document';
import { parseFlow } from '../../flow/testing/flow';

/** The module of the workflow `interpret`, which runs these flows. */
export const interpretPath = fileURLToPath(new URL('./interpret.ts', import.meta.url));

/** Input of a step, of its undo and of its look-up: what happens. */
export interface Script {
  /** 'hangs' takes no notice of a cancellation, 'stops' heeds it; 'second' fails once, and may be tried again. */
  does: 'ok' | 'notApplied' | 'denied' | 'unknown' | 'hangs' | 'stops' | 'second';
  /** Of a call that gives no answer: carried out at once, later, or never. */
  happens: 'now' | 'later' | 'never';
  /** As the step declares it: what the service promises of late calls. */
  lateCalls?: 'refused' | 'possible';
  settlesWithin?: string;
  /** How many times its undo fails. */
  undoFails: number;
  /** What an undo that fails does before: it sends nothing, and proves it; nothing, or all; nothing of it is known. */
  undoFailsHaving: 'sentNothing' | 'doneNothing' | 'undone';
  /** What the expression of its undo reads of the step's output: there, not there without an output, never there. */
  undoReads: 'nothing' | 'output' | 'missing';
  lookUp: 'applied' | 'notApplied' | 'fails' | 'odd';
  outcome: 'applied' | 'notApplied' | 'undo';
  undo: 'retry' | 'doneByHand' | 'leave';
}

export interface RandomRun {
  flow: FlowDocument;
  /** Are questions answered as soon as they are asked, or when nothing else happens any more? */
  eager: boolean;
  /** An operator ends every wait for a request that was sent, or for late calls to settle. */
  endsWaits: boolean;
  /** After how many workflow tasks somebody stops it, stops it twice, or kills it. */
  disturbance: { afterTasks: number; what: 'nothing' | 'stop' | 'stopTwice' | 'kill' };
}

/** A flow in which nothing goes wrong, and that waits for ever at its end. */
export interface CalmRun {
  flow: FlowDocument;
  afterTasks: number;
}

/** A node without its id: ids are given in order. */
type Draft = Record<string, unknown>;

const script: fc.Arbitrary<Script> = fc.record({
  does: fc.oneof(
    { weight: 20, arbitrary: fc.constant<Script['does']>('ok') },
    {
      weight: 6,
      arbitrary: fc.constantFrom<Script['does']>('notApplied', 'denied', 'unknown', 'hangs', 'stops', 'second'),
    }
  ),
  happens: fc.constantFrom('now', 'later', 'never'),
  undoFails: fc.constantFrom(0, 0, 1, 2),
  undoFailsHaving: fc.constantFrom('sentNothing', 'doneNothing', 'undone'),
  undoReads: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Script['undoReads']>('nothing') },
    { weight: 3, arbitrary: fc.constantFrom<Script['undoReads']>('output', 'output', 'missing') }
  ),
  lookUp: fc.constantFrom('applied', 'notApplied', 'fails', 'odd'),
  outcome: fc.constantFrom('applied', 'notApplied', 'undo'),
  undo: fc.constantFrom('retry', 'doneByHand', 'leave'),
});

const unknownPolicy = (input: Script) =>
  fc.constantFrom(undefined, { policy: 'undo' }, { policy: 'ask' }, { policy: 'check', activity: 'check', input });

const action: fc.Arbitrary<Draft> = script.chain((input) =>
  fc.record({
    kind: fc.constant('action'),
    activity: fc.constant('do'),
    input: fc.constant(input),
    effect: fc.constantFrom('reversible', 'reversible', 'none', 'irreversible'),
    undo: fc.record({
      title: fc.constant('undo'),
      activity: fc.constant('undo'),
      input: fc.constant(input),
      armed: fc.constantFrom('completed', 'attempted'),
      onFailure: fc.constantFrom(undefined, 'ask', 'retry', 'continue'),
    }),
    unknown: unknownPolicy(input),
    lateCalls: fc.constantFrom(undefined, 'refused', 'refused', 'possible'),
    settlesWithin: fc.constantFrom(undefined, undefined, '1s', '1m'),
    pivot: fc.integer({ min: 1, max: 40 }).map((one) => one === 1),
    options: fc.record({ retry: fc.record({ maximumAttempts: fc.constantFrom(1, 2) }) }),
  })
);

/** `children`: nodes that run other flows, which are in most places where a step may be. */
const stepsWith = (children: fc.Arbitrary<Draft> | null): fc.Arbitrary<Draft[]> =>
  fc.letrec<{ steps: Draft[]; node: Draft; catches: Draft[]; branch: Draft }>((tie) => ({
    steps: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    branch: fc.record({ title: fc.constant('branch'), steps: tie('steps') }),
    catches: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Draft[]>([]) },
      {
        weight: 1,
        arbitrary: fc.array<Draft>(
          fc.record({
            types: fc.constantFrom([], ['NotApplied'], ['Odd', 'Rejected']),
            scope: fc.constantFrom('undo', 'keep'),
            then: tie('steps'),
          }),
          { minLength: 1, maxLength: 2 }
        ),
      }
    ),
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 8, arbitrary: action },
      ...(children === null
        ? []
        : [
            {
              weight: 6,
              arbitrary: fc.tuple(children, tie('catches')).map(([node, handlers]) => ({ ...node, catch: handlers })),
            },
          ]),
      {
        weight: 2,
        arbitrary: fc.tuple(action, tie('catches')).map(([node, handlers]) => ({ ...node, catch: handlers })),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), duration: fc.constantFrom('1s', '1m') }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'set', values: {} }) },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'fail', errorType: 'Odd', message: 'x' }, { kind: 'end' }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('waitForSignal'),
          signal: fc.constant('go'),
          timeout: fc.constantFrom(undefined, '1m'),
          onTimeout: fc.option(tie('steps'), { nil: undefined }),
          catch: tie('catches'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('approval'),
          question: fc.constant('?'),
          data: fc.record({ say: fc.constantFrom('approve', 'reject') }),
          timeout: fc.constantFrom(undefined, '1m'),
          onTimeout: fc.constantFrom('fail', 'reject', 'approve'),
          onReject: fc.option(tie('steps'), { nil: undefined }),
          requireComment: fc.constant('never'),
          catch: tie('catches'),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('choice'),
          branches: fc.array(
            fc.tuple(tie('branch'), fc.boolean()).map(([branch, taken]) => ({ ...branch, when: String(taken) })),
            { minLength: 1, maxLength: 2 }
          ),
          otherwise: fc.option(tie('branch'), { nil: undefined }),
          catch: tie('catches'),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('parallel'),
          branches: fc.array(tie('branch'), { minLength: 2, maxLength: 3 }),
          unwind: fc.constantFrom('reverse', 'reverse', 'together'),
          catch: tie('catches'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('group'), steps: tie('steps'), catch: tie('catches') }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('each'),
          items: fc.constantFrom('[1, 2, 3]', '[1, 2]', '[]'),
          item: fc.constant('item'),
          concurrency: fc.constantFrom(1, 2, 3),
          onFailure: fc.constantFrom('stop', 'finish', 'collect'),
          steps: tie('steps'),
          catch: tie('catches'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('repeat'),
          until: fc.constantFrom('1', '2', '9'),
          most: fc.constant(3),
          steps: tie('steps'),
          catch: tie('catches'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('race'),
          branches: fc.array(tie('branch'), { minLength: 2, maxLength: 3 }),
          catch: tie('catches'),
        }),
      }
    ),
  })).steps;

export const randomRun: fc.Arbitrary<RandomRun> = fc.record({
  flow: fc
    .record({
      steps: stepsWith(null),
      deadline: fc.constantFrom(undefined, undefined, undefined, '1h'),
      rollback: fc.record({ onFailure: fc.constantFrom('ask', 'retry', 'continue') }),
    })
    .map(flowOf),
  eager: fc.boolean(),
  endsWaits: fc.boolean(),
  disturbance: fc.record({
    afterTasks: fc.integer({ min: 1, max: 12 }),
    what: fc.constantFrom('nothing', 'nothing', 'stop', 'stopTwice', 'kill'),
  }),
});

export interface RandomFamily {
  flow: FlowDocument;
  eager: boolean;
  /** After how many looks at the runs something is done to one of them, chosen by `which`. */
  disturbance: { afterLooks: number; which: number; what: 'nothing' | 'stop' | 'kill' | 'reset' };
  /** The commit at which the engine is killed; 0: at none. */
  killedAt: number;
}

/** A flow of few steps, in the input of the node that runs it. */
const childOf = (steps: fc.Arbitrary<Draft[]>): fc.Arbitrary<Draft> =>
  fc.record({
    kind: fc.constant('child'),
    flow: fc.constant('child'),
    input: fc.record({
      steps: steps.map((all) => all.slice(0, 2)),
      rollback: fc.record({ onFailure: fc.constantFrom('ask', 'retry', 'continue') }),
    }),
    waits: fc.constantFrom('end', 'end', 'end', 'start'),
    onParentClose: fc.constantFrom(undefined, undefined, 'stop', 'kill', 'leave'),
  });

/** Children of the second level are in half of those of the first. */
const family: fc.Arbitrary<Draft[]> = stepsWith(
  fc.oneof(childOf(stepsWith(null)), childOf(stepsWith(childOf(stepsWith(null)))))
);

export const randomFamily: fc.Arbitrary<RandomFamily> = fc.record({
  flow: fc
    .record({
      steps: family.filter((all) => JSON.stringify(all).includes('"child"')),
      rollback: fc.record({ onFailure: fc.constantFrom('ask', 'retry', 'continue') }),
    })
    .map(flowOf),
  eager: fc.boolean(),
  disturbance: fc.record({
    afterLooks: fc.integer({ min: 1, max: 8 }),
    which: fc.nat(),
    what: fc.constantFrom('nothing', 'stop', 'kill', 'reset'),
  }),
  killedAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
});

const calm = fc.letrec<{ steps: Draft[]; node: Draft }>((tie) => ({
  steps: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    {
      weight: 4,
      arbitrary: action.map((step): Draft => {
        const input = { ...(step.input as Script), does: 'ok', undoFails: 0, undoReads: 'nothing' };
        return { ...step, input, undo: { ...(step.undo as Draft), input }, effect: 'reversible', pivot: false };
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), duration: fc.constantFrom('1s', '1m') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('parallel'),
        branches: fc.array(fc.record({ title: fc.constant('branch'), steps: tie('steps') }), {
          minLength: 2,
          maxLength: 3,
        }),
        unwind: fc.constant('reverse'),
        catch: fc.constantFrom([], [{ types: [], scope: 'undo', then: [] }]),
      }),
    }
  ),
}));

export const calmRun: fc.Arbitrary<CalmRun> = fc.record({
  flow: calm.steps.map((steps) =>
    flowOf({ rollback: { onFailure: 'ask' }, steps: [...steps, { kind: 'waitForSignal', signal: 'go' }] })
  ),
  afterTasks: fc.integer({ min: 2, max: 15 }),
});

function flowOf(draft: { steps: Draft[] } & Draft): FlowDocument {
  let nodes = 0;
  const named = (node: Draft): Draft => {
    const id = `n-${++nodes}`;
    const whole: Draft = { id, title: `Node ${id}`, ...node };
    // The service keeps the promise that the step declares.
    if (whole.kind === 'action') {
      const promised = { lateCalls: whole.lateCalls, settlesWithin: whole.settlesWithin };
      whole.input = { ...(whole.input as Script), ...promised };
      if (whole.undo) whole.undo = { ...(whole.undo as Draft), input: whole.input };
      const unknown = whole.unknown as Draft | undefined;
      if (unknown?.policy === 'check') whole.unknown = { ...unknown, input: whole.input };
    }
    if (whole.kind === 'child') whole.input = flowOf(whole.input as { steps: Draft[] } & Draft);
    // Only what can be taken back has an undo.
    if (whole.kind === 'action' && whole.effect !== 'reversible') delete whole.undo;
    const list = (value: unknown) => (value as Draft[] | undefined)?.map(named);
    const branch = (value: Draft, key: number) => ({ ...value, id: `${id}-b${key}`, steps: list(value.steps) });
    if (whole.branches) whole.branches = (whole.branches as Draft[]).map(branch);
    if (whole.otherwise) whole.otherwise = { title: 'otherwise', steps: list((whole.otherwise as Draft).steps) };
    for (const key of ['onReject', 'onTimeout', 'steps']) if (Array.isArray(whole[key])) whole[key] = list(whole[key]);
    if (whole.catch) whole.catch = (whole.catch as Draft[]).map((each) => ({ ...each, then: list(each.then) }));
    return whole;
  };
  const text = JSON.stringify({
    format: 1,
    name: 'random',
    title: 'Random',
    input: { type: 'object' },
    ...draft,
    signals: { go: { title: 'Go', schema: {} } },
    steps: draft.steps.map(named),
  });
  return parseFlow(JSON.parse(text));
}
