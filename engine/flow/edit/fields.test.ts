import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue, CatalogueActivity } from '../catalogue';
import { retitle } from './compose';
import { applyGesture } from './apply';
import type { Draft, DraftBranch, DraftNode, Json } from './draft';
import {
  changeActivity,
  fieldAt,
  renameSignal,
  renameVariable,
  setField,
  newUndo,
  suggestedLookup,
  followedSuggestions,
  suggestedUndo,
} from './fields';
import type { Operation } from './operations';

const step = (id: string, fields: Record<string, Json> = {}, branches: DraftBranch[] = []): DraftNode => {
  return { id, kind: 'action', fields: { title: id, ...fields }, branches };
};
const draftOf = (...steps: DraftNode[]): Draft => ({ flow: { name: 'f', title: 'F' }, steps, tray: [] });
function after(draft: Draft, operations: Operation[]): Draft {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(outcome.notes).toEqual([]);
  return outcome.draft;
}
const target = { node: 'a' };

describe('setting a field', () => {
  const draft = draftOf(
    step('a', { input: { list: [1, { x: 1 }], amount: 5 }, options: { retry: { maximumAttempts: 3 } } })
  );
  it('[FC1] touches the innermost field, with what it replaces', () => {
    expect(setField(draft, target, ['input', 'amount'], 6)).toEqual([
      { op: 'set', target, path: ['input', 'amount'], value: 6, was: 5 },
    ]);
  });
  it('[FC1] makes parents that are missing', () => {
    expect(setField(draftOf(step('a')), target, ['options', 'retry', 'maximumAttempts'], 1)).toEqual([
      { op: 'set', target, path: ['options'], value: { retry: { maximumAttempts: 1 } } },
    ]);
  });
  it('[FC2] a list is one value; an item of it is changed, added and removed by its index', () => {
    const list = (value: Json | undefined, index: number, ...rest: string[]) =>
      after(draft, setField(draft, target, ['input', 'list', index, ...rest], value)).steps[0]!.fields.input;
    expect(list(2, 1, 'x')).toMatchObject({ list: [1, { x: 2 }] });
    expect(list('new', 2)).toMatchObject({ list: [1, { x: 1 }, 'new'] });
    expect(list(undefined, 0)).toMatchObject({ list: [{ x: 1 }] });
  });
  it('[FC2] parents that are left empty are removed only if that is asked for', () => {
    const path = ['options', 'retry', 'maximumAttempts'];
    expect(after(draft, setField(draft, target, path, undefined)).steps[0]!.fields.options).toEqual({ retry: {} });
    expect(
      after(draft, setField(draft, target, path, undefined, { pruned: true })).steps[0]!.fields
    ).not.toHaveProperty('options');
  });
  it('[FC3] the same value is no operation; another order of fields is one', () => {
    expect(setField(draft, target, ['input', 'amount'], 5)).toEqual([]);
    const [operation] = setField(draft, target, ['input'], { amount: 5, list: [1, { x: 1 }] });
    expect(operation).toMatchObject({ path: ['input'] });
    const fields = after(draft, [operation!]).steps[0]!.fields.input as object;
    expect(Object.keys(fields)).toEqual(['amount', 'list']);
  });
  it('[FC3] whatever is set is there afterwards, in the same order, and nothing else changed', () => {
    const json = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>(1, 'x', null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { noNullPrototype: true })
      ),
    })).value;
    fc.assert(
      fc.property(json, json, (before, next) => {
        const start = draftOf(step('a', { field: before, other: 1 }));
        const end = after(start, setField(start, target, ['field'], next));
        expect(JSON.stringify(end.steps[0]!.fields)).toBe(JSON.stringify({ title: 'a', field: next, other: 1 }));
      }),
      { numRuns: 500 }
    );
  });
  it('[FC1] what is not there has no value', () => {
    expect(fieldAt(draft, target, ['input', 'list', 1, 'x'])).toBe(1);
    expect(fieldAt(draft, target, ['input', 'amount', 'deeper'])).toBeUndefined();
    expect(fieldAt(draft, target, ['toString'])).toBeUndefined();
    expect(fieldAt(draft, { node: 'gone' }, ['input'])).toBeUndefined();
  });
});

