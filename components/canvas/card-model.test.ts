import { expect, test } from 'vitest';
import type { FlowDocument } from '@/engine/flow/document';
import { parseFlow } from '@/engine/flow/testing/flow';
import { whatIf } from '@/engine/flow/what-if';
import { orderDocument } from '@/engine/run-view/testing/order';
import type { NodeView } from '@/engine/run-view/model';
import { faceName, isDimmed, lineOf, previewOf, runLineOf, stepFactsOf, subtitleOf } from './card-model';

const http = (id: string, extra: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  input: { method: 'POST', path: `/${id}` },
  ...extra,
});
const flow = (steps: unknown[]): FlowDocument =>
  parseFlow({ format: 1, name: 'f', title: 'F', input: { type: 'object' }, steps });

test('[CM1] the lining of a card follows from its step and from its place before or after the pivot', () => {
  const linings = [...stepFactsOf(orderDocument).values()].map(({ node, lining }) => [node.id, lining]);
  expect(Object.fromEntries(linings)).toMatchObject({
    'reserve-inventory': 'undo',
    'large-order': 'none',
    'hand-over': 'forGood',
    'send-confirmation': 'none',
  });
  const behind = flow([
    http('point', { effect: 'irreversible', pivot: true }),
    http('later', { effect: 'reversible', undo: { title: 'Undo', activity: 'http.request', input: {} } }),
  ]);
  expect(stepFactsOf(behind).get('later')).toMatchObject({ lining: 'afterPivot', afterPivot: true });
});

test('[CM2] a pivot in one branch of a parallel counts as passed after the join, not in the other branch', () => {
  const document = flow([
    {
      id: 'both',
      kind: 'parallel',
      title: 'Both',
      branches: [
        { id: 'a', title: 'A', steps: [http('point', { effect: 'irreversible', pivot: true })] },
        { id: 'b', title: 'B', steps: [http('sibling', { effect: 'none' })] },
      ],
    },
    http('later', { effect: 'none' }),
  ]);
  const facts = stepFactsOf(document);
  expect([facts.get('sibling')!.afterPivot, facts.get('later')!.afterPivot]).toEqual([false, true]);
});

test('[CM3] the step whose failure is previewed is marked, even if its own undo is called', () => {
  const document = flow([
    http('first', { effect: 'reversible', undo: { title: 'Undo', activity: 'http.request', input: {} } }),
    http('second', {
      effect: 'reversible',
      undo: { title: 'Undo', activity: 'http.request', input: {}, armed: 'attempted' },
    }),
    http('third', { effect: 'none' }),
  ]);
  const facts = stepFactsOf(document);
  const fails = whatIf(document, 'second');
  const of = (id: string) => previewOf(fails, facts.get(id)!.node);
  const line = (id: string) => lineOf(facts.get(id)!, null, of(id));
  expect(of('second')).toEqual({ role: 'undone', order: '1', fails: true, inside: null });
  expect(line('second')).toEqual({ text: 'Fails', trouble: true });
  expect(line('first')).toEqual({ text: 'POST /first', trouble: false });
  expect(line('third').text).toBe('Never started');
  expect(['first', 'second', 'third'].map((id) => isDimmed(of(id)))).toEqual([false, false, true]);
});

test('[CM5] in a preview the frame of a group or a loop says what happens inside it', () => {
  const undo = { title: 'Undo', activity: 'http.request', input: {} };
  const document = flow([
    { id: 'before', kind: 'group', title: 'before', steps: [http('one', { effect: 'reversible', undo })] },
    { id: 'around', kind: 'group', title: 'around', steps: [http('two', { effect: 'none' })] },
    { id: 'after', kind: 'group', title: 'after', steps: [http('three', { effect: 'none' })] },
  ]);
  const facts = stepFactsOf(document);
  const fails = whatIf(document, 'two');
  const said = ['before', 'around', 'after'].map((id) => {
    const preview = previewOf(fails, facts.get(id)!.node);
    return [lineOf(facts.get(id)!, null, preview).text, isDimmed(preview)];
  });
  expect(said).toEqual([
    ['1 undone', false],
    ['Fails inside', false],
    ['Never started', true],
  ]);
});

test('[CM4] a step whose title is made of spaces is called by its id', () => {
  const document = flow([http('spaces', { title: '   ' }), http('named', { title: ' Pay ' })]);
  const names = [...stepFactsOf(document).values()].map((facts) => faceName(facts, null));
  expect(names).toEqual(['spaces, POST /spaces', ' Pay , POST /named']);
});

test('[CM6] a step whose outcome is unknown says so, also if nobody gave a reason, as when its wait was ended', () => {
  const facts = stepFactsOf(orderDocument).get('charge-payment')!;
  const view = { nodeId: 'charge-payment', failure: null } as NodeView;
  expect(runLineOf(facts, { ...view, state: 'unknown' })).toEqual({ text: 'May have happened', trouble: true });
  // When the run has ended.
  expect(runLineOf(facts, { ...view, state: 'failed', fault: 'unknown' }).text).toBe('May have happened');
  expect(runLineOf(facts, { ...view, state: 'failed' }).text).toBe('No reason was given');
});

test('[CM9] a frame counts the steps in it at any depth', () => {
  const inner = { id: 'inner', kind: 'group', title: 'Inner', steps: [http('a'), http('b')] };
  const facts = stepFactsOf(flow([{ id: 'outer', kind: 'group', title: 'Outer', steps: [inner] }]));
  expect(['outer', 'inner'].map((id) => subtitleOf(facts.get(id)!))).toEqual(['3 steps', '2 steps']);
});
