import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderDocument } from '../../run-view/testing/order';
import { flowDocumentSchema } from '../document';
import { layoutFlow } from '../layout/layout';
import { lint } from '../lint';
import { readFlow } from '../read';
import { allNodes, catchesOf } from '../tree';
import { whatIf } from '../what-if';
import { apply, applyGesture, type Applied } from './apply';
import { addCatch, idFor, newNode, paste, retitle, toTray, unwrap, wrap } from './compose';
import { differenceOf } from './difference';
import { documentOf } from './document-of';
import {
  draftNodes,
  draftOf,
  findNode,
  indexOf,
  OUTERMOST,
  sequenceAt,
  type Draft,
  type DraftNode,
  type Json,
} from './draft';
import { accept, shownOf, stateOf, type DraftState } from './log';
import type { Gesture, Operation } from './operations';
import { same, slotOf, valueAt } from './places';
import { revertOf } from './revert';
import { dice, EMPTY, gestureFrom, operationsFrom, type Dice } from './testing/arbitrary';

const end = { ...OUTERMOST, after: null, before: null };
const step = (id: string, fields: Record<string, Json> = {}): DraftNode => ({
  id,
  kind: 'action',
  fields: { title: id, activity: 'http.request', input: {}, effect: 'none', ...fields },
  branches: [],
});
const flow = (...steps: DraftNode[]): Draft => ({ ...EMPTY, steps });
function done(draft: Draft, ...operations: Operation[]): Applied {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome;
}
const refusalOf = (draft: Draft, operation: Operation) => apply(draft, operation).refusal?.code ?? null;
const ids = (draft: Draft) => draft.steps.map(({ id }) => id);
const grown = (all: Dice[], start: Draft = EMPTY): Draft =>
  all.reduce((draft, numbers) => {
    const outcome = applyGesture(draft, { operations: operationsFrom(draft, numbers) });
    return outcome.refusal ? draft : outcome.draft;
  }, start);

describe('drafts and documents', () => {
  it('[DD1] a document becomes a draft and then an equal document, without problems', () => {
    const { document, problems } = documentOf(draftOf(orderDocument));
    expect(problems).toEqual([]);
    expect(document).toEqual(orderDocument);
  });
  it('[DD2] after random operations a document can still be read, drawn, checked and previewed', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 15, maxLength: 60 }), (all) => {
        const draft = grown(all);
        const { document } = documentOf(draft);
        expect(flowDocumentSchema.safeParse(document).error).toBeUndefined();
        expect(readFlow(structuredClone(document)).diagnostics).toEqual([]);
        const nodes = allNodes(document.steps);
        expect(nodes.map(({ id }) => id).sort()).toEqual(
          draftNodes({ steps: draft.steps, tray: [] })
            .map(({ id }) => id)
            .sort()
        );
        for (const direction of ['down', 'sideways'] as const) layoutFlow(document, direction);
        lint(document, {});
        for (const { id } of nodes) whatIf(document, id);
      }),
      { numRuns: 150 }
    );
  });
  it('[DD3] a fault in a field is a problem with node and field, and the rest of the field is kept', () => {
    const undo = { title: 'Refund', input: {}, armed: 'sometimes' };
    const { document, problems } = documentOf(flow(step('charge', { undo, pivot: 'yes', colour: 'red' })));
    expect(problems.map(({ nodeId, path }) => [nodeId, path.join('.')])).toEqual([
      ['charge', 'colour'],
      ['charge', 'undo.activity'],
      ['charge', 'undo.armed'],
      ['charge', 'pivot'],
    ]);
    expect(document.steps[0]).toMatchObject({
      undo: { title: 'Refund', activity: 'http.request', armed: 'completed' },
    });
    expect(document.steps[0]).not.toHaveProperty('pivot');
  });
  it('[DD4] unchanged nodes are not recreated', () => {
    const draft = flow(step('a'), step('b'));
    const before = documentOf(draft).document;
    const { draft: after } = done(draft, { op: 'set', target: { node: 'b' }, path: ['title'], value: 'B', was: 'b' });
    const now = documentOf(after).document;
    expect(now.steps[0]).toBe(before.steps[0]);
    expect(now.steps[1]).not.toBe(before.steps[1]);
  });
});

