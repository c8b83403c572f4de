/** A flow with a long loop, and a flow that runs it as a child, compiled: for tests of chains of flows on the engine. */
import { compileFlow, SAGA_ALIAS, sagaModules } from '../../compiler/testing/golden-case';
import { flowEntryName } from '../../flow/catalogue';
import { flowEntry } from '../../flow/flow-entry';
import type { WorkflowSource } from '../../history/testing/proof';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { remaining } from '../../run-view/remaining';
import type { EffectCounter } from '../effect-counts';

export const ROUNDS = 12;
const post = (path: string) => ({ method: 'POST', connection: 'shop', path });
const go = { go: { title: 'Go', schema: { type: 'null' } } };
const waits = { id: 'wait', title: 'Wait', kind: 'waitForSignal', signal: 'go' };
const rounds = {
  format: 1,
  name: 'rounds',
  title: 'Rounds',
  input: { type: 'object', properties: { fails: { type: 'boolean' } } },
  variables: { n: { schema: { type: 'integer' }, initial: 0 } },
  signals: go,
  steps: [
    {
      id: 'loop',
      title: 'Loop',
      kind: 'repeat',
      while: `n < ${ROUNDS}`,
      most: 1_000,
      steps: [
        {
          id: 'book',
          title: 'Book',
          kind: 'action',
          activity: 'http.request',
          input: post('/book'),
          effect: 'reversible',
          lateCalls: 'refused',
          unknown: { policy: 'undo' },
          undo: { title: 'Unbook', activity: 'http.request', input: post('/unbook') },
        },
        { id: 'count', title: 'Count', kind: 'set', values: { n: { $expr: 'n + 1' } } },
      ],
    },
    waits,
    {
      id: 'outcome',
      title: 'Outcome',
      kind: 'choice',
      branches: [
        {
          id: 'bad',
          title: 'Bad',
          when: 'input.fails === true',
          steps: [{ id: 'fail', title: 'Fail', kind: 'fail', errorType: 'Odd', message: 'odd' }],
        },
      ],
    },
  ],
};
export const child = await compileFlow(rounds);
const flows = { [flowEntryName('rounds')]: flowEntry(child.manifest!) };
const parent = await compileFlow(
  {
    format: 1,
    name: 'parent',
    title: 'Parent',
    input: { type: 'object' },
    signals: go,
    steps: [
      { id: 'run', title: 'Run', kind: 'child', flow: 'rounds', input: {}, waits: 'end' },
      waits,
      { id: 'fail', title: 'Fail', kind: 'fail', errorType: 'Odd', message: 'odd' },
    ],
  },
  flows
);
const named = { child, parent };
export const source = {
  entry: 'entry.ts',
  modules: {
    ...sagaModules,
    ...Object.fromEntries(
      Object.entries(named).flatMap(([folder, { files }]) =>
        Object.entries(files).map(([file, code]) => [`${folder}/${file}`, code])
      )
    ),
    'entry.ts': `export { rounds_v1 } from './child/workflow';\nexport { parent_v1 } from './parent/workflow';`,
  },
  alias: SAGA_ALIAS,
} satisfies WorkflowSource;

/** As versions/effect-counter.ts. */
export const counter: EffectCounter = {
  knows: (type) => type === 'rounds_v1' || type === 'parent_v1',
  count: (type, events, _afterClose, passedOn) => {
    const { manifest } = type === 'rounds_v1' ? child : parent;
    return Promise.resolve(
      remaining(eventsFromHistory({ events }), manifest!, { pending: null, settlements: [], passedOn })
    );
  },
};
