/**
 * List filters: a set of runs with search attributes of every type, and filters on it, some written by hand, the rest
 * drawn at random under a fixed seed. What is compared is which runs a filter finds, or that it is refused.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { json, NAMESPACE, NOBODYS_QUEUE, seconds } from './scenario';
import type { Wire } from './wire';

/** Fields and comparisons as the documentation of Temporal has them, and what a user gets wrong. */
const WRITTEN = [
  '',
  "WorkflowId = 'run-1'",
  "WorkflowId != 'run-1'",
  "WorkflowId IN ('run-1', 'run-2', 'nobody')",
  "WorkflowId NOT IN ('run-1', 'run-2')",
  "WorkflowId STARTS_WITH 'run-1'",
  "WorkflowId NOT STARTS_WITH 'run-1'",
  "WorkflowId BETWEEN 'run-2' AND 'run-4'",
  "WorkflowId > 'run-5'",
  "WorkflowType = 'refund'",
  'WorkflowType = "refund"',
  "`WorkflowType` = 'refund'",
  "workflowtype = 'refund'",
  'WorkflowType = refund',
  "TaskQueue = 'nobody'",
  "TaskQueue = 'other'",
  "ExecutionStatus = 'Running'",
  "ExecutionStatus = 'running'",
  "ExecutionStatus = 'TERMINATED'",
  "ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TERMINATED'",
  "ExecutionStatus = 'TimedOut'",
  "ExecutionStatus = 'Timed_Out'",
  "ExecutionStatus != 'Running'",
  "ExecutionStatus IN ('Terminated', 'TimedOut')",
  "ExecutionStatus NOT IN ('Terminated', 'TimedOut')",
  'ExecutionStatus = 1',
  'ExecutionStatus = 5',
  'ExecutionStatus = 99',
  "ExecutionStatus = 'Unknown'",
  "ExecutionStatus > 'Running'",
  "ExecutionStatus STARTS_WITH 'Run'",
  'ExecutionStatus IS NULL',
  "StartTime > '2020-01-01T00:00:00Z'",
  "StartTime < '2020-01-01T00:00:00Z'",
  "StartTime BETWEEN '2020-01-01T00:00:00Z' AND '2099-01-01T00:00:00.123456Z'",
  "StartTime > '2020-01-01'",
  "StartTime > '2020-01-01T00:00:00+02:00'",
  'StartTime > 1577836800000000000',
  "StartTime > 'yesterday'",
  'StartTime IS NOT NULL',
  'CloseTime IS NULL',
  'CloseTime IS NOT NULL',
  "CloseTime > '2020-01-01T00:00:00Z'",
  "ExecutionTime > '2020-01-01T00:00:00Z'",
  'HistoryLength > 0',
  'HistoryLength IS NULL',
  'HistoryLength = 3',
  "HistoryLength = '3'",
  'HistoryLength = 3.5',
  'HistorySizeBytes > 10',
  'StateTransitionCount > 0',
  'StateTransitionCount = 2',
  'StateTransitionCount IS NULL',
  "ExecutionDuration > '1h'",
  "ExecutionDuration < '1h'",
  "ExecutionDuration < '01:00:00'",
  "ExecutionDuration < '3600s'",
  'ExecutionDuration < 3600000000000',
  "ExecutionDuration < '1d'",
  "ExecutionDuration < 'long'",
  'ExecutionDuration IS NULL',
  'ExecutionDuration < 1.5',
  'ParentWorkflowId IS NULL',
  "ParentWorkflowId = 'run-1'",
  "RootWorkflowId = 'run-1'",
  "RootWorkflowId STARTS_WITH 'run-1'",
  "RootWorkflowId IN ('run-1', 'run-2')",
  "CustomKeywordField = 'red'",
  "CustomKeywordField != 'red'",
  "CustomKeywordField IN ('red', 'blue')",
  "CustomKeywordField STARTS_WITH 're'",
  "CustomKeywordField STARTS_WITH ''",
  "CustomKeywordField > 'c'",
  'CustomKeywordField = 7',
  "CustomKeywordField = ''",
  "CustomKeywordField = 'it''s'",
  'CustomKeywordField = "it\'s"',
  "CustomKeywordField = 'a\\\\b'",
  "CustomKeywordField = '100%'",
  "CustomKeywordField LIKE 're%'",
  'CustomKeywordField IS NULL',
  'CustomKeywordField IS NOT NULL',
  'CustomKeywordField IS TRUE',
  "NOT CustomKeywordField = 'red'",
  "CustomTextField = 'late'",
  "CustomTextField = 'parcel late'",
  "CustomTextField = 'LATE'",
  "CustomTextField != 'late'",
  "CustomTextField > 'late'",
  "CustomTextField IN ('late', 'parcel')",
  "CustomTextField STARTS_WITH 'par'",
  'CustomTextField IS NULL',
  "CustomTextField = ''",
  "CustomKeywordListField = 'a'",
  "CustomKeywordListField != 'a'",
  "CustomKeywordListField IN ('a', 'c')",
  "CustomKeywordListField NOT IN ('a', 'c')",
  "CustomKeywordListField STARTS_WITH 'a'",
  "CustomKeywordListField > 'a'",
  'CustomKeywordListField IS NULL',
  'CustomIntField = 3',
  'CustomIntField != 3',
  'CustomIntField > 3',
  'CustomIntField BETWEEN 2 AND 4',
  'CustomIntField NOT BETWEEN 2 AND 4',
  'CustomIntField IN (1, 3)',
  'CustomIntField = -1',
  'CustomIntField = 3.5',
  "CustomIntField = '3'",
  "CustomIntField = 'three'",
  'CustomIntField IS NULL',
  'CustomIntField STARTS_WITH 3',
  'CustomDoubleField = 2.5',
  'CustomDoubleField > 2',
  'CustomDoubleField BETWEEN 1 AND 3.5',
  "CustomDoubleField = '2.5'",
  'CustomBoolField = true',
  'CustomBoolField = false',
  "CustomBoolField = 'true'",
  'CustomBoolField != true',
  'CustomBoolField > true',
  'CustomBoolField IS NULL',
  'CustomBoolField = 1',
  "CustomDatetimeField = '2026-01-02T03:04:05Z'",
  "CustomDatetimeField > '2026-01-01T00:00:00Z'",
  "CustomDatetimeField BETWEEN '2026-01-01T00:00:00Z' AND '2026-01-03T00:00:00Z'",
  'CustomDatetimeField IS NULL',
  "CustomKeywordField = 'red' AND CustomIntField > 1",
  "CustomKeywordField = 'red' OR CustomIntField > 1",
  "CustomKeywordField = 'red' OR CustomIntField > 1 AND CustomBoolField = true",
  "(CustomKeywordField = 'red' OR CustomIntField > 1) AND CustomBoolField = true",
  "NOT (CustomKeywordField = 'red' OR CustomIntField > 1)",
  "customkeywordfield = 'red'",
  "CustomKeywordField='red' and CustomIntField>1",
  "Nothing = 'x'",
  "'red' = CustomKeywordField",
  "CustomKeywordField = 'red",
  'CustomKeywordField =',
  "CustomKeywordField = 'red' AND",
  "(CustomKeywordField = 'red'",
  "CustomKeywordField == 'red'",
  "CustomKeywordField <> 'red'",
  'CustomKeywordField',
  '1 = 1',
  'WorkflowId = RunId',
  "RunId = 'not-a-run'",
  'RunId IS NOT NULL',
  "WorkflowId = 'run-1' ORDER BY StartTime",
  'ORDER BY CustomIntField',
  "WorkflowId = 'run-1'; DELETE FROM runs",
  "WorkflowId = 'run-1' -- more",
  "WorkflowId = 'run-1' LIMIT 1",
  "TemporalChangeVersion = 'a'",
  "BuildIds = 'a'",
  'BuildIds IS NULL',
] as const;