describe('handlers of failures', () => {
  const caught = (draft: Draft) => draft.steps[0]!.branches.filter(({ at }) => at === 'catch').map(({ id }) => id);
  it('[DD5] a new handler has an id of its own in its node, which is the id in the document', () => {
    let draft = flow(step('a'), step('b'));
    for (let count = 0; count < 3; count++) ({ draft } = done(draft, ...addCatch(draft, 'a')));
    expect(caught(draft)).toEqual(['catch-0', 'catch-1', 'catch-2']);
    const [, second] = draft.steps[0]!.branches;
    ({ draft } = done(draft, { op: 'removeBranch', parent: 'a', id: 'catch-1', was: second!, before: 'catch-2' }));
    ({ draft } = done(draft, { op: 'moveBranch', parent: 'a', id: 'catch-2', before: 'catch-0', from: null }));
    ({ draft } = done(draft, ...addCatch(draft, 'a')));
    ({ draft } = done(draft, ...addCatch(draft, 'b')));
    expect(caught(draft)).toEqual(['catch-2', 'catch-0', 'catch-3']);
    const { document, problems } = documentOf(draft);
    expect(problems).toEqual([]);
    expect(document.steps.map((node) => catchesOf(node).map(({ id }) => id))).toEqual([
      ['catch-2', 'catch-0', 'catch-3'],
      ['catch-0'],
    ]);
    expect(draftOf(document)).toEqual({ ...draft, flow: draftOf(document).flow });
    expect(addCatch(flow({ id: 'w', kind: 'wait', fields: {}, branches: [] }), 'w')).toEqual([]);
  });
  it('[DD6] a pasted step keeps the ids of its handlers, which are unique in their step only', () => {
    const draft = done(flow(step('a')), ...addCatch(flow(step('a')), 'a')).draft;
    const pasted = done(draft, ...paste(draft, draft.steps, end)).draft;
    expect(pasted.steps.map(({ id, branches }) => [id, branches[0]!.id])).toEqual([
      ['a', 'catch-0'],
      ['a-2', 'catch-0'],
    ]);
  });
});

describe('a group', () => {
  it('[DD7] wraps neighbours, and its steps cannot be removed without it', () => {
    const draft = flow(step('a'), step('b'), step('c'));
    const { draft: wrapped } = done(draft, ...wrap(draft, ['a', 'b'], 'group'));
    const [group] = documentOf(wrapped).document.steps;
    expect(group).toMatchObject({ kind: 'group', steps: [{ id: 'a' }, { id: 'b' }] });
    expect(documentOf(wrapped).problems).toEqual([]);
    const [body] = wrapped.steps[0]!.branches;
    const remove: Operation = { op: 'removeBranch', parent: group!.id, id: 'steps', was: body!, before: null };
    expect(refusalOf(wrapped, remove)).toBe('not-here');
    const bare: DraftNode = { ...newNode(draft, 'group'), branches: [] };
    expect(refusalOf(draft, { op: 'insert', node: bare, slot: end })).toBe('not-here');
    expect(ids(done(wrapped, ...unwrap(wrapped, group!.id)).draft)).toEqual(['a', 'b', 'c']);
  });
});

