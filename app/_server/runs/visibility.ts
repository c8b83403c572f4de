/**
 * List filters in Temporal's query language. The flow and version of a run are part of its workflow type (design D6),
 * so that lists work on any cluster; only the saga's two search attributes must be registered there.
 */
import { RUN_STANDINGS, type RunsQuery, type RunStanding } from '@/app/_contract/runs';
import { filterProblem } from '@/engine/visibility/parse';
import { Refusal } from '../failure';
import { outputName, workflowType } from '@/engine/flow/document';
import { PAUSE_INFO, PAUSED_RUN } from '@/engine/run-name';

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const NOTHING_STANDS = '(SagaStanding IS NULL OR SagaStanding = 0)';
const NOT_UNWOUND = "(SagaPhase IS NULL OR SagaPhase != 'unwound')";
/**
 * By the attribute and not by the status 'Paused': servers before version 1.30 refuse that status, and later ones and this
 * engine do not agree whether a paused run is found among the running ones.
 */
const IS_PAUSED = `${PAUSE_INFO} = ${quoted(PAUSED_RUN)}`;
const GOES_ON = `ExecutionStatus = 'Running' AND (${PAUSE_INFO} IS NULL OR ${PAUSE_INFO} != ${quoted(PAUSED_RUN)})`;
const ended = (status: string) => ({
  standing: `(ExecutionStatus = '${status}' AND SagaStanding > 0)`,
  undone: `(ExecutionStatus = '${status}' AND SagaPhase = 'unwound' AND ${NOTHING_STANDS})`,
  plain: `(ExecutionStatus = '${status}' AND ${NOT_UNWOUND} AND ${NOTHING_STANDS})`,
});
const completed = ended('Completed');
const failed = ended('Failed');
const canceled = ended('Canceled');

/** Each run matches exactly one of these; the same distinction as `standingOf` makes. */
export const STANDING_CLAUSES: Record<RunStanding, string> = {
  running: `(${GOES_ON} AND (SagaPhase IS NULL OR (SagaPhase != 'unwinding' AND SagaPhase != 'needs-hand')))`,
  unwinding: `(${GOES_ON} AND SagaPhase = 'unwinding')`,
  needsHand: "(ExecutionStatus = 'Running' AND SagaPhase = 'needs-hand')",
  paused: `(${IS_PAUSED} AND (SagaPhase IS NULL OR SagaPhase != 'needs-hand'))`,
  completed: `(ExecutionStatus = 'Completed' AND ${NOTHING_STANDS})`,
  completedStanding: completed.standing,
  failedUndone: failed.undone,
  failedStanding: failed.standing,
  failed: failed.plain,
  canceledUndone: canceled.undone,
  canceledStanding: canceled.standing,
  canceled: canceled.plain,
  terminatedStanding: ended('Terminated').standing,
  terminated: `(ExecutionStatus = 'Terminated' AND ${NOTHING_STANDS})`,
  timedOutStanding: ended('TimedOut').standing,
  timedOut: `(ExecutionStatus = 'TimedOut' AND ${NOTHING_STANDS})`,
  continuedAsNew: "(ExecutionStatus = 'ContinuedAsNew')",
};

/**
 * All versions of a flow. The types of other flows cannot begin in the same way, because names contain no underscore.
 */
export function flowClause(flow: string): string {
  return `WorkflowType STARTS_WITH ${quoted(`${outputName(flow)}_v`)}`;
}

/** One version of a flow. */
export const typeClause = (type: string): string => `WorkflowType = ${quoted(type)}`;

export const typesClause = (types: readonly string[]): string => `WorkflowType IN (${types.map(quoted).join(', ')})`;

/** The flows that a person may read; null: all of them, and workflows without a flow. */
export type Flows = readonly string[] | null;
const flowsClause = (flows: Flows): string | null => (flows ? `(${flows.map(flowClause).join(' OR ')})` : null);

type Filters = Omit<RunsQuery, 'pageToken' | 'pageSize'>;

/** '' if nothing is filtered. */
export function runsQuery(filters: Filters, flows: Flows = null): string {
  return joined([...commonClauses(filters), flowsClause(flows), standingClause(filters.standing)]);
}
/** The filters but `standing`, combined with one outcome: the query of a count. */
export function countQuery(filters: Filters, standing: RunStanding | null, flows: Flows = null): string {
  return joined([...commonClauses(filters), flowsClause(flows), standing ? STANDING_CLAUSES[standing] : null]);
}

function commonClauses({ flow, version, id, where, startedAfterMs, startedBeforeMs }: Filters): (string | null)[] {
  return [
    flow ? (version ? typeClause(workflowType(flow, version)) : flowClause(flow)) : null,
    id ? `WorkflowId STARTS_WITH ${quoted(id)}` : null,
    where?.trim() ? `(${oneFilter(where)})` : null,
    startedAfterMs === undefined ? null : `StartTime >= ${quoted(new Date(startedAfterMs).toISOString())}`,
    startedBeforeMs === undefined ? null : `StartTime < ${quoted(new Date(startedBeforeMs).toISOString())}`,
  ];
}
/**
 * A filter that a person wrote. It is put into parentheses beside the flows that the person may see, so it must not
 * close them.
 */
function oneFilter(where: string): string {
  const problem = filterProblem(where);
  if (problem === null) return where.trim();
  throw new Refusal('badRequest', `The filter '${where.trim()}' ${problem}.`);
}
function standingClause(standings: RunStanding[] | undefined): string | null {
  if (!standings?.length || standings.length === RUN_STANDINGS.length) return null;
  return `(${standings.map((standing) => STANDING_CLAUSES[standing]).join(' OR ')})`;
}
const joined = (clauses: (string | null)[]) => clauses.filter((clause) => clause !== null).join(' AND ');
