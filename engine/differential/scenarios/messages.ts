/** What is sent to runs: signals, cancellations, terminations, queries, updates, and starts that send something. */
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

const { WorkflowIdConflictPolicy: Conflict, UpdateWorkflowExecutionLifecycleStage: Stage } = temporal.api.enums.v1;
type SignalWithStart = temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;
type Signal = temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest;

const OTHER_RUN = '00000000-0000-4000-8000-000000000000';
const signal = (workflowId: string, request: Signal = {}) =>
  call('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: 'go', ...request });
const signalWithStart = (workflowId: string, request: SignalWithStart = {}, as?: string) =>
  call(
    'SignalWithStartWorkflowExecution',
    {
      workflowId,
      workflowType: { name: 'order' },
      taskQueue: NOBODYS_QUEUE,
      requestId: `start of ${workflowId}`,
      signalName: 'go',
      ...request,
    },
    as ? { as } : {}
  );
const cancel = (
  workflowId: string,
  request: temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionRequest = {}
) => call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId }, ...request });

/** The same execution for every request that names one. */
const toExecution = (word: string, execution: temporal.api.common.v1.IWorkflowExecution): Scenario => ({
  name: `addressed-${word}`,
  steps: [
    call('SignalWorkflowExecution', { workflowExecution: execution, signalName: 'go' }),
    call('RequestCancelWorkflowExecution', { workflowExecution: execution }),
    call('TerminateWorkflowExecution', { workflowExecution: execution }),
    call('QueryWorkflow', { execution, query: { queryType: 'total' } }),
    call('UpdateWorkflowExecution', {
      workflowExecution: execution,
      request: { meta: { updateId: 'u' }, input: { name: 'set' } },
    }),
    call('PollWorkflowExecutionUpdate', { updateRef: { workflowExecution: execution, updateId: 'u' } }),
    call('DescribeWorkflowExecution', { execution }),
    call('GetWorkflowExecutionHistory', { execution }),
    call('GetWorkflowExecutionHistoryReverse', { execution }),
    call('ResetWorkflowExecution', {
      workflowExecution: execution,
      workflowTaskFinishEventId: seconds(4).seconds,
      requestId: 'r',
    }),
    call('DeleteWorkflowExecution', { workflowExecution: execution }),
  ],
});