describe('operations', () => {
  it('[ED1] an operation and its inverse give the same draft, and so do whole gestures', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 5, maxLength: 40 }), dice, (all, last) => {
        const draft = grown(all);
        const outcome = applyGesture(draft, { operations: operationsFrom(draft, last) });
        if (outcome.refusal) return;
        expect(done(outcome.draft, ...outcome.inverse).draft).toEqual(draft);
      }),
      { numRuns: 600 }
    );
  });
  it('[ED2] ids stay unique after any operations, and every branch is one that its kind has', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 15, maxLength: 60 }), (all) => {
        const nodes = draftNodes(grown(all));
        const own = nodes.flatMap((node) => [
          node.id,
          ...node.branches.filter(({ id, at }) => id !== at && at !== 'catch').map(({ id }) => id),
        ]);
        expect(new Set(own).size).toBe(own.length);
      })
    );
  });
  it('[ED3] a gesture with one refused operation changes nothing', () => {
    const draft = flow(step('a'));
    const set: Operation = { op: 'set', target: { node: 'a' }, path: ['title'], value: 'New', was: 'a' };
    expect(applyGesture(draft, { operations: [set, { op: 'rename', id: 'nobody', to: 'x' }] })).toEqual({
      refusal: { code: 'gone', message: "The step 'nobody' no longer exists." },
    });
    expect(valueAt(draft.steps[0]!.fields, ['title'])).toBe('a');
  });
  it('[ED4] overwritten content that the author had not seen is returned as a note', () => {
    const draft = flow(step('a', { title: 'Of somebody else' }));
    const set: Operation = { op: 'set', target: { node: 'a' }, path: ['title'], value: 'Mine', was: 'a' };
    expect(done(draft, set).notes).toEqual([
      { code: 'overwrote', target: { node: 'a' }, path: ['title'], lost: 'Of somebody else' },
    ]);
    const remove: Operation = { op: 'remove', id: 'a', was: step('a'), from: end };
    expect(done(draft, remove).notes).toEqual([{ code: 'removed-changed', lost: draft.steps[0] }]);
  });
  it('[ED5] a slot is found without its neighbours; without its sequence the node goes to the tray', () => {
    const draft = flow(step('a'), step('b'));
    const insert = (after: string | null, before: string | null, parent: string | null = null): Operation => ({
      op: 'insert',
      node: step('new'),
      slot: { parent, branch: parent && 'x', after, before },
    });
    expect(ids(done(draft, insert('gone', 'b')).draft)).toEqual(['a', 'new', 'b']);
    expect(ids(done(draft, insert('gone', 'gone too')).draft)).toEqual(['a', 'b', 'new']);
    expect(ids(done(draft, insert(null, 'gone')).draft)).toEqual(['new', 'a', 'b']);
    const lost = done(draft, insert(null, null, 'gone'));
    expect([ids(lost.draft), lost.draft.tray.map(({ id }) => id)]).toEqual([['a', 'b'], ['new']]);
    expect(lost.notes).toEqual([{ code: 'moved-to-tray', id: 'new' }]);
  });
  it('[ED6] a bad operation is refused with its reason', () => {
    const draft = flow(step('a'), { ...newNode(EMPTY, 'parallel', 'Both'), id: 'both' });
    const both = findNode(draft, 'both')!;
    const inside = { parent: 'both', branch: both.branches[0]!.id, after: null, before: null };
    const set = (path: string[], value: unknown): Operation => ({
      op: 'set',
      target: { node: 'a' },
      path,
      value: value as Json,
    });
    expect(refusalOf(draft, { op: 'move', id: 'both', slot: inside, from: end })).toBe('inside-itself');
    expect(refusalOf(draft, { op: 'insert', node: step('a'), slot: end })).toBe('id-taken');
    expect(refusalOf(draft, { op: 'insert', node: step('A b'), slot: end })).toBe('malformed');
    expect(refusalOf(draft, { op: 'insert', node: { ...step('x'), kind: 'magic' as 'action' }, slot: end })).toBe(
      'malformed'
    );
    expect(refusalOf(draft, set(['id'], 'b'))).toBe('malformed');
    expect(refusalOf(draft, set(['__proto__', 'x'], 1))).toBe('malformed');
    expect(refusalOf(draft, set(['note'], 'a\u0000b'))).toBe('malformed');
    expect(refusalOf(draft, set(['note'], Number.NaN))).toBe('malformed');
    expect(refusalOf(draft, set(['note'], 'x'.repeat(1_000_001)))).toBe('too-large');
    expect(refusalOf(draft, set(['input', 'a', 'b'], 1))).toBe('gone');
    const branch = { id: 'otherwise', at: 'otherwise', fields: {}, steps: [] };
    expect(refusalOf(draft, { op: 'addBranch', parent: 'both', branch, before: null })).toBe('not-here');
    const [first] = both.branches;
    expect(refusalOf(draft, { op: 'removeBranch', parent: 'both', id: first!.id, was: first!, before: null })).toBe(
      'not-here'
    );
    expect(refusalOf(draft, { op: 'dance' } as unknown as Operation)).toBe('malformed');
  });
});

