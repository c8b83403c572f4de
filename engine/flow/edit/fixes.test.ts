import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import type { Diagnostic } from '../diagnostic';
import { lint } from '../lint';
import { parseFlow } from '../testing/flow';
import { validate } from '../validate';
import { applyGesture } from './apply';
import { documentOf } from './document-of';
import { draftOf, type Draft, type DraftNode } from './draft';
import { fieldOfPath, setField } from './fields';
import { FIXABLE, fixesOf } from './fixes';
import { problemKey, problemsOf } from './problems';
import { dice, EMPTY, operationsFrom, type Dice } from './testing/arbitrary';

const all = (draft: Draft): Diagnostic[] => {
  const { document, problems } = documentOf(draft);
  return [...problems, ...validate(document, catalogue), ...lint(document, catalogue)];
};
const errorsOf = (draft: Draft) => all(draft).filter(({ severity }) => severity === 'error');
const flow = (...steps: object[]): Draft =>
  draftOf(parseFlow({ format: 2, name: 'test', title: 'Test', input: { type: 'object' }, steps }));
const step = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: {},
  ...more,
});
const UNDO = { title: 'Take it back', activity: 'http.request', input: {} };
const effect = (id: string, more: object = {}) =>
  step(id, { effect: 'reversible', undo: UNDO, unknown: { policy: 'ask' }, ...more });
const forGood = (id: string, more: object = {}) =>
  step(id, { effect: 'irreversible', unknown: { policy: 'ask' }, lateCalls: 'refused', ...more });
const pivot = step('pivot', { pivot: true });
const both = (first: object[], second: object[]) => ({
  id: 'both',
  kind: 'parallel',
  title: 'Both',
  branches: [
    { id: 'x', title: 'X', steps: first },
    { id: 'y', title: 'Y', steps: second },
  ],
});
const race = {
  id: 'race',
  kind: 'race',
  title: 'Race',
  branches: [
    { id: 'x', title: 'X', steps: [step('in-x')] },
    { id: 'y', title: 'Y', steps: [step('in-y')] },
  ],
};
const choiceOf = (...conditions: string[]) => ({
  id: 'which',
  kind: 'choice',
  title: 'Which',
  branches: conditions.map((when, at) => ({ id: `way-${at}`, title: `Way ${at}`, when, steps: [] })),
});
const end = { id: 'done', kind: 'end', title: 'Done' };
const within = (draft: Draft, change: object): Draft => ({
  ...draft,
  flow: { ...draft.flow, ...change } as Draft['flow'],
});
const text = (...names: string[]) => ({
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});
const readsOwn = { ...UNDO, armed: 'attempted', input: { body: { $expr: 'a.id' } } };