const DRAWN = 100;
const SEED = 20261130;

/** The same for every caller. */
export const FILTERS: readonly string[] = [...new Set([...WRITTEN, ...drawn(DRAWN, SEED)])];

function drawn(count: number, seed: number): string[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const TEXTS = ["'red'", "'blue'", "'r'", "'run-3'", "'refund'"] as const;
  const ORDERED = ['=', '!=', '<', '<=', '>', '>='] as const;
  const comparison = (): string => {
    switch (below(8)) {
      case 0:
        return `${one(['WorkflowId', 'CustomKeywordField', 'WorkflowType'])} ${one(ORDERED)} ${one(TEXTS)}`;
      case 1:
        return `${one(['CustomIntField', 'CustomDoubleField'])} ${one(ORDERED)} ${below(6)}`;
      case 2:
        return `${one(['CustomKeywordField', 'WorkflowId'])} ${one(['STARTS_WITH', 'NOT STARTS_WITH'])} ${one(TEXTS)}`;
      case 3:
        return `CustomIntField ${one(['BETWEEN', 'NOT BETWEEN'])} ${below(4)} AND ${below(6)}`;
      case 4:
        return `${one(['CustomKeywordField', 'CustomTextField', 'CustomBoolField', 'CloseTime'])} IS ${one(['NULL', 'NOT NULL'])}`;
      case 5:
        return `${one(['CustomKeywordField', 'CustomKeywordListField'])} ${one(['IN', 'NOT IN'])} (${one(TEXTS)}, ${one(["'a'", "'blue'"])})`;
      case 6:
        return `ExecutionStatus ${one(['=', '!='])} ${one(["'Running'", "'Terminated'", "'Completed'"])}`;
      default:
        return `CustomBoolField ${one(['=', '!='])} ${one(['true', 'false'])}`;
    }
  };
  const query = (depth: number): string => {
    if (depth === 0 || below(3) === 0) return comparison();
    if (below(5) === 0) return `NOT (${query(depth - 1)})`;
    return `(${query(depth - 1)} ${one(['AND', 'OR'])} ${query(depth - 1)})`;
  };
  return Array.from({ length: count }, () => query(2));
}