describe('renaming', () => {
  const reads = (text: string) => step('later', { input: { text: { $expr: text } } });
  const textOf = (draft: Draft) => valueAt(findNode(draft, 'later')!.fields, ['input', 'text', '$expr']);

  it('[RN1] expressions that read a step follow its new id, and nothing else changes', () => {
    const written =
      "charge.id + ' charge' + items.filter((x) => x.charge === charge.id).length + `of ${charge.sum} charge`";
    const draft = flow(step('charge', { note: 'charge' }), reads(written));
    const { draft: renamed } = done(draft, { op: 'rename', id: 'charge', to: 'take-money' });
    expect(textOf(renamed)).toBe(
      "takeMoney.id + ' charge' + items.filter((x) => x.charge === takeMoney.id).length + `of ${takeMoney.sum} charge`"
    );
    expect(findNode(renamed, 'take-money')!.fields.note).toBe('charge');
  });
  it('[RN2] a key that is also a value keeps its name', () => {
    const draft = flow(step('charge'), reads('({ charge, [charge.id]: 1, charge: [charge, 2] })'));
    const { draft: renamed } = done(draft, { op: 'rename', id: 'charge', to: 'pay' });
    expect(textOf(renamed)).toBe('({ charge: pay, [pay.id]: 1, charge: [pay, 2] })');
    const { draft: back } = done(renamed, { op: 'rename', id: 'pay', to: 'charge' });
    expect(textOf(back)).toBe('({ charge, [charge.id]: 1, charge: [charge, 2] })');
  });
  it('[RN3] a name that an expression already uses is refused, because the expression would change', () => {
    const rename: Operation = { op: 'rename', id: 'charge', to: 'pay' };
    expect(refusalOf(flow(step('charge'), reads('pay.id')), rename)).toBe('name-taken');
    expect(refusalOf(flow(step('charge'), reads('items.map((pay) => charge.id + pay)')), rename)).toBe('name-taken');
    const variables = { ...flow(step('charge')), flow: { ...EMPTY.flow, variables: { pay: {} } } };
    expect(refusalOf(variables, rename)).toBe('name-taken');
  });
  it('[RN4] conditions of branches and waits, and expressions of the flow itself, follow too', () => {
    const choice: DraftNode = {
      id: 'choice',
      kind: 'choice',
      fields: { title: 'Choice' },
      branches: [{ id: 'yes', at: 'branches', fields: { title: 'Yes', when: 'charge.ok' }, steps: [] }],
    };
    const queries = { state: { title: 'State', result: { $expr: 'charge.ok' } } };
    const updates = { change: { title: 'Change', schema: {}, accept: 'charge.ok', set: {} } };
    const draft: Draft = { ...flow(step('charge'), choice), flow: { ...EMPTY.flow, queries, updates } };
    const { draft: renamed } = done(draft, { op: 'rename', id: 'charge', to: 'pay' });
    expect(findNode(renamed, 'choice')!.branches[0]!.fields.when).toBe('pay.ok');
    expect(renamed.flow).toMatchObject({
      queries: { state: { result: { $expr: 'pay.ok' } } },
      updates: { change: { accept: 'pay.ok' } },
    });
  });
});