const CASES: Record<string, { draft: Draft; titles: string[] }> = {
  'lint/no-undo': {
    draft: flow(effect('a', { undo: undefined })),
    titles: ['Add an undo', 'Say that it has no effect', 'Say that it cannot be undone'],
  },
  'lint/undo-reads-missing': {
    draft: flow(effect('a', { undo: readsOwn })),
    titles: ['Undo it only after it has succeeded'],
  },
  'lint/undo-after-pivot': {
    draft: flow(step('first'), pivot, effect('a')),
    titles: ['Remove the undo', 'Move before the point of no return'],
  },
  'lint/branch-never-taken': { draft: flow(choiceOf('false', 'input.a === 1')), titles: ['Remove the branch'] },
  'lint/irreversible-before-pivot': {
    draft: flow(forGood('a'), pivot, step('b')),
    titles: ['Move behind the point of no return'],
  },
  'lint/pivot-in-parallel': { draft: flow(both([pivot], [])), titles: ['Make it an ordinary step'] },
  'lint/gives-up-after-pivot': {
    draft: flow(pivot, step('a', { options: { retry: { maximumAttempts: 2 } } })),
    titles: ['Retry without a limit'],
  },
  'lint/asks-operator': {
    draft: flow(effect('a', { unknown: undefined })),
    titles: ['Undo it', 'Ask a person'],
  },
  'lint/catch-never-runs': {
    draft: flow(
      step('a', {
        catch: [
          { id: 'c', types: [], scope: 'keep', then: [] },
          { id: 'd', types: ['No'], scope: 'keep', then: [] },
        ],
      })
    ),
    titles: ['Remove the handler'],
  },
  'lint/time-too-long': {
    draft: flow(step('a', { options: { startToCloseTimeout: '2m', scheduleToCloseTimeout: '1m' } })),
    titles: ['Set it to 1m'],
  },
  'lint/retry-does-not-fit': {
    draft: flow(
      step('a', {
        options: {
          startToCloseTimeout: '1s',
          scheduleToCloseTimeout: '2s',
          retry: { maximumAttempts: 9, initialInterval: '1s' },
        },
      })
    ),
    titles: ['Allow 2 attempts'],
  },
  'lint/variable-unread': {
    draft: within(flow(step('a')), { variables: { count: { schema: { type: 'integer' }, initial: 0 } } }),
    titles: ['Remove the variable'],
  },
  'second-pivot': { draft: flow(pivot, step('a', { pivot: true })), titles: ['Make it an ordinary step'] },
  'pivot-in-loop': {
    draft: flow({
      ...race,
      branches: race.branches.map((each) => ({ ...each, steps: [step(`p-${each.id}`, { pivot: true })] })),
    }),
    titles: ['Make it an ordinary step'],
  },
  'unknown-signal': {
    draft: flow({ id: 'a', kind: 'waitForSignal', title: 'It arrived', signal: 'arrived' }),
    titles: ["Declare 'arrived'"],
  },
  'unknown-variable': {
    draft: flow({ id: 'a', kind: 'set', title: 'Count', values: { count: 1 } }),
    titles: ['Do not set it'],
  },
  'wait-without-end': {
    draft: flow({ id: 'a', kind: 'wait', title: 'Wait', duration: '1m', until: "'2030-01-01T09:00:00Z'" }),
    titles: ['Wait for the time', 'Wait until the moment'],
  },
  'repeat-condition': {
    draft: flow({
      id: 'a',
      kind: 'repeat',
      title: 'Again',
      while: 'true',
      until: 'false',
      most: 3,
      steps: [step('b')],
    }),
    titles: ['Repeat until the condition is true', 'Repeat while the condition is true'],
  },
  'empty-candidate': {
    draft: flow({ id: 'a', kind: 'approval', title: 'Ask', question: 'Well?', data: {}, candidates: ['finance', ' '] }),
    titles: ['Remove it'],
  },
  'reordered-title': { draft: flow(step('a', { title: 'Pay \u202eeerf' })), titles: ['Remove the hidden character'] },
  'end-in-parallel': { draft: flow(both([end], [])), titles: ['Put it aside'] },
  'end-in-race': {
    draft: flow({ ...race, branches: race.branches.map((each, at) => (at === 0 ? { ...each, steps: [end] } : each)) }),
    titles: ['Put it aside'],
  },
  'end-in-each': {
    draft: flow({ id: 'a', kind: 'each', title: 'All', items: '[1]', item: 'one', steps: [step('b'), end] }),
    titles: ['Put it aside'],
  },
  'input-no-object': {
    draft: within(flow(step('a')), { input: { type: 'string' } }),
    titles: ['Make it a group of fields'],
  },
  'effect-missing': {
    draft: flow(step('a', { effect: undefined })),
    titles: ['It has no effect', 'It can be undone', 'It cannot be undone'],
  },
  'effect-differs': {
    draft: flow(step('a', { activity: 'log', effect: 'reversible', input: { message: 'x' } })),
    titles: ['Use the effect that the operation declares'],
  },
  'undo-without-effect': {
    draft: flow(step('a', { undo: UNDO })),
    titles: ['Remove the undo', 'Say that it can be undone'],
  },
  'unknown-without-effect': {
    draft: flow(step('a', { unknown: { policy: 'ask' } })),
    titles: ['Remove the policy'],
  },
  'unknown-without-undo': {
    draft: flow(effect('a', { undo: undefined, unknown: { policy: 'undo' } })),
    titles: ['Ask a person', 'Add an undo'],
  },
  'unknown-zone': {
    draft: flow({ id: 'a', kind: 'wait', title: 'Wait', until: "'2030-01-01'", zone: 'Europe/Berln' }),
    titles: ['Set it to Europe/Berlin'],
  },
  'no-instant': {
    draft: flow({ id: 'a', kind: 'wait', title: 'Wait', until: "'2030-01-01'" }),
    titles: ['Read it as UTC: 2030-01-01T00:00:00Z'],
  },
  'retry-intervals': {
    draft: flow(step('a', { options: { retry: { initialInterval: '5m', maximumInterval: '2m' } } })),
    titles: ['Set the longest pause to 5m', 'Set the first pause to 2m'],
  },
  'unknown-activity': { draft: flow(step('a', { activity: 'http.reqest' })), titles: ["Call 'HTTP request'"] },
  'zone-without-until': {
    draft: flow({ id: 'a', kind: 'wait', title: 'Wait', duration: '1m', zone: 'UTC' }),
    titles: ['Remove the zone'],
  },
  'output-not-declared': { draft: flow({ ...end, output: { ok: true } }), titles: ['Remove the output'] },
  'output-missing': {
    draft: within(flow(end), { output: text('id'), input: text('id') }),
    titles: ['Fill in the output', 'Declare no output'],
  },
  'no-end': {
    draft: within(flow(choiceOf('input.id === "1"')), { output: text('id'), input: text('id') }),
    titles: ['Add an end with the output', 'Declare no output'],
  },
  unreachable: { draft: flow(end, step('a')), titles: ['Put it aside'] },
  'reserved-name': { draft: flow(step('input')), titles: ['Give it a unique name'] },
  'ambiguous-name': {
    draft: within(flow(step('charge')), {
      variables: { charge: { schema: { type: 'integer' }, initial: 0 } },
    }),
    titles: ['Give it a unique name'],
  },
  malformed: {
    draft: ((draft) => ({
      ...draft,
      steps: draft.steps.map((node): DraftNode => ({ ...node, fields: { ...node.fields, extra: 1 } })),
    }))(flow(step('a'))),
    titles: ['Remove the field'],
  },
};

