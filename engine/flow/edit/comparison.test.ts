/** The rules are in comparison.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyGesture } from './apply';
import { wrap } from './compose';
import { compareDrafts, kindsOf } from './comparison';
import { documentOf } from './document-of';
import { draftNodes, findNode, OUTERMOST, placeOf, type Draft, type DraftNode, type Json } from './draft';
import type { Operation } from './operations';
import { same, slotOf } from './places';
import { dice, EMPTY, operationsFrom, type Dice } from './testing/arbitrary';

const step = (id: string, fields: Record<string, Json> = {}): DraftNode => ({
  id,
  kind: 'action',
  fields: { title: id, activity: 'http.request', input: {}, effect: 'none', ...fields },
  branches: [],
});
const flow = (...steps: DraftNode[]): Draft => ({ ...EMPTY, steps });
const at = (after: string | null) => ({ ...OUTERMOST, after, before: null });
function changed(draft: Draft, ...operations: Operation[]): Draft {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome.draft;
}
const move = (draft: Draft, id: string, after: string | null): Operation => ({
  op: 'move',
  id,
  slot: after === null ? { ...at(null), before: draft.steps[0]!.id } : at(after),
  from: slotOf(draft, id),
});
const kinds = (before: Draft, after: Draft) =>
  Object.fromEntries(compareDrafts(before, after).steps.map((each) => [each.id, kindsOf(each).join(' ')]));
const abcd = flow(step('a'), step('b'), step('c'), step('d'));

describe('steps', () => {
  it('[CP1] a step with another place was moved, and not removed and added', () => {
    expect(kinds(abcd, changed(abcd, move(abcd, 'a', 'c')))).toEqual({ a: 'moved' });
    const wrapped = changed(abcd, ...wrap(abcd, ['b', 'c'], 'parallel'));
    const [shell] = draftNodes(wrapped).filter(({ kind }) => kind === 'parallel');
    expect(kinds(abcd, wrapped)).toEqual({ [shell!.id]: 'added', b: 'moved', c: 'moved' });
    expect(kinds(wrapped, abcd)).toEqual({ [shell!.id]: 'removed', b: 'moved', c: 'moved' });
  });
  it('[CP1] a step may be moved and changed', () => {
    const set: Operation = { op: 'set', target: { node: 'a' }, path: ['title'], value: 'A', was: 'a' };
    const after = changed(abcd, move(abcd, 'a', 'd'), set);
    expect(kinds(abcd, after)).toEqual({ a: 'moved changed' });
    expect(compareDrafts(abcd, after).steps[0]?.fields).toEqual([
      { branch: null, path: ['title'], before: 'a', after: 'A' },
    ]);
  });
  it('[CP2] neighbours of what was added, removed or moved were not moved', () => {
    const after = flow(step('new'), step('b'), step('d'), step('c'));
    expect(kinds(abcd, after)).toMatchObject({ new: 'added', a: 'removed' });
    expect(Object.values(kinds(abcd, after)).filter((kind) => kind === 'moved')).toHaveLength(1);
  });
  it('[CP3] a field deep inside is one change, with both values; fields in another order are one too', () => {
    const form = (properties: Json) => ({ ...abcd, flow: { ...abcd.flow, input: { type: 'object', properties } } });
    const [x, y] = [{ type: 'string' }, { type: 'number' }];
    expect(compareDrafts(form({ x, y }), form({ x, y: { type: 'integer' } })).flow).toEqual([
      { branch: null, path: ['input', 'properties', 'y', 'type'], before: 'number', after: 'integer' },
    ]);
    expect(compareDrafts(form({ x, y }), form({ y, x })).flow).toMatchObject([{ path: ['input', 'properties'] }]);
  });
  it('[CP3] another kind of step under the same id is a change', () => {
    const after = flow(step('a'), { ...step('b'), kind: 'end', fields: { title: 'b' } }, step('c'), step('d'));
    const { steps } = compareDrafts(abcd, after);
    expect(steps.map((each) => [each.id, kindsOf(each)])).toEqual([['b', ['changed']]]);
    expect(steps[0]?.fields[0]).toEqual({ branch: null, path: ['kind'], before: 'action', after: 'end' });
  });
});

describe('the drawing of both', () => {
  it('removed steps are where they were', () => {
    const after = flow(step('a'), step('d'), step('e'));
    const { merged, undrawn } = compareDrafts(abcd, after);
    expect(merged.steps.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(undrawn).toEqual([]);
  });
  it('a removed step shows what was removed inside it; what is elsewhere now is drawn there', () => {
    const wrapped = changed(abcd, ...wrap(abcd, ['b', 'c'], 'parallel'));
    const shell = draftNodes(wrapped).find(({ kind }) => kind === 'parallel')!;
    const { merged, steps } = compareDrafts(wrapped, flow(step('a'), step('c'), step('d')));
    expect(placeOf(merged, 'b')?.parent).toBe(shell.id);
    expect(placeOf(merged, 'c')?.parent).toBe(null);
    expect(steps.find(({ id }) => id === 'b')?.within).toBe(shell.id);
  });
});

const grown = (all: Dice[], start: Draft = EMPTY): Draft =>
  all.reduce((draft, numbers) => {
    const outcome = applyGesture(draft, { operations: operationsFrom(draft, numbers) });
    return outcome.refusal ? draft : outcome.draft;
  }, start);

it('[CP3] of random states, every step is listed or the same, and the drawing has every step once', () => {
  fc.assert(
    fc.property(fc.array(dice, { maxLength: 40 }), fc.array(dice, { maxLength: 40 }), (first, second) => {
      const before = { ...grown(first), tray: [] };
      const after = { ...grown(second, before), tray: [] };
      const { steps, flow: ofFlow, merged, undrawn } = compareDrafts(before, after);
      const listed = new Set(steps.map(({ id }) => id));
      for (const { id } of [...draftNodes(before), ...draftNodes(after)]) {
        if (listed.has(id)) continue;
        const [was, is] = [findNode(before, id)!, findNode(after, id)!];
        expect([was.kind, was.fields, was.branches.map((each) => [each.id, each.fields])]).toEqual([
          is.kind,
          is.fields,
          is.branches.map((each) => [each.id, each.fields]),
        ]);
        expect(placeOf(after, id)).toMatchObject({
          parent: placeOf(before, id)!.parent,
          branch: placeOf(before, id)!.branch,
        });
      }
      if (steps.length === 0 && ofFlow.length === 0) expect(same(before.steps, after.steps)).toBe(true);
      const drawn = [...draftNodes(merged), ...draftNodes({ steps: undrawn, tray: [] })].map(({ id }) => id);
      expect(new Set(drawn).size).toBe(drawn.length);
      expect([...drawn].sort()).toEqual(
        [...new Set([...draftNodes(before), ...draftNodes(after)].map(({ id }) => id))].sort()
      );
      documentOf(merged);
    }),
    { numRuns: 60 }
  );
});