describe('composed gestures', () => {
  it('[CG1] wrapping puts neighbours into a branch, and unwrapping takes them out in their order', () => {
    const draft = flow(step('a'), step('b'), step('c'));
    const { draft: wrapped } = done(draft, ...wrap(draft, ['a', 'b'], 'parallel'));
    const [shell] = wrapped.steps;
    expect([ids(wrapped), shell!.branches[0]!.steps.map(({ id }) => id)]).toEqual([
      [shell!.id, 'c'],
      ['a', 'b'],
    ]);
    expect(done(wrapped, ...unwrap(wrapped, shell!.id)).draft).toEqual(draft);
  });
  it('[CG2] a pasted piece gets new ids and reads its own steps', () => {
    const piece = [step('charge'), step('mail', { input: { a: { $expr: 'charge.id + other.id' } } })];
    const draft = flow(...piece);
    const { draft: pasted } = done(draft, ...paste(draft, piece, { ...end, after: 'mail' }));
    expect(ids(pasted)).toEqual(['charge', 'mail', 'charge-2', 'mail-2']);
    expect(valueAt(findNode(pasted, 'mail-2')!.fields, ['input', 'a', '$expr'])).toBe('charge2.id + other.id');
    expect(valueAt(findNode(pasted, 'mail')!.fields, ['input', 'a', '$expr'])).toBe('charge.id + other.id');
  });
  it('[CG3] ids follow titles: letters, digits and dashes, and a number if the id is taken', () => {
    const taken = new Set(['charge-payment']);
    expect(
      ['Charge payment', 'Überweisen!', '2 Käse', '日本', 'x'.repeat(90)].map((title) => idFor(title, taken))
    ).toEqual(['charge-payment-2', 'uberweisen', 'kase', 'step', 'x'.repeat(56)]);
    // A copy of a copy has the next number, and a name that ends with a number keeps it while it is free.
    expect(idFor('pay-2', new Set(['pay', 'pay-2']))).toBe('pay-3');
    expect(idFor('pay-2', new Set(['pay']))).toBe('pay-2');
    expect(idFor('top-10', new Set(['top-10']))).toBe('top-10-2');
    // The output of a step `delete` could not be read.
    expect(['Delete', 'Return', 'Has own property'].map((title) => idFor(title, new Set()))).toEqual([
      'delete-step',
      'return-step',
      'has-own-property-step',
    ]);
    const { draft } = done(flow(step('a')), ...retitle(flow(step('a')), 'a', 'Charge payment', true));
    expect(draft.steps[0]).toMatchObject({ id: 'charge-payment', fields: { title: 'Charge payment' } });
  });
  it('[CG4] a detached step is in the tray and not in the document', () => {
    const draft = flow(step('a'), step('b'));
    const { draft: detached } = done(draft, ...toTray(draft, 'a'));
    expect(documentOf(detached).document.steps.map(({ id }) => id)).toEqual(['b']);
    expect(detached.tray.map(({ id }) => id)).toEqual(['a']);
  });
});