export const MESSAGES: Scenario[] = [
  toExecution('to-nobody', { workflowId: 'addressed-to-nobody' }),
  toExecution('to-another-run', { workflowId: 'addressed-to-another-run', runId: OTHER_RUN }),
  toExecution('to-a-malformed-run', { workflowId: 'addressed-to-a-malformed-run', runId: 'first' }),
  toExecution('to-no-id', {}),
  toExecution('to-a-long-id', { workflowId: 'x'.repeat(1_001) }),
  {
    name: 'signal',
    steps: [
      start('signal', {}, { as: 'first' }),
      signal('signal', { input: jsons(1), requestId: 'one', header: { fields: { trace: json('t') } } }),
      signal('signal', { input: jsons(1), requestId: 'one' }),
      signal('signal', { input: jsons(2) }),
      history('signal'),
      describe('signal'),
    ],
  },
  {
    name: 'signal-refused',
    steps: [
      start('signal-refused', {}, { as: 'first' }),
      signal('signal-refused', { signalName: '' }),
      signal('signal-refused', { signalName: 'x'.repeat(1_001) }),
      signal('signal-refused', { requestId: 'x'.repeat(1_001) }),
      signal('signal-refused', { namespace: 'nowhere' }),
      signal('signal-refused', { workflowExecution: null }),
      terminate('signal-refused'),
      signal('signal-refused'),
    ],
  },
  {
    name: 'signal-during-delay',
    steps: [
      start('signal-during-delay', { workflowStartDelay: seconds(3_600) }, { as: 'first' }),
      signal('signal-during-delay'),
      history('signal-during-delay'),
      describe('signal-during-delay'),
    ],
  },
  {
    name: 'signal-during-cron',
    steps: [
      start('signal-during-cron', { cronSchedule: '0 0 1 1 *' }, { as: 'first' }),
      signal('signal-during-cron'),
      history('signal-during-cron'),
      describe('signal-during-cron'),
    ],
  },
  {
    name: 'signal-with-start',
    steps: [
      signalWithStart('signal-with-start', { signalInput: jsons(1) }, 'first'),
      signalWithStart('signal-with-start', { requestId: 'second', signalInput: jsons(2) }, 'second'),
      signalWithStart('signal-with-start', { requestId: 'second', signalInput: jsons(2) }),
      history('signal-with-start'),
      describe('signal-with-start'),
    ],
  },
  ...(['fail', 'use-existing', 'terminate-existing'] as const).map((word): Scenario => {
    const id = `signal-with-start-${word}`;
    const workflowIdConflictPolicy = {
      fail: Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
      'use-existing': Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
      'terminate-existing': Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
    }[word];
    return {
      name: id,
      steps: [
        start(id, {}, { as: 'first' }),
        signalWithStart(id, { workflowIdConflictPolicy, requestId: 'second' }, 'second'),
        describe(id, (get) => get('first', 'runId')),
        history(id),
      ],
    };
  }),
  {
    name: 'signal-with-start-after-close',
    steps: [
      start('signal-with-start-after-close', {}, { as: 'first' }),
      terminate('signal-with-start-after-close'),
      signalWithStart('signal-with-start-after-close', { requestId: 'second', workflowIdReusePolicy: 3 }),
      signalWithStart('signal-with-start-after-close', { requestId: 'second', workflowIdReusePolicy: 2 }, 'second'),
      describe('signal-with-start-after-close'),
    ],
  },
  {
    name: 'signal-with-start-delayed',
    steps: [
      signalWithStart('signal-with-start-delayed', { workflowStartDelay: seconds(3_600) }, 'first'),
      describe('signal-with-start-delayed'),
      history('signal-with-start-delayed'),
    ],
  },
  {
    name: 'signal-with-start-refused',
    steps: (
      [
        { signalName: '' },
        { workflowId: '' },
        { workflowType: null },
        { taskQueue: null },
        { workflowIdReusePolicy: 4, workflowIdConflictPolicy: 2 },
        { workflowIdReusePolicy: 3, workflowIdConflictPolicy: 3 },
        { requestId: 'x'.repeat(1_001) },
        { signalName: 'x'.repeat(1_001) },
        { cronSchedule: 'never' },
        { workflowRunTimeout: seconds(-1) },
        { retryPolicy: { maximumAttempts: -1 } },
      ] satisfies SignalWithStart[]
    ).map((request) => signalWithStart('signal-with-start-refused', request)),
  },
  {
    name: 'cancel',
    steps: [
      start('cancel', {}, { as: 'first' }),
      cancel('cancel', { reason: 'late', requestId: 'one' }),
      cancel('cancel', { reason: 'late', requestId: 'one' }),
      cancel('cancel', { reason: 'later', requestId: 'two' }),
      history('cancel'),
      describe('cancel'),
      terminate('cancel'),
      cancel('cancel'),
    ],
  },
  {
    name: 'cancel-of-another-chain',
    steps: [
      start('cancel-of-another-chain', {}, { as: 'first' }),
      cancel('cancel-of-another-chain', { firstExecutionRunId: OTHER_RUN }),
      call('TerminateWorkflowExecution', {
        workflowExecution: { workflowId: 'cancel-of-another-chain' },
        firstExecutionRunId: OTHER_RUN,
      }),
      call('UpdateWorkflowExecution', {
        workflowExecution: { workflowId: 'cancel-of-another-chain' },
        firstExecutionRunId: OTHER_RUN,
        request: { meta: { updateId: 'u' }, input: { name: 'set' } },
      }),
      cancel('cancel-of-another-chain', { firstExecutionRunId: 'malformed' }),
      call('TerminateWorkflowExecution', (get) => ({
        workflowExecution: { workflowId: 'cancel-of-another-chain' },
        firstExecutionRunId: get('first', 'runId'),
      })),
    ],
  },
  {
    name: 'cancel-during-delay',
    steps: [
      start('cancel-during-delay', { workflowStartDelay: seconds(3_600) }, { as: 'first' }),
      cancel('cancel-during-delay'),
      history('cancel-during-delay'),
      describe('cancel-during-delay'),
    ],
  },
  {
    name: 'terminate',
    steps: [
      start('terminate', {}, { as: 'first' }),
      call('TerminateWorkflowExecution', {
        workflowExecution: { workflowId: 'terminate' },
        reason: 'because',
        details: jsons({ more: true }),
      }),
      history('terminate'),
      describe('terminate'),
      terminate('terminate'),
      call('GetWorkflowExecutionHistory', { execution: { workflowId: 'terminate' }, historyEventFilterType: 2 }),
    ],
  },
  {
    name: 'terminate-without-reason',
    steps: [
      start('terminate-without-reason', {}, { as: 'first' }),
      call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'terminate-without-reason' } }),
      history('terminate-without-reason'),
    ],
  },
  {
    name: 'query-refused',
    steps: [
      start('query-refused', {}, { as: 'first' }),
      call('QueryWorkflow', { execution: { workflowId: 'query-refused' } }),
      call('QueryWorkflow', { execution: { workflowId: 'query-refused' }, query: {} }),
      call('QueryWorkflow', {
        execution: { workflowId: 'query-refused' },
        query: { queryType: 'q' },
        namespace: 'nowhere',
      }),
      terminate('query-refused'),
      call('QueryWorkflow', {
        execution: { workflowId: 'query-refused' },
        query: { queryType: 'q' },
        queryRejectCondition: temporal.api.enums.v1.QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN,
      }),
      call('QueryWorkflow', {
        execution: { workflowId: 'query-refused' },
        query: { queryType: 'q' },
        queryRejectCondition: temporal.api.enums.v1.QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY,
      }),
    ],
  },
  {
    name: 'update-refused',
    steps: [
      start('update-refused', {}, { as: 'first' }),
      ...[
        {},
        { request: {} },
        { request: { meta: {} } },
        { request: { meta: { updateId: 'u' } } },
        { request: { meta: { updateId: 'u' }, input: {} } },
        {
          request: { meta: { updateId: 'u' }, input: { name: 'set' } },
          waitPolicy: { lifecycleStage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED },
        },
        { request: { meta: { updateId: 'x'.repeat(1_001) }, input: { name: 'set' } } },
        { request: { meta: { updateId: 'u' }, input: { name: 'set' } }, namespace: 'nowhere' },
      ].map((request) =>
        call('UpdateWorkflowExecution', { workflowExecution: { workflowId: 'update-refused' }, ...request })
      ),
      call('PollWorkflowExecutionUpdate', {}),
      call('PollWorkflowExecutionUpdate', { updateRef: { workflowExecution: { workflowId: 'update-refused' } } }),
      call('PollWorkflowExecutionUpdate', {
        updateRef: { workflowExecution: { workflowId: 'update-refused' }, updateId: 'nothing' },
      }),
      terminate('update-refused'),
      call('UpdateWorkflowExecution', {
        workflowExecution: { workflowId: 'update-refused' },
        request: { meta: { updateId: 'u' }, input: { name: 'set' } },
      }),
    ],
  },
  {
    name: 'update-with-start-refused',
    steps: (
      [
        [],
        [{ startWorkflow: {} }],
        [{ updateWorkflow: {} }, { startWorkflow: {} }],
        [{ startWorkflow: {} }, { startWorkflow: {} }],
        [{ startWorkflow: {} }, { updateWorkflow: {} }],
        [{ startWorkflow: whole('a', {}) }, { updateWorkflow: updateOf('b') }],
        [{ startWorkflow: whole('a', { cronSchedule: '@hourly' }) }, { updateWorkflow: updateOf('a') }],
        [{ startWorkflow: whole('a', { workflowStartDelay: seconds(5) }) }, { updateWorkflow: updateOf('a') }],
        [{ startWorkflow: whole('a', { requestEagerExecution: true }) }, { updateWorkflow: updateOf('a') }],
        [{ startWorkflow: whole('a', { namespace: 'nowhere' }) }, { updateWorkflow: updateOf('a') }],
        [
          { startWorkflow: whole('a', {}) },
          { updateWorkflow: { ...updateOf('a'), request: { meta: { updateId: 'u' } } } },
        ],
        [
          { startWorkflow: whole('a', {}) },
          {
            updateWorkflow: {
              ...updateOf('a'),
              workflowExecution: { workflowId: 'update-with-start-refused-a', runId: OTHER_RUN },
            },
          },
        ],
        [{ startWorkflow: whole('a', {}) }, { updateWorkflow: { ...updateOf('a'), firstExecutionRunId: OTHER_RUN } }],
      ] satisfies temporal.api.workflowservice.v1.ExecuteMultiOperationRequest.IOperation[][]
    ).map((operations) => call('ExecuteMultiOperation', { operations })),
  },
];

function whole(
  id: string,
  more: temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest
): temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest {
  return {
    namespace: 'default',
    workflowId: `update-with-start-refused-${id}`,
    workflowType: { name: 'order' },
    taskQueue: NOBODYS_QUEUE,
    requestId: 'start',
    workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
    ...more,
  };
}

function updateOf(id: string): temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest {
  return {
    namespace: 'default',
    workflowExecution: { workflowId: `update-with-start-refused-${id}` },
    waitPolicy: { lifecycleStage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
    request: { meta: { updateId: 'u' }, input: { name: 'set' } },
  };
}
