/**
 * What a person does in the drawing, as operations.
 *
 * Rules
 * [CA1] What is inserted or moved at a slot is then where the slot was drawn.
 * [CA2] A slot is refused beforehand exactly when the move would be refused.
 * [CA3] Every action that is offered can be applied, and what it selects exists then.
 * [CA4] An action that is not possible gives its reason.
 * [CA11] Of a step that is gone every action says so; one that needs no step is possible.
 * [CA5] What is copied and inserted again reads the same, but for its ids.
 * [CA6] Shift and an arrow key extend the selection by a step of its sequence.
 * [CA8] An operation that is dropped on the right column of a step becomes its undo, with its effect, in one gesture.
 * [CA7] A step is inserted with the undo that its operation declares.
 * [CA10] A branch or a handler of failures that was added is brought into view by its key.
 * [CA9] What is set aside leaves the selection beside its old place, as what is deleted does.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Catalogue } from '@/engine/flow/catalogue';
import { applyGesture } from '@/engine/flow/edit/apply';
import { idsOf, newNode } from '@/engine/flow/edit/compose';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftNodes, findNode, type Draft, type DraftNode, type Fields } from '@/engine/flow/edit/draft';
import { slotOf } from '@/engine/flow/edit/places';
import { dice, EMPTY, operationsFrom, type Dice } from '@/engine/flow/edit/testing/arbitrary';
import type { FlowDocument } from '@/engine/flow/document';
import { NO_FOLDS } from '@/engine/flow/layout/folds';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { actionsFor } from './actions';
import { nodeFor, paletteOf } from '../palette';
import {
  addBranch,
  duplicate,
  extended,
  handleFailure,
  insert,
  moveTo,
  outermost,
  remove,
  setAside,
  slotAtEnd,
  undoWith,
  whyNotUndoWith,
  type Edit,
} from './node-actions';
import { landingOf, whyNotHere } from './slot-places';
import { undoCellAt } from './undo-cell';

const unfolded = ({ steps }: FlowDocument) => {
  return { steps, folded: NO_FOLDS, fold: () => {}, unfold: () => {} };
};
const catalogue: Catalogue = {
  'http.request': {
    name: 'http.request',
    title: 'HTTP request',
    effect: 'per-step',
    input: { type: 'object' },
    output: 'per-step',
    defaultOptions: {},
  },
  'shop.book': {
    name: 'shop.book',
    title: 'Book',
    effect: 'reversible',
    input: { type: 'object' },
    output: { type: 'object' },
    suggestedUndo: {
      title: 'Cancel it',
      activity: 'shop.cancel',
      input: { id: { $expr: 'output.id' } },
      armed: 'completed',
    },
    defaultOptions: {},
  },
  'shop.look': {
    name: 'shop.look',
    title: 'Look',
    effect: 'none',
    input: { type: 'object' },
    output: { type: 'object' },
    defaultOptions: {},
  },
};

const isAfterPivot = (id: string) => id === 'late';

const drafts = fc.array(dice, { minLength: 1, maxLength: 14 }).map(drawn);
function drawn(rolls: readonly Dice[]): Draft {
  return rolls.reduce((draft, numbers) => {
    const outcome = applyGesture(draft, { operations: operationsFrom(draft, numbers) });
    return outcome.refusal ? draft : outcome.draft;
  }, EMPTY);
}
function applied(draft: Draft, { operations }: Edit): Draft {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome.draft;
}
const directions = ['down', 'sideways'] as const;

test('[CA1] a node inserted at a slot is where the slot was drawn', () => {
  fc.assert(
    fc.property(drafts, fc.constantFrom(...directions), (draft, direction) => {
      const { document } = documentOf(draft);
      for (const place of layoutFlow(document, direction, { edited: true }).slots) {
        const landing = landingOf(draft, document, place);
        expect(landing).not.toBe(null);
        const node = newNode(draft, 'set');
        const after = applied(draft, insert(node, landing!.slot, landing!.first));
        const drawing = layoutFlow(documentOf(after).document, direction, { edited: true });
        const around = drawing.slots.filter((each) => each.before === node.id || each.after === node.id);
        expect(around.find((each) => each.before === node.id)).toMatchObject({
          branch: place.branch,
          after: place.after,
        });
        expect(slotOf(after, node.id)).toMatchObject({ after: place.after, before: place.before });
      }
    }),
    { numRuns: 60 }
  );
});

test('[CA2] a slot is refused beforehand exactly when the move would be refused', () => {
  fc.assert(
    fc.property(drafts, fc.nat(), (draft, pick) => {
      const { document } = documentOf(draft);
      const nodes = draftNodes(draft);
      const node = nodes[pick % Math.max(1, nodes.length)];
      if (!node) return;
      for (const place of layoutFlow(document, 'down', { edited: true }).slots) {
        const landing = landingOf(draft, document, place)!;
        const outcome = applyGesture(draft, moveTo(draft, [node.id], landing.slot, landing.first));
        expect(whyNotHere(draft, [node.id], place) === null).toBe(outcome.refusal === null);
      }
    })
  );
});

test('[CA3] [CA4] actions that are offered can be applied, and the others have a reason', () => {
  fc.assert(
    fc.property(drafts, fc.nat(), fc.nat(), (draft, one, other) => {
      const nodes = draftNodes(draft);
      if (nodes.length === 0) return;
      const selected = outermost(draft, [nodes[one % nodes.length]!.id, nodes[other % nodes.length]!.id]);
      const edits: Edit[] = [];
      const acts = actionsFor({
        draft,
        catalogue,
        isAfterPivot,
        selected,
        gone: null,
        readOnly: null,
        edit: (made) => {
          if (made) edits.push(made);
          return true;
        },
        rename: () => {},
        open: () => {},
        whatIf: () => {},
        folding: unfolded(documentOf(draft).document),
        addAfter: () => {},
        move: () => {},
        label: () => {},
        outcome: () => {},
        extract: () => {},
        copy: () => {},
      });
      for (const act of acts.values()) {
        if (act.whyNot !== null) {
          expect(act.whyNot).toMatch(/\.$/);
          continue;
        }
        const before = edits.length;
        act.run();
        for (const made of edits.slice(before)) {
          const after = applied(draft, made);
          if (made.select) expect(findNode(after, made.select), act.id).not.toBe(null);
        }
      }
    })
  );
});

test('[CA11] the selected step was deleted by somebody else', () => {
  const acts = actionsFor({
    draft: EMPTY,
    catalogue,
    isAfterPivot,
    selected: [],
    gone: 'Charge',
    readOnly: null,
    edit: () => true,
    rename: () => {},
    open: () => {},
    whatIf: () => {},
    folding: unfolded(documentOf(EMPTY).document),
    addAfter: () => {},
    move: () => {},
    label: () => {},
    outcome: () => {},
    extract: () => {},
    copy: () => {},
  });
  const reasons = new Map([...acts.values()].map(({ id, whyNot }) => [id, whyNot]));
  expect(reasons.get('remove')).toBe("'Charge' is no longer in this flow. Select another step.");
  expect(reasons.get('after')).toBe(null);
  expect([...reasons.values()]).not.toContain('Select a step first.');
});

test('[CA3] an undo gives a generic step the effect that it needs, in the same gesture', () => {
  const node = { ...newNode(EMPTY, 'action', 'Charge'), fields: { title: 'Charge', activity: 'http.request' } };
  const draft: Draft = { ...EMPTY, steps: [node] };
  const run = (id: string, activity = 'http.request') => {
    const found: Edit[] = [];
    const at = { ...draft, steps: [{ ...node, fields: { ...node.fields, activity } }] };
    const act = actionsFor({
      draft: at,
      catalogue,
      isAfterPivot,
      selected: ['charge'],
      gone: null,
      readOnly: null,
      edit: (made) => made !== null && found.push(made) > 0,
      rename: () => {},
      open: () => {},
      whatIf: () => {},
      folding: unfolded(documentOf(at).document),
      addAfter: () => {},
      move: () => {},
      label: () => {},
      outcome: () => {},
      extract: () => {},
      copy: () => {},
    }).get(id)!;
    act.run();
    return { act, after: found[0] ? applied(at, found[0]) : at };
  };
  expect(run('undo').after.steps[0]!.fields).toMatchObject({
    effect: 'reversible',
    undo: { title: 'Undo Charge', activity: 'http.request', armed: 'completed' },
  });
  // What the operation itself declares as its undo is taken.
  expect((run('undo', 'shop.book').after.steps[0]!.fields as Fields).undo).toEqual({
    title: 'Cancel it',
    activity: 'shop.cancel',
    input: { id: { $expr: 'charge.id' } },
    armed: 'completed',
  });
  expect(run('undo', 'shop.look').act.whyNot).toBe('What it calls changes nothing, so there is nothing to undo.');
});

test('[CA5] a duplicate has ids of its own and is behind the last of the originals', () => {
  fc.assert(
    fc.property(drafts, fc.nat(), (draft, pick) => {
      const nodes = draft.steps;
      const node = nodes[pick % Math.max(1, nodes.length)];
      if (!node) return;
      const made = duplicate(draft, [node.id]);
      const after = applied(draft, made);
      const ids = draftNodes(after).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const copy = findNode(after, made.select!)!;
      expect(shapeOf(copy)).toEqual(shapeOf(node));
      expect(slotOf(after, copy.id).after).toBe(node.id);
      expect(idsOf(draft).has(copy.id)).toBe(false);
      expect(applied(after, remove(after, [copy.id]))).toEqual(draft);
    })
  );
});
const shapeOf = ({ kind, branches }: DraftNode): unknown => [
  kind,
  branches.map(({ at, steps }) => [at, steps.map(shapeOf)]),
];

test('[CA6] a selection is extended by a step of its sequence, and made smaller again', () => {
  const draft: Draft = {
    ...EMPTY,
    steps: ['a', 'b', 'c'].map((id) => ({ id, kind: 'wait', fields: {}, branches: [] })),
  };
  expect(extended(draft, ['a'], 1)).toEqual(['a', 'b']);
  expect(extended(draft, ['a', 'b'], 1)).toEqual(['a', 'b', 'c']);
  expect(extended(draft, ['a', 'b', 'c'], 1)).toBeNull();
  expect(extended(draft, ['a', 'b', 'c'], -1)).toEqual(['a', 'b']);
  expect(extended(draft, ['b'], -1)).toEqual(['b', 'a']);
});
test('[CA7] a step whose operation declares an undo is inserted with it, and that is one edit', () => {
  const item = paletteOf(catalogue).find(({ id }) => id === 'shop.book')!;
  const node = nodeFor(EMPTY, item, catalogue);
  expect(node.fields.undo).toMatchObject({ title: 'Cancel it', activity: 'shop.cancel' });
  expect(insert(node, slotAtEnd(EMPTY)).operations).toHaveLength(1);
  const other = paletteOf(catalogue).find(({ id }) => id === 'shop.look')!;
  expect(nodeFor(EMPTY, other, catalogue).fields).not.toHaveProperty('undo');
});

test('[CA8] an operation dropped on the right column is the undo of the step, or the reason why not is given', () => {
  const stepOf = (id: string, activity: string) => {
    return { ...newNode(EMPTY, 'action', id), id, fields: { title: id, activity } };
  };
  const draft: Draft = {
    ...EMPTY,
    steps: [stepOf('any', 'http.request'), stepOf('book', 'shop.book'), stepOf('look', 'shop.look')],
  };
  const cancel = { title: 'Cancel it', activity: 'shop.cancel' };
  const after = (id: string, item = cancel) =>
    findNode(applied(draft, undoWith(draft, id, item, catalogue, isAfterPivot)!), id)!.fields;
  expect(after('any')).toMatchObject({ effect: 'reversible', undo: { ...cancel, input: {}, armed: 'completed' } });
  expect(after('book').undo).toMatchObject({ ...cancel, input: { id: expect.anything() } });
  expect(after('book', { title: 'Other', activity: 'shop.look' }).undo).toMatchObject({
    activity: 'shop.look',
    input: {},
  });
  expect(whyNotUndoWith(draft, 'look', cancel, catalogue, isAfterPivot)).toMatch(/changes nothing/);
  expect(undoWith(draft, 'look', cancel, catalogue, isAfterPivot)).toBe(null);
  expect(whyNotUndoWith(draft, 'any', { title: 'Wait', activity: null }, catalogue, isAfterPivot)).toMatch(
    /Only an operation/
  );
  // What somebody said about the step is not changed in passing.
  const forGood = { ...stepOf('any', 'http.request'), fields: { activity: 'http.request', effect: 'irreversible' } };
  expect(whyNotUndoWith({ ...draft, steps: [forGood] }, 'any', cancel, catalogue, isAfterPivot)).toMatch(
    /irreversible/
  );
  const late: Draft = { ...EMPTY, steps: [stepOf('late', 'http.request')] };
  expect(whyNotUndoWith(late, 'late', cancel, catalogue, isAfterPivot)).toMatch(/point of no return/);
  expect(undoWith(late, 'late', cancel, catalogue, isAfterPivot)).toBe(null);
});

test('[CA8] the right column of a step without an effect takes an undo too; of a waiting step it gives the reason', () => {
  const draft: Draft = {
    ...EMPTY,
    steps: [
      { ...newNode(EMPTY, 'action', 'One'), id: 'one' },
      { ...newNode(EMPTY, 'wait', 'Two'), id: 'two' },
    ],
  };
  const layout = layoutFlow(documentOf(draft).document, 'down', { edited: true });
  const besides = layout.cards.map(({ x, y }) => undoCellAt(layout, { x: x + 300, y: y + 32 }, null));
  expect(besides).toEqual(['one', 'two']);
  const [card] = layout.cards;
  for (const [x, y] of [[120, 32] as const, [300, 80] as const, [420, 32] as const])
    expect(undoCellAt(layout, { x: card!.x + x, y: card!.y + y }, null)).toBe(null);
  expect(whyNotUndoWith(draft, 'two', { title: 'Cancel', activity: 'shop.cancel' }, catalogue, isAfterPivot)).toBe(
    'Two has no effect to undo.'
  );
});

test('[CA9] what is set aside leaves the selection beside its old place; what is aside already stays', () => {
  const step = (id: string): DraftNode => ({ id, kind: 'wait', fields: { title: id, duration: '1s' }, branches: [] });
  const draft: Draft = { flow: { title: 'Shop' }, steps: [step('one'), step('two'), step('three')], tray: [] };
  const moved = setAside(draft, ['two']);
  expect(moved.select).toBe('three');
  const outcome = applyGesture({ ...draft }, moved);
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(outcome.draft.tray.map(({ id }) => id)).toEqual(['two']);
  expect(setAside(outcome.draft, ['two']).operations).toEqual([]);
});

test('[CA10] a branch that was added has a label where it is shown', () => {
  const choice = newNode(EMPTY, 'choice', 'Choice');
  const draft: Draft = { flow: { title: 'Flow' }, steps: [choice], tray: [] };
  for (const edit of [addBranch(draft, choice.id)!, handleFailure(draft, choice.id)!]) {
    const outcome = applyGesture(draft, edit);
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    const { labels } = layoutFlow(documentOf(outcome.draft).document, 'down', { edited: true });
    expect(labels.map(({ branch }) => branch)).toContain(edit.show);
  }
});