describe('reverting', () => {
  it('[EE1] a gesture is reverted completely if nobody changed its nodes since', () => {
    const draft = flow(step('a'), step('b'), step('c'));
    const operations = wrap(draft, ['a', 'b'], 'parallel');
    const { draft: wrapped, inverse } = done(draft, ...operations);
    const { draft: later } = done(wrapped, { op: 'set', target: { node: 'c' }, path: ['title'], value: 'C', was: 'c' });
    const revert = revertOf(later, inverse);
    expect(revert.skipped).toEqual([]);
    const { draft: back } = done(later, ...revert.operations);
    expect(ids(back)).toEqual(['a', 'b', 'c']);
    expect(valueAt(findNode(back, 'c')!.fields, ['title'])).toBe('C');
  });
  it('[EE2] later changes by others remain and are named', () => {
    const draft = flow(step('a'));
    const mine: Operation[] = [
      { op: 'set', target: { node: 'a' }, path: ['title'], value: 'Mine', was: 'a' },
      { op: 'set', target: { node: 'a' }, path: ['note'], value: 'My note' },
    ];
    const { draft: after, inverse } = done(draft, ...mine);
    const { draft: changed } = done(after, {
      op: 'set',
      target: { node: 'a' },
      path: ['title'],
      value: 'Theirs',
      was: 'Mine',
    });
    const { operations, skipped } = revertOf(changed, inverse);
    expect(skipped.map(({ why }) => why)).toEqual(["'title' of 'Theirs' was changed again."]);
    expect(done(changed, ...operations).draft.steps[0]!.fields).toMatchObject({ title: 'Theirs' });
    expect(done(changed, ...operations).draft.steps[0]!.fields).not.toHaveProperty('note');
  });
  it('[EE3] reverting a random gesture and then the revert gives the same draft', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 5, maxLength: 40 }), dice, (all, last) => {
        const draft = grown(all);
        const operations = operationsFrom(draft, last);
        const outcome = applyGesture(draft, { operations });
        if (outcome.refusal) return;
        const { operations: back, skipped } = revertOf(outcome.draft, outcome.inverse);
        expect(skipped).toEqual([]);
        const reverted = done(outcome.draft, ...back);
        expect(reverted.draft).toEqual(draft);
        expect(done(draft, ...revertOf(draft, reverted.inverse).operations).draft).toEqual(outcome.draft);
      }),
      { numRuns: 300 }
    );
  });
});

describe('the difference of two drafts', () => {
  const drafts = fc.tuple(
    fc.array(dice, { minLength: 0, maxLength: 30 }),
    fc.array(dice, { minLength: 0, maxLength: 30 }),
    fc.array(dice, { minLength: 0, maxLength: 30 })
  );
  const exact = (draft: Draft) => JSON.stringify(draft);

  it('[DD5] applied to the first draft it gives the second, with the order of all fields, and back', () => {
    fc.assert(
      fc.property(drafts, ([common, mine, theirs]) => {
        const start = grown(common);
        const [from, to] = [grown(mine, start), grown(theirs, start)];
        for (const [a, b] of [[from, to] as const, [start, to] as const, [to, EMPTY] as const]) {
          const { draft, inverse } = done(a, ...differenceOf(a, b));
          expect(exact(draft)).toBe(exact(b));
          expect(done(draft, ...inverse).draft).toEqual(a);
        }
      }),
      { numRuns: 300 }
    );
  });
  it('[DD6] what both have is not touched', () => {
    const draft = flow(step('a'), step('b', { input: { text: 'x', deep: { value: 1 } } }), step('c'));
    expect(differenceOf(draft, structuredClone(draft))).toEqual([]);
    const changed = step('b', { input: { text: 'x', deep: { value: 2 } } });
    expect(differenceOf(draft, flow(step('a'), changed, step('c')))).toEqual([
      { op: 'set', target: { node: 'b' }, path: ['input', 'deep', 'value'], value: 2, was: 1 },
    ]);
    expect(
      differenceOf(draft, flow(step('b', { input: { text: 'x', deep: { value: 1 } } }), step('c'), step('a')))
    ).toEqual([{ op: 'move', id: 'a', slot: { ...end, after: 'c' }, from: { ...end, before: 'b' } }]);
  });
  it('[DD7] fields in another order are another draft: a form shows them in that order', () => {
    const input = (...names: string[]) => ({
      input: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    });
    const [from, to] = [flow(step('a', input('x', 'y'))), flow(step('a', input('y', 'x')))];
    expect(exact(done(from, ...differenceOf(from, to)).draft)).toBe(exact(to));
  });
  it('[DD8] branches: added, removed, replaced below the fewest, and moved into each other', () => {
    const both = { ...newNode(EMPTY, 'parallel', 'Both'), id: 'both' };
    const [one, two] = both.branches as [DraftNode['branches'][0], DraftNode['branches'][0]];
    const inner = {
      ...both,
      branches: [
        { ...one, id: 'x' },
        { ...two, id: 'y', steps: [step('a')] },
      ],
      id: 'inner',
    };
    const three = { ...one, id: 'third', fields: { title: 'Third' } };
    const variants = [
      flow(both, step('a')),
      flow({ ...both, branches: [two, three, { ...one, steps: [step('a')] }] }),
      flow({ ...both, branches: [three, { ...one, id: 'fourth' }] }),
      flow({ ...both, branches: [{ ...one, steps: [inner] }, two] }),
      flow({ ...inner, branches: [inner.branches[1]!, { ...inner.branches[0]!, steps: [both] }] }),
      { ...flow(step('a')), tray: [both] },
    ];
    for (const from of variants)
      for (const to of variants) expect(exact(done(from, ...differenceOf(from, to)).draft)).toBe(exact(to));
  });
});

