import { describe, expect, it } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import type { Diagnostic } from '../diagnostic';
import { parseFlow } from '../testing/flow';
import { applyGesture } from './apply';
import { backOf, NOTHING_DELETED, withDeleted, withDeletions } from './deleted';
import { draftOf, findNode, type Draft } from './draft';
import { fixesOf } from './fixes';
import type { Operation } from './operations';
import { slotOf } from './places';

const step = (id: string) => ({
  id,
  kind: 'action',
  title: `Step ${id}`,
  activity: 'http.request',
  effect: 'none',
  input: {},
});
const lines = { id: 'lines', kind: 'each', title: 'Lines', items: '[1]', item: 'line', steps: [step('pack')] };
const draft: Draft = draftOf(
  parseFlow({
    format: 2,
    name: 'test',
    title: 'Test',
    input: { type: 'object' },
    variables: { total: { schema: { type: 'number' }, initial: 0 } },
    steps: [
      step('charge'),
      { ...lines, catch: [{ id: 'c', types: [], scope: 'undo', as: 'why', then: [] }] },
      step('ship'),
    ],
  })
);
const removedIn = (at: Draft, id: string): Operation => {
  return { op: 'remove', id, was: findNode(at, id)!, from: slotOf(at, id) };
};
const removed = (id: string): Operation => removedIn(draft, id);
const unread = (unknown: string): Diagnostic => {
  return {
    code: 'expression',
    severity: 'error',
    nodeId: 'ship',
    path: ['input', 'body'],
    message: 'Not here.',
    unknown,
  };
};
function after(...operations: Operation[]) {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return { draft: outcome.draft, deleted: withDeleted(NOTHING_DELETED, operations) };
}
const said = (name: string, at: ReturnType<typeof after>) => {
  const [problem] = withDeletions([unread(name)], at.draft, at.deleted);
  return `${problem!.message} ${problem!.fix ?? ''}`.trim();
};

describe('[DEL1] an expression that reads what was deleted says what that was', () => {
  it.each<[string, string, Operation]>([
    ['charge', "'Step charge' was deleted, so 'charge' cannot be read here.", removed('charge')],
    ['pack', "'Step pack' was deleted, so 'pack' cannot be read here.", removed('lines')],
    ['line', "The loop 'Lines' was deleted, so 'line' cannot be read here.", removed('lines')],
    ['why', 'The failure handler that named it was deleted', removed('lines')],
    [
      'total',
      "The variable 'total' was deleted, so 'total' cannot be read here.",
      {
        op: 'set',
        target: { node: null },
        path: ['variables', 'total'],
        was: { schema: { type: 'number' }, initial: 0 },
      },
    ],
  ])('%s', (name, words, operation) => {
    const at = after(operation);
    expect(said(name, at)).toContain(words);
    expect(said(name, at)).toContain('Put it back, or use another value.');
  });
  it('what was set aside is called so, and another name has the words of the checker', () => {
    const at = after({
      op: 'move',
      id: 'charge',
      slot: { parent: null, branch: 'tray', after: null, before: null },
      from: slotOf(draft, 'charge'),
    });
    expect(at.draft.tray.map(({ id }) => id)).toEqual(['charge']);
    expect(said('charge', at)).toBe(
      "'Step charge' was set aside, so 'charge' cannot be read here. Put it into the flow again, or use another value."
    );
    expect(said('chrge', at)).toBe('Not here.');
  });
});

describe('[DEL2] it is put back', () => {
  it('at its place, as one edit of its own', () => {
    const at = after(removed('lines'));
    const [problem] = withDeletions([unread('pack')], at.draft, at.deleted);
    const [fix] = fixesOf(problem!, at.draft, catalogue, at.deleted);
    expect(fix?.title).toBe("Put 'Lines' back");
    const outcome = applyGesture(at.draft, { operations: fix!.operations });
    expect(outcome.refusal === null && outcome.draft).toEqual(draft);
  });
  it('not where more was done with it, or where its place or its id is taken', () => {
    const title: Operation = { op: 'set', target: { node: 'ship' }, path: ['title'], value: 'X', was: 'Step ship' };
    const more = after(removed('charge'), title);
    expect(said('charge', more)).toMatch(/Use another value\.$/);
    const inside = after(removed('pack'));
    const loop = removedIn(inside.draft, 'lines');
    const gone = applyGesture(inside.draft, { operations: [loop] });
    expect(gone.refusal === null && backOf(unread('pack'), gone.draft, inside.deleted)).toBeNull();
    const charge = after(removed('charge'));
    const again = applyGesture(charge.draft, {
      operations: [{ op: 'insert', node: findNode(draft, 'charge')!, slot: slotOf(draft, 'charge') }],
    });
    expect(again.refusal === null && backOf(unread('charge'), again.draft, charge.deleted)).toBeNull();
  });
});