describe('activities', () => {
  const activity = (name: string, more: Partial<CatalogueActivity>): CatalogueActivity => {
    return {
      name,
      title: name,
      effect: 'none',
      input: { type: 'object' },
      output: { type: 'null' },
      defaultOptions: {},
      ...more,
    };
  };
  const catalogue: Catalogue = {
    http: activity('http', {
      effect: 'per-step',
      output: 'per-step',
      input: { type: 'object', properties: { url: {}, note: {} } },
    }),
    pay: activity('pay', {
      effect: 'reversible',
      input: { type: 'object', properties: { amount: {}, note: {} } },
      suggestedLookup: { activity: 'status', input: { note: { $expr: 'input.note' } } },
      suggestedUndo: {
        title: 'Refund',
        activity: 'refund',
        armed: 'completed',
        input: {
          amount: { $expr: 'input.amount' },
          note: { $expr: 'input.note' },
          id: { $expr: 'output.id' },
          both: { $expr: "input.amount + input.note + output.id + 'output'" },
        },
      },
    }),
  };
  const draft = draftOf(
    step('a', { activity: 'http', effect: 'reversible', output: { type: 'object' }, input: { url: 'x', note: 'y' } })
  );
  it('[FC4] keeps the input that fits, and removes what the new activity declares itself', () => {
    const { fields } = after(draft, changeActivity(draft, 'a', 'step', 'pay', catalogue)).steps[0]!;
    expect(fields).toEqual({ title: 'a', activity: 'pay', input: { note: 'y' } });
  });
  it('[FC4] an activity without an effect of its own gets one that can be changed', () => {
    const paying = draftOf(step('a', { activity: 'pay', input: { $expr: 'input' } }));
    const { fields } = after(paying, changeActivity(paying, 'a', 'step', 'http', catalogue)).steps[0]!;
    expect(fields).toMatchObject({ activity: 'http', effect: 'none', input: { $expr: 'input' } });
  });
  it('[FC5] the suggested undo has the values of the step, and reads its answer by its name', () => {
    const paying = step('charge-it', {
      activity: 'pay',
      input: { amount: { $expr: 'input.total * 2' }, note: 'Hello' },
    });
    expect(suggestedUndo(paying, catalogue)).toEqual({
      title: 'Refund',
      activity: 'refund',
      armed: 'completed',
      input: {
        amount: { $expr: 'input.total * 2' },
        note: 'Hello',
        id: { $expr: 'chargeIt.id' },
        both: { $expr: '(input.total * 2) + ("Hello") + chargeIt.id + \'output\'' },
      },
    });
    expect(suggestedUndo(step('a', { activity: 'http' }), catalogue)).toBeNull();
    expect(suggestedLookup(paying, catalogue)).toEqual({
      policy: 'check',
      activity: 'status',
      input: { note: 'Hello' },
    });
    expect(suggestedLookup(step('a', { activity: 'http' }), catalogue)).toBeNull();
  });

  it('[FC8] a new undo is a request to be filled in, at the connection of its step', () => {
    const input = { method: 'POST' };
    expect(newUndo(step('pay', { activity: 'http.request', input: { connection: 'bank' } }), catalogue)).toEqual({
      title: 'Undo pay',
      activity: 'http.request',
      input: { ...input, connection: 'bank' },
      armed: 'completed',
    });
    expect(newUndo(step('pay', { activity: 'bank.pay', input: { connection: 'x' } }), catalogue)).toMatchObject({
      input,
    });
  });
  it('[FC8] an undo that is called after its step follows the title, also through a new id, until somebody names it', () => {
    const titled = (undoTitle: string, ...titles: string[]) => {
      let draft = draftOf(step('pay', { title: 'Pay', undo: { title: undoTitle, activity: 'http', input: {} } }));
      for (const title of titles) {
        const edits = retitle(draft, draft.steps[0]!.id, title, true);
        draft = after(draft, [...edits, ...followedSuggestions(draft, edits, catalogue)]);
      }
      return (draft.steps[0]!.fields.undo as { title: string }).title;
    };
    expect(titled('Undo Pay', 'Pay the fee', '', 'Pay all')).toBe('Undo Pay all');
    expect(titled('Give it back', 'Pay all')).toBe('Give it back');
  });
  it('[FC8] an undo is called after what it calls, until somebody gives it a title', () => {
    const titleOf = (title: string, activity: string, next: string) => {
      const draft = draftOf(step('pay', { activity: 'http', undo: { title, activity, input: {} } }));
      const changed = after(draft, changeActivity(draft, 'pay', 'undo', next, named));
      return (changed.steps[0]!.fields.undo as { title: string }).title;
    };
    const named = { ...catalogue, cancel: activity('cancel', { title: 'Cancel it' }) };
    expect(titleOf('Undo pay', 'http', 'cancel')).toBe('Cancel it');
    expect(titleOf('Cancel it', 'cancel', 'http')).toBe('http');
    expect(titleOf('Give the money back', 'http', 'cancel')).toBe('Give the money back');
  });

  const dropped = (input: Json) => {
    const node = step('charge', { activity: 'pay', input });
    return { ...node, fields: { ...node.fields, undo: suggestedUndo(node, catalogue)! } };
  };
  const setInput = (value: Json): Operation => {
    return { op: 'set', target: { node: 'charge' }, path: ['input', 'amount'], value };
  };
  const undoOf = (draft: Draft) => fieldAt(draft, { node: 'charge' }, ['undo', 'input']);

  it('[FC5] what the step does not have yet is left out: `input` would be that of the flow', () => {
    expect(dropped({}).fields.undo).toMatchObject({ activity: 'refund', input: { id: { $expr: 'charge.id' } } });
    expect(Object.keys((dropped({}).fields.undo as { input: object }).input)).toEqual(['id']);
  });
  it('[FC5] the undo gets a value of the input in the same gesture, until somebody changed the undo', () => {
    let draft = draftOf(dropped({}));
    const edit = setInput({ $expr: 'input.total' });
    draft = after(draft, [edit, ...followedSuggestions(draft, [edit], catalogue)]);
    expect(undoOf(draft)).toMatchObject({ amount: { $expr: 'input.total' }, id: { $expr: 'charge.id' } });
    const own = setField(draft, { node: 'charge' }, ['undo', 'title'], 'Give it back');
    draft = after(draft, own);
    expect(followedSuggestions(draft, [setInput(5)], catalogue)).toEqual([]);
  });
});