describe('several people', () => {
  interface Person {
    confirmed: Draft;
    /** The number of gestures that have arrived from the server. */
    heard: number;
    pending: Gesture[];
  }
  const people = fc.array(fc.record({ who: fc.nat(1), act: fc.constantFrom('edit', 'send', 'hear'), numbers: dice }), {
    minLength: 20,
    maxLength: 120,
  });

  /** Two browsers and a server; messages may be as late as the test likes. */
  function play(script: { who: number; act: string; numbers: Dice }[]) {
    let server: DraftState = stateOf(EMPTY);
    const order: Gesture[] = [];
    const persons: Person[] = [0, 1].map(() => ({ confirmed: EMPTY, heard: 0, pending: [] }));
    const accepted = new Map<string, ReturnType<typeof accept>['acceptance']>();
    let count = 0;
    const send = (person: Person) => {
      const [gesture] = person.pending;
      if (!gesture) return;
      const { state, acceptance } = accept(server, gesture);
      /* The answer is lost, and the gesture sent again: nothing changes. */
      expect(accept(state, gesture)).toEqual({ state, acceptance });
      server = state;
      accepted.set(gesture.id, acceptance);
      if (acceptance.status === 'refused') person.pending.shift();
      else if (!order.includes(gesture)) order.push(gesture);
    };
    const hear = (person: Person) => {
      const next = order[person.heard];
      if (!next) return;
      person.heard++;
      person.confirmed = (applyGesture(person.confirmed, next) as Applied).draft;
      person.pending = person.pending.filter(({ id }) => id !== next.id);
    };
    for (const { who, act, numbers } of script) {
      const person = persons[who]!;
      if (act === 'edit') {
        const { draft } = shownOf(person.confirmed, person.pending);
        person.pending.push(gestureFrom(draft, numbers, `p${who}`, person.heard, count++));
      } else if (act === 'send') send(person);
      else hear(person);
    }
    for (const person of persons) {
      while (person.pending.some(({ id }) => !accepted.has(id))) {
        send(person);
        while (person.heard < order.length) hear(person);
      }
    }
    for (const person of persons) while (person.heard < order.length) hear(person);
    return { server, persons, order, accepted };
  }

  it('[SP1] in any order of messages, all people finally see the draft of the server', () => {
    fc.assert(
      fc.property(people, (script) => {
        const { server, persons } = play(script);
        for (const person of persons) {
          expect(person.pending).toEqual([]);
          expect(person.confirmed).toEqual(server.draft);
        }
      }),
      { numRuns: 200 }
    );
  });
  it('[SP2] every gesture is answered, and content that was replaced unseen is in a note', () => {
    fc.assert(
      fc.property(people, (script) => {
        const { order, accepted } = play(script);
        let draft = EMPTY;
        for (const gesture of order) {
          const answer = accepted.get(gesture.id)!;
          if (answer.status !== 'applied') throw new Error('An applied gesture was refused.');
          let at = draft;
          for (const operation of gesture.operations) {
            const unseen = unseenBy(at, operation);
            if (unseen !== undefined)
              expect(answer.notes.some((note) => 'lost' in note && same(note.lost, unseen))).toBe(true);
            at = done(at, operation).draft;
          }
          draft = at;
        }
      }),
      { numRuns: 200 }
    );
  });
  /** The content that an operation replaces without its author having named it; undefined if there is none. */
  function unseenBy(draft: Draft, operation: Operation): unknown {
    if (operation.op === 'remove') {
      const now = findNode(draft, operation.id);
      return same(now, operation.was) ? undefined : now;
    }
    if (operation.op !== 'set' || operation.target.node === null) return undefined;
    const now = valueAt(findNode(draft, operation.target.node)!.fields, operation.path);
    return same(now, operation.was) ? undefined : now;
  }
  it('[SP3] an edit that no longer applies is held with its reason, and later edits of its author apply', () => {
    const draft = flow(step('a'), step('b'));
    const gesture = (id: string, ...operations: Operation[]): Gesture => ({ id, tab: 't', base: 0, operations });
    const title: Operation = { op: 'set', target: { node: 'a' }, path: ['title'], value: 'Mine', was: 'a' };
    const other: Operation = { op: 'set', target: { node: 'b' }, path: ['title'], value: 'B', was: 'b' };
    const { draft: without } = done(draft, { op: 'remove', id: 'a', was: step('a'), from: slotOf(draft, 'a') });
    const shown = shownOf(without, [gesture('1', title), gesture('2', other)]);
    expect(shown.held).toEqual([
      { gesture: gesture('1', title), refusal: { code: 'gone', message: "The step 'a' no longer exists." } },
    ]);
    expect(sequenceAt(shown.draft, OUTERMOST)![0]!.fields.title).toBe('B');
  });
});