describe('[QF1] a quick fix removes its problem and adds no error', () => {
  it.each(Object.entries(CASES))('%s', (code, { draft, titles }) => {
    const problem = all(draft).find((each) => each.code === code)!;
    expect(problem).toBeDefined();
    const fixes = fixesOf(problem, draft, catalogue);
    expect(fixes.map(({ title }) => title)).toEqual(titles);
    const before = new Set(errorsOf(draft).map(problemKey));
    for (const { operations } of fixes) {
      const outcome = applyGesture(draft, { operations });
      if (outcome.refusal) throw new Error(outcome.refusal.message);
      expect(all(outcome.draft).map(problemKey)).not.toContain(problemKey(problem));
      expect(
        errorsOf(outcome.draft)
          .map(problemKey)
          .filter((key) => !before.has(key))
      ).toEqual([]);
      // [QF2]
      const back = applyGesture(outcome.draft, { operations: outcome.inverse });
      // A rename that would make a name ambiguous again is refused, whoever asks for it.
      if (code === 'ambiguous-name') expect(back.refusal?.code).toBe('name-taken');
      else expect(back.refusal === null && back.draft).toEqual(draft);
    }
  });
  it('the table above has a case for every code', () => {
    // Two steps of a draft never have one id, and the catalogue of this test suggests no look-up.
    const elsewhere = ['duplicate-id', 'lint/outcome-unresolvable'];
    expect([...Object.keys(CASES), ...elsewhere].sort()).toEqual([...FIXABLE].sort());
  });

  const grown = (numbers: Dice[]): Draft =>
    numbers.reduce<Draft>((draft, each) => {
      const outcome = applyGesture(draft, { operations: operationsFrom(draft, each) });
      return outcome.refusal ? draft : outcome.draft;
    }, EMPTY);
  it('in random drafts too, of every problem that they have', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 5, maxLength: 25 }), (numbers) => {
        const draft = grown(numbers);
        const problems = problemsOf(draft, catalogue);
        const errors = new Set(errorsOf(draft).map(problemKey));
        for (const problem of problems)
          for (const { operations } of fixesOf(problem, draft, catalogue)) {
            const outcome = applyGesture(draft, { operations });
            if (outcome.refusal) throw new Error(outcome.refusal.message);
            const added = errorsOf(outcome.draft).filter((each) => !errors.has(problemKey(each)));
            expect(added).toEqual([]);
            const same = (list: Diagnostic[]) =>
              list.filter(({ code, nodeId }) => code === problem.code && nodeId === problem.nodeId).length;
            expect(same(all(outcome.draft))).toBeLessThan(same(all(draft)));
          }
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 25) }
    );
  });
});

it('[QF1] a fix that would break something else is not offered', () => {
  const draft = flow(effect('a', { undo: readsOwn, unknown: { policy: 'undo' } }), step('b'));
  const problem = all(draft).find(({ code }) => code === 'lint/undo-reads-missing')!;
  expect(fixesOf(problem, draft, catalogue).map(({ title }) => title)).toEqual([
    'Ask a person if the outcome is unknown',
  ]);
  // Behind the pivot of the flow a second one is an error.
  const two = flow(pivot, both([forGood('a')], [step('b')]), step('c', { pivot: true }));
  const found = problemsOf(two, catalogue).find(({ code }) => code === 'second-pivot')!;
  expect(fixesOf(found, two, catalogue)).toHaveLength(1);
});

