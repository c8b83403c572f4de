/**
 * The point of no return as it is set and moved in the drawing. Pure.
 *
 * Rules
 * [CPM1] A step that becomes the point of no return takes it from those with which it would be on one way, in one
 *        gesture.
 * [CPM2] Where it cannot be, the reason is given.
 * [CPM3] It is dragged along the sequence of its step, to behind another step of it.
 */
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftNodes, findNode, placeOf, sequenceAt, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import type { Operation } from '@/engine/flow/edit/operations';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import { factsOf, type FlowNode } from '@/engine/flow/nodes/table';
import { pivotPlaces } from '@/engine/flow/pivots';
import { isLoop } from '@/engine/flow/tree';

export const isPivot = ({ fields }: DraftNode): boolean => fields.pivot === true;

/** Why a node cannot be the point of no return; null: it can. */
export function whyNoPivot(draft: Draft, id: string): string | null {
  const node = findNode(draft, id);
  if (!node) return 'This step is gone.';
  const { kind } = node;
  if (!factsOf({ kind } as FlowNode).step({ ...node.fields, id, kind } as FlowNode))
    return 'Only a step that calls something can be the point of no return.';
  for (let at = placeOf(draft, id); at !== null; at = at.parent === null ? null : placeOf(draft, at.parent)) {
    const around = at.parent === null ? null : findNode(draft, at.parent);
    if (!around) continue;
    const outer = { kind: around.kind } as FlowNode;
    if (isLoop(outer)) return 'A loop would pass the point of no return several times.';
    if (factsOf(outer).runs === 'first')
      return 'A race undoes branches, so none of them can have the point of no return.';
  }
  return null;
}

/** Makes a step the point of no return. Nothing where it is one, or cannot be. */
export function pivotAt(draft: Draft, id: string): Operation[] {
  const node = findNode(draft, id);
  if (!node || isPivot(node) || whyNoPivot(draft, id) !== null) return [];
  const others = draftNodes(draft).filter((each) => isPivot(each) && isOnOneWay(draft, id, each.id));
  return [...others.flatMap((each) => noPivot(draft, each.id)), ...setField(draft, { node: id }, ['pivot'], true)];
}
export const noPivot = (draft: Draft, id: string): Operation[] => setField(draft, { node: id }, ['pivot'], undefined);

/** Would a run that passes one of the two, as points of no return, pass or have passed the other? */
function isOnOneWay(draft: Draft, one: string, other: string): boolean {
  const gone = draftNodes(draft).filter((each) => isPivot(each) && each.id !== one && each.id !== other);
  const operations = [
    ...gone.flatMap(({ id }) => noPivot(draft, id)),
    ...[one, other].flatMap((id) => setField(draft, { node: id }, ['pivot'], true)),
  ];
  // A copy, because the index of the draft follows what is applied.
  const outcome = applyGesture({ ...draft }, { operations });
  if (outcome.refusal) return false;
  const places = pivotPlaces(documentOf(outcome.draft).document.steps);
  return places.get(one) !== 'before' || places.get(other) !== 'before';
}

/** [CPM3] The places along the line of the steps where a point of no return can be dragged to. */
export function pivotSlots({ labels, slots }: FlowLayout, id: string): readonly SlotPlace[] {
  const flag = labels.find(({ role, owner }) => role === 'pivot' && owner === id);
  return flag ? slots.filter(({ branch }) => branch === flag.branch) : [];
}
/** [CPM3] Why a point of no return cannot be dragged to a place; null: it can, or it is there. */
export function whyNotPivotAt(draft: Draft, id: string, { after }: SlotPlace): string | null {
  if (after === null) return 'The point of no return is behind a step.';
  return after === id ? null : whyNoPivot(draft, after);
}

/** The steps of the sequence of a point of no return, in order, each with the reason why it cannot have it. */
export function pivotChoices(draft: Draft, id: string): { id: string; whyNot: string | null }[] {
  const place = placeOf(draft, id);
  const steps = place ? sequenceAt(draft, place)! : [];
  return steps.map((step) => ({ id: step.id, whyNot: whyNoPivot(draft, step.id) }));
}