describe('the index of a draft', () => {
  const indexed = (draft: Draft) =>
    [...indexOf(draft).nodes()].map(({ node, parent, branch }) => [node.id, parent, branch]).sort();

  it('[IX1] it follows any edits: it is the same as a new index of the edited draft', () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 15, maxLength: 60 }), (all) => {
        const draft = grown(all);
        const fresh = { ...draft };
        expect(indexed(draft)).toEqual(indexed(fresh));
        for (const { node } of indexOf(draft).nodes()) expect(findNode(fresh, node.id)).toBe(node);
        const names = draftNodes(draft).flatMap(({ id, branches }) => [
          id,
          ...branches.map((each) => each.id),
          `${id}2`,
        ]);
        for (const name of names) expect(indexOf(draft).taken.has(name)).toBe(indexOf(fresh).taken.has(name));
      }),
      { seed: 20261128 }
    );
  });
  it('[IX2] an older draft can still be asked, and edited in another way', () => {
    const draft = flow(step('a'), step('b'));
    const { draft: without } = done(draft, { op: 'remove', id: 'a', was: step('a'), from: slotOf(draft, 'a') });
    expect([ids(draft), findNode(draft, 'a')?.id, findNode(without, 'a')]).toEqual([['a', 'b'], 'a', null]);
    expect(ids(done(draft, ...toTray(draft, 'b')).draft)).toEqual(['a']);
  });
  it('[IX3] a gesture of many edits does not read the whole draft for each of them', () => {
    const read = (count: number, edits: number): number => {
      let reads = 0;
      const watched = (id: string): DraftNode =>
        Object.defineProperty(step(id), 'id', { enumerable: true, get: () => (reads++, id) });
      const draft = flow(...Array.from({ length: count }, (_, index) => watched(`s${index}`)));
      const operations = Array.from({ length: edits }, (_, index): Operation[] => [
        { op: 'set', target: { node: `s${index}` }, path: ['note'], value: 'x' },
        { op: 'insert', node: step(`new${index}`), slot: { ...end, after: `s${index}` } },
        { op: 'move', id: `s${count - 1 - index}`, slot: end, from: end },
        { op: 'rename', id: `new${index}`, to: `other${index}` },
      ]).flat();
      reads = 0;
      done(draft, ...operations);
      return reads;
    };
    // The index reads each step a few times; each edit reads its own step and its neighbours.
    expect(read(3_000, 500) - read(3_000, 1)).toBeLessThan(500 * 40);
  });
});
