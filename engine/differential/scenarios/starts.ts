/** Starts: policies, repeated requests, what is kept of a request, and requests that are refused. */
import { temporal } from '../../proto';
import {
  call,
  describe,
  history,
  json,
  jsons,
  NOBODYS_QUEUE,
  seconds,
  start,
  terminate,
  type Scenario,
} from '../scenario';

const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporal.api.enums.v1;
type Start = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;

const REUSE = {
  'allow-duplicate': Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
  'allow-failed-only': Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
  reject: Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
  'terminate-running': Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
};
const CONFLICT = {
  fail: Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
  use: Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
  terminate: Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
};

/** The second start meets the first one, open and closed. */
const ofReuse = Object.entries(REUSE).map(([word, workflowIdReusePolicy]): Scenario => {
  const id = `reuse-${word}`;
  const again = (requestId: string): Start => ({ requestId, workflowIdReusePolicy });
  return {
    name: id,
    steps: [
      start(id, {}, { as: 'first' }),
      start(id, again('second'), { as: 'second' }),
      describe(id, (get) => get('first', 'runId')),
      terminate(id),
      start(id, again('third'), { as: 'third' }),
      describe(id),
    ],
  };
});

const ofConflict = Object.entries(CONFLICT).map(([word, workflowIdConflictPolicy]): Scenario => {
  const id = `conflict-${word}`;
  return {
    name: id,
    steps: [
      start(id, { workflowIdConflictPolicy }, { as: 'first' }),
      start(id, { workflowIdConflictPolicy, requestId: 'second' }, { as: 'second' }),
      describe(id, (get) => get('first', 'runId')),
      history(id),
      start(id, { workflowIdConflictPolicy, requestId: 'second' }),
      start(id, { workflowIdConflictPolicy }),
    ],
  };
});

/** Every combination of the two policies on an open run. */
const combinations: Scenario = {
  name: 'policies-together',
  steps: Object.entries(REUSE).flatMap(([reuse, workflowIdReusePolicy]) =>
    Object.entries(CONFLICT).flatMap(([conflict, workflowIdConflictPolicy]) => {
      const id = `policies-together-${reuse}-${conflict}`;
      return [
        start(id, {}, { as: `${id}.first` }),
        start(id, { workflowIdReusePolicy, workflowIdConflictPolicy, requestId: 'second' }, { as: `${id}.second` }),
      ];
    })
  ),
};

const onConflict = (word: string, onConflictOptions: Start['onConflictOptions']): Scenario => {
  const id = `on-conflict-${word}`;
  return {
    name: id,
    steps: [
      start(id, {}, { as: 'first' }),
      start(id, { requestId: 'second', workflowIdConflictPolicy: CONFLICT.use, onConflictOptions }, { as: 'second' }),
      describe(id),
      history(id),
      start(id, { requestId: 'second', workflowIdConflictPolicy: CONFLICT.use, onConflictOptions }),
    ],
  };
};

/** What a start says is in its history and its description. */
const kept = (word: string, request: Start): Scenario => {
  const id = `start-with-${word}`;
  return { name: id, steps: [start(id, request, { as: 'first' }), history(id), describe(id)] };
};

const everything: [string, Start][] = [
  ['nothing', {}],
  ['no-request-id', { requestId: '' }],
  ['input-and-header', { input: jsons('a', { b: 1 }), header: { fields: { trace: json('1') } } }],
  ['memo', { memo: { fields: { why: json('test'), empty: {} } } }],
  ['keyword', { searchAttributes: { indexedFields: { CustomKeywordField: json('red') } } }],
  ['delay', { workflowStartDelay: seconds(3_600) }],
  ['cron', { cronSchedule: '0 0 1 1 *' }],
  ['cron-of-an-hour', { cronSchedule: '@hourly' }],
  [
    'timeouts',
    { workflowExecutionTimeout: seconds(600), workflowRunTimeout: seconds(60), workflowTaskTimeout: seconds(5) },
  ],
  [
    'a-run-timeout-over-the-execution-timeout',
    { workflowExecutionTimeout: seconds(60), workflowRunTimeout: seconds(600) },
  ],
  ['a-long-task-timeout', { workflowTaskTimeout: seconds(3_600) }],
  ['a-task-timeout-over-the-run-timeout', { workflowRunTimeout: seconds(3), workflowTaskTimeout: seconds(60) }],
  ['an-execution-timeout', { workflowExecutionTimeout: seconds(600) }],
  ['an-execution-timeout-and-delay', { workflowExecutionTimeout: seconds(600), workflowStartDelay: seconds(3_600) }],
  ['a-retry-policy', { retryPolicy: { initialInterval: seconds(2), backoffCoefficient: 3, maximumAttempts: 4 } }],
  ['an-empty-retry-policy', { retryPolicy: {} }],
  [
    'a-retry-policy-without-types',
    { retryPolicy: { nonRetryableErrorTypes: ['Declined'], maximumInterval: seconds(7) } },
  ],
  ['user-metadata', { userMetadata: { summary: json('a'), details: json('b') } }],
  ['priority', { priority: { priorityKey: 2, fairnessKey: 'k', fairnessWeight: 2 } }],
  ['an-identity', { identity: 'me' }],
  ['an-eager-task', { requestEagerExecution: true }],
  [
    'a-link',
    {
      links: [
        {
          workflowEvent: {
            namespace: 'default',
            workflowId: 'other',
            runId: 'a',
            eventRef: { eventId: seconds(1).seconds },
          },
        },
      ],
    },
  ],
  ['the-result-of-a-last-run', { lastCompletionResult: jsons('before') }],
];

