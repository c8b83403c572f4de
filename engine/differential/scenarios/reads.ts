/** Reads: histories in pages, the server and its cluster, namespaces, search attributes, queues, and lists. */
import Long from 'long';
import { temporal } from '../../proto';
import { STATUS } from '../../run-name';
import { call, describe, json, jsons, NOBODYS_QUEUE, seconds, start, terminate, type Scenario } from '../scenario';

const { IndexedValueType: Type } = temporal.api.enums.v1;
type Attributes = temporal.api.operatorservice.v1.IAddSearchAttributesRequest['searchAttributes'];
type Register = temporal.api.workflowservice.v1.IRegisterNamespaceRequest;

const DAY = 86_400;
const register = (namespace: string, request: Register = {}) =>
  call('RegisterNamespace', { namespace, workflowExecutionRetentionPeriod: seconds(3 * DAY), ...request });
const signal = (workflowId: string, value: number) =>
  call(
    'SignalWorkflowExecution',
    { workflowExecution: { workflowId }, signalName: 'go', input: jsons(value) },
    { unread: true }
  );
type Found = { executions?: unknown[]; count?: number };
const listed = (count: number) => (answer: object) => ((answer as Found).executions?.length ?? 0) === count;

export const READS: Scenario[] = [
  { name: 'system-info', steps: [call('GetSystemInfo', {})] },
  { name: 'cluster-info', steps: [call('GetClusterInfo', {})] },
  {
    name: 'search-attribute-names',
    steps: [call('ListSearchAttributes', {}), call('GetSearchAttributes', {})],
  },
  {
    name: 'history-pages',
    steps: [
      start('history-pages', {}, { as: 'first' }),
      ...[1, 2, 3, 4, 5].map((value) => signal('history-pages', value)),
      ...(['GetWorkflowExecutionHistory', 'GetWorkflowExecutionHistoryReverse'] as const).flatMap((method) => [
        call(method, { execution: { workflowId: 'history-pages' }, maximumPageSize: 3 }, { as: method }),
        call(method, (get) => ({
          execution: { workflowId: 'history-pages' },
          maximumPageSize: 3,
          nextPageToken: Buffer.from(get(method, 'nextPageToken'), 'base64'),
        })),
        call(method, { execution: { workflowId: 'history-pages' } }),
        call(method, { execution: { workflowId: 'history-pages' }, maximumPageSize: -1 }),
        call(method, { execution: { workflowId: 'history-pages' }, nextPageToken: Buffer.from('made up') }),
      ]),
    ],
  },
  {
    name: 'history-of-the-close',
    steps: [
      start('history-of-the-close', {}, { as: 'first' }),
      call('GetWorkflowExecutionHistory', {
        execution: { workflowId: 'history-of-the-close' },
        historyEventFilterType: 2,
      }),
      terminate('history-of-the-close'),
      call('GetWorkflowExecutionHistory', {
        execution: { workflowId: 'history-of-the-close' },
        historyEventFilterType: 2,
        waitNewEvent: true,
      }),
      call('GetWorkflowExecutionHistory', { execution: { workflowId: 'history-of-the-close' }, waitNewEvent: true }),
    ],
  },
  {
    name: 'namespace-register',
    steps: [
      register('namespace-register', { description: 'a', ownerEmail: 'b@c.de', data: { team: 'x' } }),
      register('namespace-register'),
      call('DescribeNamespace', { namespace: 'namespace-register' }, { as: 'described' }),
      call('DescribeNamespace', (get) => ({ namespace: '', id: get('described', 'namespaceInfo.id') })),
      call('DescribeNamespace', (get) => ({
        namespace: 'namespace-register',
        id: get('described', 'namespaceInfo.id'),
      })),
    ],
  },
  {
    name: 'namespace-refused',
    steps: [
      register(''),
      register('x'.repeat(1_001)),
      register('namespace-refused-short', { workflowExecutionRetentionPeriod: seconds(60) }),
      register('namespace-refused-negative', { workflowExecutionRetentionPeriod: seconds(-DAY) }),
      register('namespace-refused-none', { workflowExecutionRetentionPeriod: null }),
      register('namespace-refused-cluster', { clusters: [{ clusterName: 'elsewhere' }] }),
      register('namespace-refused-active', { activeClusterName: 'elsewhere' }),
      register('namespace-refused-global', { isGlobalNamespace: true }),
      call('DescribeNamespace', { namespace: 'nowhere' }),
      call('DescribeNamespace', { namespace: '', id: '00000000-0000-4000-8000-000000000000' }),
      call('DescribeNamespace', { namespace: '' }),
      call('ListNamespaces', { nextPageToken: Buffer.from('made up') }),
    ],
  },
  {
    name: 'search-attributes',
    steps: [
      register('search-attributes'),
      call('ListSearchAttributes', { namespace: 'search-attributes' }, { until: () => true }),
      call(
        'AddSearchAttributes',
        {
          namespace: 'search-attributes',
          searchAttributes: { Colour: Type.INDEXED_VALUE_TYPE_KEYWORD, Pieces: Type.INDEXED_VALUE_TYPE_INT },
        },
        { until: () => true }
      ),
      call('AddSearchAttributes', {
        namespace: 'search-attributes',
        searchAttributes: { Colour: Type.INDEXED_VALUE_TYPE_KEYWORD },
      }),
      call(
        'ListSearchAttributes',
        { namespace: 'search-attributes' },
        { until: ({ customAttributes }) => Object.keys(customAttributes ?? {}).length === 2 }
      ),
      call('RemoveSearchAttributes', { namespace: 'search-attributes', searchAttributes: ['Pieces'] }),
      call('RemoveSearchAttributes', { namespace: 'search-attributes', searchAttributes: ['Unknown'] }),
      call(
        'ListSearchAttributes',
        { namespace: 'search-attributes' },
        { until: ({ customAttributes }) => Object.keys(customAttributes ?? {}).length === 1 }
      ),
    ],
  },
  {
    name: 'search-attributes-refused',
    steps: [
      call('AddSearchAttributes', {}),
      call('AddSearchAttributes', { searchAttributes: { WorkflowId: Type.INDEXED_VALUE_TYPE_KEYWORD } }),
      call('AddSearchAttributes', { searchAttributes: { BuildIds: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST } }),
      call('AddSearchAttributes', { searchAttributes: { ParentWorkflowId: Type.INDEXED_VALUE_TYPE_KEYWORD } }),
      call('AddSearchAttributes', { searchAttributes: { NamespaceId: Type.INDEXED_VALUE_TYPE_KEYWORD } }),
      call('AddSearchAttributes', { searchAttributes: { Untyped: Type.INDEXED_VALUE_TYPE_UNSPECIFIED } }),
      call('AddSearchAttributes', { searchAttributes: { Typed: 99 as number } as Attributes }),
      call('RemoveSearchAttributes', {}),
      call('RemoveSearchAttributes', { searchAttributes: ['WorkflowId'] }),
      call('RemoveSearchAttributes', { searchAttributes: ['ParentRunId'] }),
      call('ListSearchAttributes', { namespace: 'nowhere' }),
      call('AddSearchAttributes', {
        namespace: 'nowhere',
        searchAttributes: { Colour: Type.INDEXED_VALUE_TYPE_KEYWORD },
      }),
    ],
  },
  {
    name: 'task-queue',
    steps: [
      call('DescribeTaskQueue', { taskQueue: { name: 'task-queue' } }),
      call('DescribeTaskQueue', { taskQueue: { name: 'task-queue' }, taskQueueType: 2 }),
      call('DescribeTaskQueue', {}),
      call('DescribeTaskQueue', { taskQueue: { name: 'task-queue' }, namespace: 'nowhere' }),
    ],
  },
  {
    name: 'list-pages',
    steps: [
      ...[1, 2, 3, 4].map((number) =>
        start(`list-pages ${number}`, { workflowType: { name: 'list-pages' } }, { as: `run ${number}` })
      ),
      call('ListWorkflowExecutions', { query: "WorkflowType = 'list-pages'" }, { until: listed(4), unread: true }),
      ...(['ListWorkflowExecutions', 'ScanWorkflowExecutions'] as const).flatMap((method) => [
        call(method, { query: "WorkflowType = 'list-pages'", pageSize: 3 }, { as: method }),
        call(method, (get) => ({
          query: "WorkflowType = 'list-pages'",
          pageSize: 3,
          nextPageToken: Buffer.from(get(method, 'nextPageToken'), 'base64'),
        })),
        call(method, { query: "WorkflowType = 'list-pages'", pageSize: 4 }),
        call(method, { query: "WorkflowType = 'list-pages'", pageSize: -1 }),
        call(method, { query: 'Nothing = 1' }),
        call(method, { nextPageToken: Buffer.from('made up') }),
        call(method, { namespace: 'nowhere' }),
        call(method, { query: 'ORDER BY StartTime' }),
      ]),
      call('CountWorkflowExecutions', { query: "WorkflowType = 'list-pages'" }),
      call('CountWorkflowExecutions', { query: "WorkflowType = 'list-pages' GROUP BY ExecutionStatus" }),
      call('CountWorkflowExecutions', { query: 'Nothing = 1' }),
      call('CountWorkflowExecutions', { query: 'GROUP BY ExecutionStatus, WorkflowType' }),
    ],
  },
  {
    name: 'list-open-and-closed',
    steps: [
      ...['open', 'closed'].map((word) =>
        start(`list-open-and-closed ${word}`, { workflowType: { name: 'list-open-and-closed' } }, { as: word })
      ),
      terminate('list-open-and-closed closed', { unread: true }),
      call(
        'ListWorkflowExecutions',
        { query: "WorkflowType = 'list-open-and-closed' AND ExecutionStatus = 'Terminated'" },
        { until: listed(1) }
      ),
      call('ListOpenWorkflowExecutions', { startTimeFilter: {}, typeFilter: { name: 'list-open-and-closed' } }),
      call('ListOpenWorkflowExecutions', {
        startTimeFilter: {},
        executionFilter: { workflowId: 'list-open-and-closed open' },
      }),
      call('ListClosedWorkflowExecutions', { startTimeFilter: {}, typeFilter: { name: 'list-open-and-closed' } }),
      call('ListClosedWorkflowExecutions', {
        startTimeFilter: {},
        executionFilter: { workflowId: 'list-open-and-closed closed' },
      }),
      call('ListClosedWorkflowExecutions', {
        startTimeFilter: { earliestTime: { seconds: Long.fromNumber(4_000_000_000) } },
        statusFilter: { status: STATUS.terminated },
      }),
      call('ListClosedWorkflowExecutions', { startTimeFilter: {}, statusFilter: {} }),
      call('ListClosedWorkflowExecutions', { startTimeFilter: {}, statusFilter: { status: STATUS.running } }),
      call('ListOpenWorkflowExecutions', {
        startTimeFilter: {
          earliestTime: { seconds: Long.fromNumber(4_000_000_000) },
          latestTime: { seconds: Long.fromNumber(3_000_000_000) },
        },
      }),
    ],
  },
  {
    name: 'listed-attributes',
    steps: [
      start(
        'listed-attributes',
        {
          workflowType: { name: 'listed-attributes' },
          memo: { fields: { why: json('test') } },
          searchAttributes: {
            indexedFields: {
              CustomKeywordField: json('red'),
              CustomIntField: json(3),
              CustomDoubleField: json(2.5),
              CustomBoolField: json(true),
              CustomDatetimeField: json('2026-01-02T03:04:05Z'),
              CustomTextField: json('two words'),
              CustomKeywordListField: json(['a', 'b']),
            },
          },
        },
        { as: 'first' }
      ),
      call('ListWorkflowExecutions', { query: "WorkflowType = 'listed-attributes'" }, { until: listed(1) }),
      describe('listed-attributes'),
    ],
  },
  {
    name: 'delete',
    steps: [
      start('delete', {}, { as: 'first' }),
      terminate('delete'),
      call(
        'ListWorkflowExecutions',
        { query: "WorkflowId = 'delete' AND ExecutionStatus = 'Terminated'" },
        { until: listed(1), unread: true }
      ),
      call('DeleteWorkflowExecution', (get) => ({
        workflowExecution: { workflowId: 'delete', runId: get('first', 'runId') },
      })),
      call('ListWorkflowExecutions', { query: "WorkflowId = 'delete'" }, { until: listed(0) }),
      start('delete', { requestId: 'second', taskQueue: NOBODYS_QUEUE }, { as: 'second' }),
    ],
  },
  {
    name: 'reset-refused',
    steps: [
      start('reset-refused', {}, { as: 'first' }),
      ...[
        { workflowTaskFinishEventId: Long.fromNumber(4) },
        { workflowTaskFinishEventId: Long.fromNumber(3) },
        { workflowTaskFinishEventId: Long.fromNumber(1) },
        { workflowTaskFinishEventId: Long.fromNumber(0) },
        { workflowTaskFinishEventId: Long.fromNumber(-3) },
        { workflowTaskFinishEventId: Long.fromNumber(400) },
        { workflowTaskFinishEventId: Long.fromNumber(3), requestId: '' },
        { workflowTaskFinishEventId: Long.fromNumber(3), namespace: 'nowhere' },
      ].map((request) =>
        call('ResetWorkflowExecution', {
          workflowExecution: { workflowId: 'reset-refused' },
          requestId: 'again',
          reason: 'x',
          ...request,
        })
      ),
    ],
  },
];