type Values = Record<string, unknown>;
/** By workflow id. */
const RUNS: Record<string, { type: string; ends?: 'terminated' | 'timed out'; values: Values }> = {
  'run-1': { type: 'order', values: { CustomKeywordField: 'red', CustomIntField: 1, CustomBoolField: true } },
  'run-2': {
    type: 'order',
    values: { CustomKeywordField: 'blue', CustomIntField: 2, CustomDoubleField: 2.5, CustomTextField: 'a late parcel' },
  },
  'run-3': { type: 'refund', values: { CustomKeywordField: "it's", CustomIntField: 3, CustomBoolField: false } },
  'run-4': {
    type: 'refund',
    ends: 'terminated',
    values: { CustomKeywordListField: ['a', 'b'], CustomDatetimeField: '2026-01-02T03:04:05Z', CustomIntField: 4 },
  },
  'run-5': { type: 'order', ends: 'terminated', values: { CustomKeywordField: 'red', CustomTextField: 'parcel' } },
  'run-6': { type: 'order', values: { CustomKeywordListField: ['c'], CustomDoubleField: 3, CustomBoolField: true } },
  'run-7': { type: 'order', ends: 'timed out', values: { CustomKeywordField: '100%', CustomIntField: -1 } },
  'run-8': { type: 'refund', values: {} },
  'run-9': { type: 'Order', values: { CustomKeywordField: 'Red', CustomTextField: 'Late' } },
  'run-10': { type: 'order', values: { CustomKeywordField: '', CustomIntField: 0, CustomDoubleField: 0 } },
};

/** Starts the runs, and waits until lists show all of them as they end. */
async function begin(wire: Wire): Promise<void> {
  const execution = (workflowId: string) => ({ workflowExecution: { workflowId } });
  for (const [workflowId, { type, ends, values }] of Object.entries(RUNS)) {
    const indexedFields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, json(value)]));
    const started = await wire.call('StartWorkflowExecution', {
      namespace: NAMESPACE,
      workflowId,
      workflowType: { name: type },
      taskQueue: NOBODYS_QUEUE,
      searchAttributes: { indexedFields },
      ...(ends === 'timed out' ? { workflowRunTimeout: seconds(1) } : {}),
    });
    if ('error' in started) throw new Error(`${workflowId} was not started: ${started.says}`);
    if (ends === 'terminated')
      await wire.call('TerminateWorkflowExecution', { namespace: NAMESPACE, ...execution(workflowId) });
  }
  const closed = Object.values(RUNS).filter(({ ends }) => ends).length;
  const found = async (query: string) => (await find(wire, query)).ids?.length;
  while ((await found('')) !== Object.keys(RUNS).length || (await found('CloseTime IS NOT NULL')) !== closed)
    await sleep(50);
}

/** The workflow ids in the order of their names, since servers list in different orders; or the code of the refusal. */
export type Found = { ids?: string[]; error?: string };

async function find(wire: Wire, query: string): Promise<Found> {
  const answer = await wire.call('ListWorkflowExecutions', { namespace: NAMESPACE, query });
  if ('error' in answer && answer.error === 'RESOURCE_EXHAUSTED') {
    // A Temporal server answers few lists in a second.
    await sleep(200);
    return find(wire, query);
  }
  if ('error' in answer) return { error: answer.error };
  const { executions = [] } = answer.ok as { executions?: { execution: { workflowId: string } }[] };
  return { ids: executions.map(({ execution }) => execution.workflowId).sort() };
}

/** What each filter finds. */
export async function findAll(wire: Wire): Promise<Record<string, Found>> {
  await begin(wire);
  const lists: Record<string, Found> = {};
  for (const query of FILTERS) lists[query] = await find(wire, query);
  return lists;
}