it.each([
  ['of a group of fields', ['options', 'retry', 'tries'], step('a', { options: { retry: { maximumAttempts: 3 } } })],
  ['of a branch', ['branches', 0, 'colour'], choiceOf('input.a === 1')],
])('[QF5] a field %s that does not exist is removed, and nothing beside it', (_, path, node) => {
  const right = flow(node);
  const { target, path: inner } = fieldOfPath(right, node.id, path);
  const outcome = applyGesture(right, { operations: setField(right, target, inner, 1) });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  const problem = all(outcome.draft).find(({ code }) => code === 'malformed')!;
  expect(problem).toMatchObject({ path, message: `There is no field '${path.at(-1)}' here.` });
  const [fix] = fixesOf(problem, outcome.draft, catalogue);
  const mended = applyGesture(outcome.draft, { operations: fix!.operations });
  expect(mended.refusal === null && mended.draft).toEqual(right);
});

it('[QF4] a value that the checker proposes for a field is put there, also in an undo, while the field has none', () => {
  const undo = { title: 'Undo', activity: 'http.request', input: {}, armed: 'completed' };
  const draft = flow(effect('a', { undo }));
  const problem: Diagnostic = {
    code: 'input-missing',
    severity: 'error',
    nodeId: 'a',
    path: ['undo', 'input', 'path'],
    message: '',
    fitting: 'input.path',
  };
  const [fix] = fixesOf(problem, draft, catalogue);
  expect(fix?.title).toBe('Use input.path');
  const outcome = applyGesture(draft, { operations: fix?.operations ?? [] });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(outcome.draft.steps[0]?.fields.undo).toMatchObject({ input: { path: { $expr: 'input.path' } } });
  expect(fixesOf(problem, outcome.draft, catalogue)).toEqual([]);
});

it.each<[string, object, string[]]>([
  [
    'the longest pause is that of the catalogue',
    { initialInterval: '5m' },
    ['Set the longest pause to 5m', 'Use the usual first pause'],
  ],
  ['there is no pause', { initialInterval: '0s' }, ['Use the usual first pause']],
])('[QF1] pauses where %s', (_, retry, titles) => {
  const draft = flow(step('a', { options: { retry } }));
  const problem = all(draft).find(({ code }) => code === 'retry-intervals')!;
  expect(fixesOf(problem, draft, catalogue).map(({ title }) => title)).toEqual(titles);
});

it('[QF3] after an edit only the edited step is read again, whatever the size of the flow', () => {
  for (const size of [100, 500]) {
    const draft = flow(...Array.from({ length: size }, (_, at) => effect(`step-${at}`)));
    const before = documentOf(draft).document.steps;
    const operations = [
      { op: 'set' as const, target: { node: 'step-7' }, path: ['title'], value: 'Other', was: 'step-7' },
    ];
    const outcome = applyGesture(draft, { operations });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    const after = documentOf(outcome.draft).document.steps;
    expect(after.filter((node, at) => node !== before[at]).map(({ id }) => id)).toEqual(['step-7']);
  }
});

describe('[OFX1] an output is filled in only with what is certainly there', () => {
  const fixesAt = (draft: Draft, code: string) => {
    const problem = all(draft).find((each) => each.code === code)!;
    return fixesOf(problem, draft, catalogue);
  };
  it('what has the name and the type of a field is read, also the answer of a step', () => {
    const made = step('make', { output: text('id') });
    const draft = within(flow(made, end), { output: text('id', 'order'), input: text('order') });
    const outcome = applyGesture(draft, { operations: fixesAt(draft, 'output-missing')[0]!.operations });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    const output = { id: { $expr: 'make.id' }, order: { $expr: 'input.order' } };
    expect(outcome.draft.steps.at(-1)?.fields.output).toEqual(output);
  });
  it('a flow without a step gets its end', () => {
    const draft = within(flow(), { output: text('order'), input: text('order') });
    const outcome = applyGesture(draft, { operations: fixesAt(draft, 'no-end')[0]!.operations });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    expect(outcome.draft.steps).toMatchObject([
      { kind: 'end', fields: { output: { order: { $expr: 'input.order' } } } },
    ]);
  });
  it('without a value for a required field nothing is made up', () => {
    const draft = within(flow(end), { output: text('id'), input: text('order') });
    expect(fixesAt(draft, 'output-missing').map(({ title }) => title)).toEqual(['Declare no output']);
  });
  it('an output that another end gives is not taken from the flow', () => {
    const other = { ...end, id: 'other', output: { id: 'x' } };
    const ended = {
      ...choiceOf('input.id === "1"'),
      branches: [{ id: 'w', title: 'W', when: 'input.id === "1"', steps: [other] }],
    };
    const draft = within(flow(ended, end), { output: text('id'), input: text('id') });
    expect(fixesAt(draft, 'output-missing').map(({ title }) => title)).toEqual(['Fill in the output']);
  });
});