describe('variables', () => {
  it('[FC7] expressions, steps and updates follow another name; texts and other names do not', () => {
    const draft: Draft = {
      flow: {
        variables: { count: { schema: {}, initial: 0 }, next: { schema: {}, initial: { $expr: 'count + 1' } } },
        updates: { add: { title: 'count', set: { count: { $expr: 'argument + count' } } } },
      },
      steps: [
        {
          id: 's',
          kind: 'set',
          fields: { title: 'count', values: { count: { $expr: "count + 'count'" } } },
          branches: [],
        },
        {
          id: 'c',
          kind: 'choice',
          fields: { title: 'c' },
          branches: [
            {
              id: 'b',
              at: 'branches',
              fields: { title: 'b', when: 'count > 1' },
              steps: [step('in', { input: { $expr: 'input.count' } })],
            },
          ],
        },
      ],
      tray: [step('t', { input: { n: { $expr: 'count' } } })],
    };
    const renamed = after(draft, renameVariable(draft, 'count', 'total'));
    expect(renamed.flow).toEqual({
      variables: { total: { schema: {}, initial: 0 }, next: { schema: {}, initial: { $expr: 'total + 1' } } },
      updates: { add: { title: 'count', set: { total: { $expr: 'argument + total' } } } },
    });
    expect(Object.keys(renamed.flow.variables as object)).toEqual(['total', 'next']);
    expect(renamed.steps[0]!.fields.values).toEqual({ total: { $expr: "total + 'count'" } });
    expect(renamed.steps[1]!.branches[0]!.fields.when).toBe('total > 1');
    expect(renamed.steps[1]!.branches[0]!.steps[0]!.fields.input).toEqual({ $expr: 'input.count' });
    expect(renamed.tray[0]!.fields.input).toEqual({ n: { $expr: 'total' } });
    expect(after(renamed, renameVariable(renamed, 'total', 'count'))).toEqual(draft);
  });
});

describe('signals', () => {
  it('[FC7] steps that wait for a signal follow its other name, and its place in the list stays', () => {
    const wait = (id: string, signal: string): DraftNode => ({
      id,
      kind: 'waitForSignal',
      fields: { title: id, signal },
      branches: [],
    });
    const signal = { title: 'S', schema: {} };
    const draft: Draft = {
      ...draftOf(wait('a', 'paid'), wait('b', 'sent')),
      flow: { signals: { paid: signal, sent: signal } },
    };
    const renamed = after(draft, renameSignal(draft, 'paid', 'settled'));
    expect(Object.keys(renamed.flow.signals as object)).toEqual(['settled', 'sent']);
    expect(renamed.steps.map(({ fields }) => fields.signal)).toEqual(['settled', 'sent']);
  });
});
