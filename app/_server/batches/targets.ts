/**
 * Which runs an act on many of them is about: all that match the filters of the list, or those that are named.
 *
 * [BSR1] Only runs of flows that the person may operate are previewed or asked; who, why and how is audited.
 * [BSR5] A signal is sent only to runs whose version declares it with a schema that its data fits. If there is no such run,
 *        the reason is answered, field by field.
 */
import type { BatchKind, RunName } from '@/app/_contract/batches';
import type { ExportRuns, RunSummary } from '@/app/_contract/runs';
import { flowsOf, type Operation } from '@/engine/permissions/permissions';
import { reading } from '../engine';
import { isRefusal, Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import type { Actor } from '../people/actor';
import { summaryOf } from '../runs/summary';
import { runsQuery, typesClause } from '../runs/visibility';
import type { Web } from '../web';

type Lister = Pick<Web, 'temporal' | 'catalogue' | 'config'>;

const OPERATION_OF: Record<BatchKind, Operation> = {
  cancel: 'runs.cancel',
  terminate: 'runs.terminate',
  signal: 'runs.signal',
  retry: 'runs.resetActivity',
  reset: 'runs.reset',
  pause: 'runs.pause',
  resume: 'runs.unpause',
};
export const operationOf = (kind: BatchKind): Operation => OPERATION_OF[kind];

const IS_OPEN = "ExecutionStatus = 'Running'";
const IS_UNDOING = "(SagaPhase = 'unwinding' OR SagaPhase = 'needs-hand')";
const IS_NOT_UNDOING = "(SagaPhase IS NULL OR (SagaPhase != 'unwinding' AND SagaPhase != 'needs-hand'))";
export const isUndoing = ({ phase }: RunSummary): boolean => phase === 'unwinding' || phase === 'needs-hand';

/** [BSR1] What matches: open runs, and for a reset closed ones too. */
export function matching(actor: Actor, kind: BatchKind, filters: ExportRuns): string {
  const query = runsQuery(filters, flowsOf(actor, operationOf(kind)));
  return kind === 'reset' ? query : both(query, IS_OPEN);
}
export const undoingOf = (query: string): string => both(query, IS_UNDOING);

/** What is asked: whoever undoes already is not asked to stop. `types`: null for all. */
export function asked(query: string, kind: BatchKind, types: readonly string[] | null): string {
  const open = kind === 'cancel' ? both(query, IS_NOT_UNDOING) : query;
  return types ? both(open, typesClause(types)) : open;
}
const both = (one: string, other: string): string => (one ? `${one} AND ${other}` : other);

/** The filter has at most 10,000 characters. */
const AT_ONCE = 100;

/** [BSR1] Those of the named runs that are there, and that the person may act on. */
export async function namedRuns(
  web: Lister,
  actor: Actor,
  kind: BatchKind,
  runIds: readonly string[]
): Promise<RunSummary[]> {
  const flows = runsQuery({}, flowsOf(actor, operationOf(kind)));
  const parts: string[][] = [];
  for (let from = 0; from < runIds.length; from += AT_ONCE) parts.push(runIds.slice(from, from + AT_ONCE));
  const pages = await Promise.all(
    parts.map((part) => {
      const query = both(flows, `RunId IN (${part.map((id) => `'${id}'`).join(', ')})`);
      const { namespace } = web.config;
      const list = () => web.temporal.workflowService.listWorkflowExecutions({ namespace, query, pageSize: AT_ONCE });
      return reading(web, list);
    })
  );
  return Promise.all(pages.flatMap(({ executions }) => executions.map((info) => summaryOf(info, web.catalogue))));
}

/** In the order in which they were named. */
export function inOrder(found: readonly RunSummary[], runs: readonly RunName[]): RunSummary[] {
  const byId = new Map(found.map((run) => [run.runId, run]));
  return runs.flatMap(({ runId }) => byId.get(runId) ?? []);
}

/** [BSR5] The workflow types of these that take the signal. Throws if none does. */
export async function typesThatTake(
  web: Pick<Web, 'catalogue'>,
  types: readonly string[],
  { name, input }: { name: string; input?: unknown }
): Promise<string[]> {
  const refusals: Refusal[] = [];
  const taking: string[] = [];
  await Promise.all(
    types.map(async (type) => {
      const version = await web.catalogue.contentOfType(type);
      if (!version) return taking.push(type);
      const { signals } = version.document;
      const declared = Object.hasOwn(signals, name) ? signals[name] : undefined;
      if (!declared) return;
      try {
        demandFits(input, declared.schema, 'The signal');
        taking.push(type);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusals.push(error);
      }
    })
  );
  if (taking.length > 0) return taking;
  throw refusals[0] ?? new Refusal('badRequest', `None of these runs has a signal '${name}'. Nothing was sent.`);
}