const long = 'x'.repeat(1_001);
const refused: [string, Start][] = [
  ['no workflow id', { workflowId: '' }],
  ['a long workflow id', { workflowId: long }],
  ['no type', { workflowType: null }],
  ['a long type', { workflowType: { name: long } }],
  ['no queue', { taskQueue: null }],
  ['an empty queue', { taskQueue: {} }],
  ['a long queue', { taskQueue: { name: long } }],
  ['a reserved queue', { taskQueue: { name: '/_sys/nobody/1' } }],
  ['a long request id', { requestId: long }],
  ['a negative execution timeout', { workflowExecutionTimeout: seconds(-1) }],
  ['a negative run timeout', { workflowRunTimeout: seconds(-1) }],
  ['a negative task timeout', { workflowTaskTimeout: seconds(-1) }],
  ['a negative delay', { workflowStartDelay: seconds(-1) }],
  ['a delay and a cron', { workflowStartDelay: seconds(1), cronSchedule: '@hourly' }],
  ['a bad cron', { cronSchedule: '1 2 3' }],
  ['six fields of a cron', { cronSchedule: '* * * * * *' }],
  ['a cron with a day that is not', { cronSchedule: '0 0 32 * *' }],
  ['a cron with an unknown zone', { cronSchedule: 'CRON_TZ=Mars/Base 0 0 * * *' }],
  ['a negative initial interval', { retryPolicy: { initialInterval: seconds(-1) } }],
  ['a coefficient under one', { retryPolicy: { backoffCoefficient: 0.5 } }],
  ['a negative maximum interval', { retryPolicy: { maximumInterval: seconds(-1) } }],
  [
    'a maximum under the initial interval',
    { retryPolicy: { initialInterval: seconds(5), maximumInterval: seconds(1) } },
  ],
  ['negative attempts', { retryPolicy: { maximumAttempts: -1 } }],
  ['an unknown attribute', { searchAttributes: { indexedFields: { Nothing: json(1) } } }],
  ['an attribute of another type', { searchAttributes: { indexedFields: { CustomIntField: json('one') } } }],
  ['an attribute of the system', { searchAttributes: { indexedFields: { WorkflowId: json('a') } } }],
  ['a priority below the first', { priority: { priorityKey: -1 } }],
  ['a priority above the last', { priority: { priorityKey: 6 } }],
  ['a long fairness key', { priority: { fairnessKey: 'x'.repeat(65) } }],
  ['no namespace', { namespace: '' }],
  ['an unknown namespace', { namespace: 'nowhere' }],
  ['callbacks without the request id', { onConflictOptions: { attachCompletionCallbacks: true } }],
];

const badFields: Scenario = {
  name: 'start-refused',
  steps: refused.map(([word, request]) => start(`start-refused ${word}`, request)),
};

const badAttributes: Scenario = {
  name: 'start-attribute-types',
  steps: (
    [
      ['CustomIntField', 1],
      ['CustomIntField', 1.5],
      ['CustomIntField', '1'],
      ['CustomDoubleField', 1],
      ['CustomDoubleField', 1.5],
      ['CustomDoubleField', true],
      ['CustomBoolField', true],
      ['CustomBoolField', 'true'],
      ['CustomDatetimeField', '2026-01-02T03:04:05Z'],
      ['CustomDatetimeField', '2026-01-02'],
      ['CustomKeywordField', 'a'],
      ['CustomKeywordField', 7],
      ['CustomKeywordField', ['a']],
      ['CustomKeywordField', ['a', 'b']],
      ['CustomTextField', 'a b'],
      ['CustomTextField', ['a b', 'c']],
      ['CustomKeywordListField', ['a', 'b']],
      ['CustomKeywordListField', 'a'],
      ['CustomKeywordListField', [1]],
      ['CustomKeywordListField', []],
      ['CustomIntField', null],
    ] as const
  ).map(([name, value], index) =>
    start(
      `start-attribute-types ${index} ${name} ${JSON.stringify(value)}`,
      {
        searchAttributes: { indexedFields: { [name]: json(value) } },
      },
      { as: `start ${index}` }
    )
  ),
};

const repeated: Scenario = {
  name: 'start-repeated',
  steps: [
    start('start-repeated', {}, { as: 'first' }),
    start('start-repeated'),
    start('start-repeated', { workflowType: { name: 'other' } }),
    terminate('start-repeated'),
    start('start-repeated'),
    start('start-repeated', { workflowIdReusePolicy: REUSE.reject }),
    start('start-repeated', { requestId: 'another' }, { as: 'second' }),
    start('start-repeated'),
  ],
};

const twoQueues: Scenario = {
  name: 'start-queue-kinds',
  steps: [
    start('start-queue-kinds sticky', { taskQueue: { ...NOBODYS_QUEUE, kind: 2, normalName: 'nobody' } }),
    start('start-queue-kinds normal', { taskQueue: { ...NOBODYS_QUEUE, kind: 1 } }, { as: 'normal' }),
    call('GetWorkflowExecutionHistory', { execution: { workflowId: 'start-queue-kinds normal' } }),
  ],
};

export const STARTS: Scenario[] = [
  ...ofReuse,
  ...ofConflict,
  combinations,
  onConflict('request-id', { attachRequestId: true }),
  onConflict('links', { attachRequestId: true, attachLinks: true }),
  onConflict('nothing', {}),
  ...everything.map(([word, request]) => kept(word, request)),
  badFields,
  badAttributes,
  repeated,
  twoQueues,
];
