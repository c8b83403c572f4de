/** Rules [IC1] to [IC4] of consequences.ts, on compiled flows. */
import { expect, test } from 'vitest';
import { catalogue } from '@/engine/activities/catalogue';
import { compile } from '@/engine/compiler/compile';
import { readSagaSources } from '@/engine/compiler/saga-sources';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { Ledger, LedgerEntry } from '@/engine/run-view/model';
import { consequencesOf } from './consequences';

type Step = Record<string, unknown>;
const input = (path: string) => ({ method: 'POST', connection: 'shop', path, body: {} });
/** A step with an effect; with `undo` it can be undone. */
const act = (id: string, undo?: string): Step => ({
  id,
  kind: 'action',
  title: `Do ${id}`,
  activity: 'http.request',
  input: input(`/${id}`),
  effect: undo ? 'reversible' : 'irreversible',
  output: { type: 'object' },
  unknown: { policy: 'ask' },
  ...(undo ? { undo: { title: undo, activity: 'http.request', input: input(`/${id}/undo`) } } : {}),
});
const approval = (change: Step = {}): Step => ({
  id: 'approve',
  kind: 'approval',
  title: 'Approve it',
  question: 'Go on?',
  data: {},
  requireComment: 'never',
  ...change,
});
const choice = (id: string, steps: Step[]): Step => ({
  id,
  kind: 'choice',
  title: 'Which way?',
  branches: [{ id: `${id}-yes`, title: 'Yes', when: 'input.amount > 1', steps }],
  otherwise: { title: 'No', steps: [] },
});

async function manifestOf(steps: Step[]): Promise<FlowManifest> {
  const flow = {
    format: 1,
    name: 'asked',
    title: 'Asked',
    steps,
    input: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } },
  };
  const { manifest, diagnostics } = await compile(flow, { version: 1, catalogue, saga: readSagaSources() });
  if (!manifest) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return manifest;
}
/** The effects that remain, in the order in which they happened. */
function ledgerOf(manifest: FlowManifest, ...standing: string[]): Ledger {
  const undoable = standing.filter((id) => manifest.nodes[id]?.effect === 'reversible').reverse();
  const entries = standing.map((nodeId): LedgerEntry => {
    const node = manifest.document.steps.find(({ id }) => id === nodeId);
    return {
      nodeId,
      activityId: nodeId,
      title: manifest.nodes[nodeId]?.title ?? nodeId,
      state: 'standing',
      undoTitle: node?.kind === 'action' ? (node.undo?.title ?? null) : null,
      effect: undoable.includes(nodeId) ? 'reversible' : 'irreversible',
      undoOrder: undoable.includes(nodeId) ? undoable.indexOf(nodeId) + 1 : null,
      happened: 'yes',
      underWay: false,
      answersByMs: null,
      undoRan: false,
      mayBeUndone: false,
      answeredLateMs: null,
      sinceMs: 0,
      failure: null,
      decidedBy: null,
      carried: false,
      heldBy: null,
    };
  });
  return { entries, remains: entries.length, mayRemain: 0, left: entries.length };
}
async function told(steps: Step[], ...standing: string[]) {
  const manifest = await manifestOf(steps);
  return consequencesOf(manifest, ledgerOf(manifest, ...standing), 'approve');
}

test('[IC1] an approval runs the steps that follow, up to the end of the flow', async () => {
  const consequences = await told([act('a', 'Undo a'), approval(), act('b', 'Undo b'), act('c')], 'a');
  expect(consequences?.answers.approve).toMatchObject({
    runs: ['Do b', 'Do c'],
    then: 'Then the run ends.',
    undoes: [],
  });
});

test.each([
  ['chooses', choice('way', []), "Then 'Which way?' decides how it continues."],
  ['waits', { id: 'w', kind: 'wait', title: 'A day', duration: '1d' }, 'Then it waits: A day.'],
  ['asks again', approval({ id: 'again', title: 'Approve again' }), 'Then somebody is asked again: Approve again.'],
  [
    'fails',
    { id: 'f', kind: 'fail', title: 'Give up', errorType: 'Gone', message: 'x' },
    'Then the run fails: Give up.',
  ],
])('[IC1] an approval runs the steps that follow up to where the flow %s', async (_what, step, then) => {
  const after = step.kind === 'fail' ? [step] : [step, act('later')];
  expect((await told([approval(), act('b'), ...after]))?.answers.approve).toMatchObject({ runs: ['Do b'], then });
});

