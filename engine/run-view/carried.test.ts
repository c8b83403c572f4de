/**
 * The page of a run that continues another one.
 *
 * Rules
 * [CAV1] What the runs before it have done is drawn as done, is in the ledger with its state, and is undone in the order
 *        of the chain.
 * [CAV2] Sensitive values in what a run carries are hidden by the schemas of the flow, in both events that have it.
 */
import { beforeAll, expect, it } from 'vitest';
import { compileFlow } from '../compiler/testing/golden-case';
import type { FlowManifest } from '../flow/manifest';
import type { Carried, CarriedEffect } from '../saga/carried';
import { packed } from '../saga/packed';
import { neighboursOf } from './chain';
import { maskOf } from './mask';
import type { RunEvent, RunFacts } from './model';
import { project } from './project';

const SECRET = 'DE89-3704-0044';
const text = { type: 'string' };
const call = (id: string, more: object) => ({
  id,
  title: id,
  kind: 'action',
  activity: 'http.request',
  input: { method: 'POST', connection: 'shop', path: '/do' },
  effect: 'reversible',
  lateCalls: 'refused',
  unknown: { policy: 'undo' },
  undo: { title: `Undo ${id}`, activity: 'http.request', input: { method: 'POST', connection: 'shop', path: '/undo' } },
  ...more,
});

let manifest: FlowManifest;
beforeAll(async () => {
  const account = { type: 'object', properties: { iban: { ...text, sensitive: true }, ref: text } };
  const compiled = await compileFlow({
    format: 1,
    name: 'collect',
    title: 'Collect',
    input: { type: 'object' },
    variables: { iban: { schema: { ...text, sensitive: true }, initial: '' } },
    signals: { paid: { title: 'Paid', schema: account, key: 'argument.iban' } },
    steps: [
      call('open', { output: account }),
      {
        id: 'loop',
        title: 'loop',
        kind: 'repeat',
        until: 'false',
        most: 1_000,
        steps: [call('use', {}), { id: 'paid', title: 'paid', kind: 'waitForSignal', signal: 'paid' }],
      },
      call('close', {}),
    ],
  });
  manifest = compiled.manifest!;
});

const effect = (activityId: string, seq: number, state: CarriedEffect['state']): CarriedEffect => ({
  activityId,
  title: activityId,
  effect: 'reversible',
  keys: null,
  state,
  happened: 'yes',
  undo: { title: 'Undo', activity: 'http.request', input: { iban: SECRET }, options: {}, onFailure: 'ask' },
  undoProblem: null,
  late: null,
  undoRan: false,
  mayBeUndone: false,
  seq,
});
const carried: Carried = {
  continues: 1,
  loop: { id: 'loop', next: 3 },
  failure: null,
  values: { iban: SECRET },
  outputs: { open: { iban: SECRET, ref: 'account 7' } },
  effects: packed({
    unwind: 'reverse',
    items: [
      effect('open', 1, 'standing'),
      { unwind: 'reverse', items: [effect('use~1', 2, 'undone'), effect('use~2', 3, 'standing')] },
    ],
  }),
  armed: 3,
  pivoted: false,
  nodes: { open: { state: 'done' } },
  signals: { paid: { kept: [{ iban: SECRET, ref: 'x' }], keys: [`"${SECRET}"`] } },
  tasks: {},
  deadlineAtMs: null,
  searchable: {},
};
const started: RunEvent = {
  id: 1,
  timeMs: 1,
  type: 'WorkflowExecutionStarted',
  attributes: { continuedExecutionRunId: 'before', input: [{}, carried] },
};

it('[CAV1] what the runs before it have done is drawn, listed and undone', () => {
  const facts: RunFacts = {
    status: 'running',
    events: [started],
    pending: [],
    nodes: null,
    workflowTask: null,
    nowMs: 2,
  };
  const { nodes, steps, ledger } = project(facts, manifest);
  expect([nodes.open?.state, nodes.close?.state]).toEqual(['done', 'notYet']);
  expect([steps['use~1']?.state, steps['use~2']?.state]).toEqual(['undone', 'done']);
  expect(ledger.left).toBe(2);
  expect(ledger.entries.map(({ activityId, state, undoOrder }) => [activityId, state, undoOrder])).toEqual([
    ['open', 'standing', 2],
    ['use~1', 'undone', null],
    ['use~2', 'standing', 1],
    ['close', 'notArmed', null],
  ]);
  const closed: RunEvent = {
    id: 2,
    timeMs: 3,
    type: 'WorkflowExecutionContinuedAsNew',
    attributes: { newExecutionRunId: 'next', input: [{}, carried] },
  };
  const ended = project({ ...facts, status: 'continuedAsNew', events: [started, closed] }, manifest);
  expect(ended.ledger.left).toBe(0);
  expect(ended.standing.sentence).toBe(
    'Continues as a new run. 2 effects belong to the next run now: open, use (round 2).'
  );
  expect(neighboursOf([started, closed])).toEqual({ before: 'before', next: 'next' });
});

it.each(['WorkflowExecutionStarted', 'WorkflowExecutionContinuedAsNew'])('[CAV2] in %s', (type) => {
  const shown = maskOf(manifest).event({ ...started, type });
  const written = JSON.stringify(shown);
  expect(written).not.toContain(SECRET);
  expect(written).toContain('account 7');
  expect(shown.attributes.input).toMatchObject([{}, { loop: { id: 'loop', next: 3 }, armed: 3 }]);
});
