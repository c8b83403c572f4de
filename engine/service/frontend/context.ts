/**
 * The common part of the methods of the WorkflowService: the engine, namespaces, and the checks at the start of every
 * request.
 */
import { isUuid, keyProblem, nameProblem } from '../../plain-text';
import type { temporal } from '../../proto';
import type { NamespaceRecord } from '../../store/port';
import type { Declared, DeclaredOf, WritersOf } from '../declared';
import type { Batches } from '../batches';
import type { Engine } from '../engine';
import { invalid, namespaceNotFound, runNotFound } from '../errors';
import type { Run } from '../run';
import type { NewestOf } from '../scheduled-start';
import type { Schedules } from '../schedules';

export type { Caller } from '../../permissions/caller';

export interface Frontend {
  engine: Engine;
  namespaces: Map<string, NamespaceRecord>;
  /** Names of those that the engine was started with: flows run in them, and they cannot be deleted. */
  own: ReadonlySet<string>;
  declared: DeclaredOf;
  newestOf: NewestOf;
  writersOf: WritersOf;
  schedules: Schedules;
  batches: Batches;
  /** The record of a namespace was changed. */
  namespaceChanged(): void;
}

export function namespaceOf(frontend: Frontend, name: string | null | undefined): NamespaceRecord {
  if (!name) throw invalid('namespace', 'is not set');
  const found = frontend.namespaces.get(name);
  if (!found || found.removeAt !== null) throw namespaceNotFound(name);
  return found;
}

export function requireId(field: string, value: string | null | undefined, problemOf = nameProblem): string {
  if (!value) throw invalid(field, 'is not set');
  const problem = problemOf(value);
  if (problem) throw invalid(field, problem);
  return value;
}
/** The same for what something new will be found by. */
export const requireKey = (field: string, value: string | null | undefined): string =>
  requireId(field, value, keyProblem);

/** The run that a request names. Throws NOT_FOUND if there is none. */
export async function runOf(
  frontend: Frontend,
  namespace: string | null | undefined,
  execution: temporal.api.common.v1.IWorkflowExecution | null | undefined,
  field = 'workflow_execution'
): Promise<Run> {
  const { name } = namespaceOf(frontend, namespace);
  const workflowId = requireId(`${field}.workflow_id`, execution?.workflowId);
  const runId = execution?.runId ?? '';
  if (runId && !isUuid(runId)) throw invalid(`${field}.run_id`, 'is not a UUID');
  const run = await frontend.engine.find(name, workflowId, runId);
  if (!run) throw runNotFound(workflowId, runId);
  return run;
}

/** The declarations of a run's flow; undefined for a workflow that is not a published flow. */
export const declaredBy = (frontend: Frontend, run: Run): Declared | undefined =>
  frontend.declared(run.state.started.workflowType?.name ?? '');