test('[IC1] a branch of a choice continues after the choice; one of a parallel waits for the others', async () => {
  const inChoice = await told([choice('way', [approval(), act('b')]), act('c')]);
  expect(inChoice?.answers.approve).toMatchObject({ runs: ['Do b', 'Do c'], then: 'Then the run ends.' });
  const fork = {
    id: 'fork',
    kind: 'parallel',
    title: 'Both',
    branches: [
      { id: 'one', title: 'One', steps: [approval(), act('b')] },
      { id: 'two', title: 'Two', steps: [act('d', 'Undo d')] },
    ],
  };
  expect((await told([fork, act('c')]))?.answers.approve).toMatchObject({
    runs: ['Do b'],
    then: "Then it waits for the other branches of 'Both'.",
  });
});

test('[IC2] a rejection runs the steps that the approval defines for it, then the steps that follow', async () => {
  const consequences = await told([act('a', 'Undo a'), approval({ onReject: [act('tell')] }), act('b')], 'a');
  expect(consequences?.answers.reject).toMatchObject({ kind: 'goesOn', runs: ['Do tell', 'Do b'], undoes: [] });
});

test.each([[['Rejected']], [[]]])('[IC3] a handler for %j runs instead of the unwinding', async (types) => {
  const handler = { types, scope: 'keep', then: [act('tell')] };
  const consequences = await told([act('a', 'Undo a'), approval({ catch: [handler] }), act('b')], 'a');
  expect(consequences?.answers.reject).toMatchObject({ kind: 'goesOn', runs: ['Do tell', 'Do b'], undoes: [] });
});

test('[IC3] a handler for another failure does not run', async () => {
  const handler = { types: ['ApprovalTimeout'], scope: 'keep', then: [act('tell')] };
  const consequences = await told([act('a', 'Undo a'), approval({ catch: [handler] })], 'a');
  expect(consequences?.answers.reject).toMatchObject({ kind: 'unwinds', undoes: [{ step: 'Do a', undo: 'Undo a' }] });
});

test('[IC4] without a handler the effects are undone, the last one first; effects without an undo remain', async () => {
  const steps = [act('a', 'Undo a'), act('b', 'Undo b'), act('mail'), approval(), act('c', 'Undo c')];
  const consequences = await told(steps, 'a', 'b', 'mail');
  expect(consequences?.answers.reject).toMatchObject({
    kind: 'unwinds',
    runs: [],
    stays: ['Do mail'],
    certain: true,
    undoes: [
      { step: 'Do b', undo: 'Undo b' },
      { step: 'Do a', undo: 'Undo a' },
    ],
  });
});

test('[IC4] a step that never ran or was already undone is not listed', async () => {
  const consequences = await told([act('a', 'Undo a'), act('b', 'Undo b'), approval()], 'a');
  expect(consequences?.answers.reject?.undoes.map(({ step }) => step)).toEqual(['Do a']);
  expect((await told([act('a', 'Undo a'), approval()]))?.answers.reject).toMatchObject({
    kind: 'fails',
    undoes: [],
    stays: [],
  });
});

test('the result of a missing answer is shown only if the approval has a time limit', async () => {
  expect((await told([approval({ timeout: '1d', onTimeout: 'reject' })]))?.onTimeout).toBe('reject');
  expect((await told([approval({ onTimeout: 'approve' })]))?.onTimeout).toBeNull();
});

test('a node that is not an approval has no consequences', async () => {
  const manifest = await manifestOf([act('a', 'Undo a'), approval()]);
  expect(consequencesOf(manifest, ledgerOf(manifest), 'a')).toBeNull();
  expect(consequencesOf(manifest, ledgerOf(manifest), 'nothing')).toBeNull();
});
