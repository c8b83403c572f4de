/**
 * Acts on many runs: on all that match the filters of the list, or on those that are named, after a preview of what that
 * does (preview.ts). Which runs: targets.ts.
 *
 * [BSR2] Runs that started after the preview was made are not touched.
 * [BSR4] Each of the kinds does to every run what the page of the run does. Of named runs, one that has closed or undoes
 *        already is left alone.
 * [BSR6] A reset to a step is for runs of one version of one flow, because the step is in that version.
 */
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { Batch, BatchAct, RepeatBatch, RunName, StartBatch } from '@/app/_contract/batches';
import { MOST_NAMED_RUNS } from '@/app/_contract/batches';
import type { RunSummary } from '@/app/_contract/runs';
import { flowsOf } from '@/engine/permissions/permissions';
import { temporal } from '@/engine/proto';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { actOf, demandOn } from './record';
import { refusedRuns } from './results';
import { startBatch, type OwnRequest } from './start';
import { asked, inOrder, isUndoing, matching, namedRuns, operationOf, typesThatTake } from './targets';

const { ResetReapplyExcludeType: Exclude } = temporal.api.enums.v1;

type Parts = Pick<Web, 'temporal' | 'catalogue' | 'config' | 'database' | 'log' | 'versions'>;
type StandardRequest = Omit<temporal.api.workflowservice.v1.IStartBatchOperationRequest, 'namespace' | 'jobId'>;

export async function actOnRuns(web: Parts, actor: Actor, request: StartBatch): Promise<Batch> {
  demandAnywhere(actor, 'batches.start');
  demandAnywhere(actor, operationOf(request.kind));
  const { requestId, filters, runs, reason, ...act } = request;
  const targets = filters
    ? await matchingTargets(web, actor, act, filters)
    : await namedTargets(web, actor, act, runs ?? []);
  const { flows, query, executions } = targets;
  const details = {
    ...detailsOf(act),
    reason,
    batch: requestId,
    ...(query === undefined ? { runs: executions?.length ?? 0 } : { query }),
  };
  return audited(web, actor, { operation: 'batches.start', target: 'runs', details }, () => {
    const { own, ...standard } = requestOf(act, actor);
    const which = query === undefined ? { executions } : { visibilityQuery: query };
    return startBatch(web, actor, { id: requestId, act, flows, reason }, { ...which, reason, ...standard }, own);
  });
}

/** [BRC1] The same again, for the runs that refused. */
export async function repeatBatch(web: Parts, actor: Actor, id: string, request: RepeatBatch): Promise<Batch> {
  demandAnywhere(actor, 'batches.start');
  const record = await demandOn(web, actor, 'batches.stop', id);
  if (!record) throw new Refusal('refused', 'This batch was not asked for here. Nothing was changed.');
  const runs = await refusedRuns(web, id, MOST_NAMED_RUNS);
  if (runs.length === 0) throw new Refusal('refused', 'No run of this batch refused. Nothing was changed.');
  return actOnRuns(web, actor, { ...actOf(record), ...request, runs });
}

interface Targets {
  /** Null: any. */
  flows: readonly string[] | null;
  query?: string;
  executions?: RunName[];
}

async function matchingTargets(
  web: Parts,
  actor: Actor,
  act: BatchAct,
  filters: NonNullable<StartBatch['filters']>
): Promise<Targets> {
  const { kind, signal, reset } = act;
  const { flow, version } = filters;
  if (typeof reset?.to === 'object' && !(flow && version))
    throw new Refusal('badRequest', 'Filter the list by one version of a flow: the step is in that version.');
  if (signal && !flow) throw new Refusal('badRequest', 'Filter the list by a flow: the signal is one of that flow.');
  const versions = signal ? await web.catalogue.list() : [];
  const types = versions.filter((each) => each.flow === flow && (!version || each.version === version));
  const taking = signal
    ? await typesThatTake(
        web,
        types.map(({ workflowType }) => workflowType),
        signal
      )
    : null;
  const mine = flowsOf(actor, operationOf(kind));
  const concerned = !flow ? mine : mine === null || mine.includes(flow) ? [flow] : [];
  return { flows: concerned, query: asked(matching(actor, kind, filters), kind, taking) };
}

async function namedTargets(web: Parts, actor: Actor, act: BatchAct, runs: readonly RunName[]): Promise<Targets> {
  const { kind, signal, reset } = act;
  const ids = [...new Set(runs.map(({ runId }) => runId))];
  const found = inOrder(await namedRuns(web, actor, kind, ids), runs);
  const typesOf = (of: readonly RunSummary[]) => [...new Set(of.map(({ workflowType }) => workflowType))];
  if (typeof reset?.to === 'object' && typesOf(found).length > 1)
    throw new Refusal('badRequest', 'These runs are of several versions: the step is in one of them.');
  const taking = signal && found.length > 0 ? await typesThatTake(web, typesOf(found), signal) : null;
  const left = found.filter(
    (run) =>
      (kind === 'reset' || run.status === 'running') &&
      !(kind === 'cancel' && isUndoing(run)) &&
      (taking?.includes(run.workflowType) ?? true)
  );
  if (left.length === 0)
    throw new Refusal(
      'refused',
      'None of these runs can be asked: they have closed, or undo already. Nothing was done.'
    );
  const flows = left.some(({ flow }) => flow === null) ? null : [...new Set(left.map(({ flow }) => flow ?? ''))];
  return { flows, executions: left.map(({ workflowId, runId }) => ({ workflowId, runId })) };
}

function requestOf({ kind, signal, reset }: BatchAct, actor: Actor): StandardRequest & { own?: OwnRequest } {
  const identity = actor.name;
  switch (kind) {
    case 'cancel':
      return { cancellationOperation: { identity } };
    // The tasks of killed runs are withdrawn when the inbox is compared with the engine.
    case 'terminate': {
      const details = { payloads: toPayloads(defaultPayloadConverter, { by: actor.name }) };
      return { terminationOperation: { identity, details } };
    }
    case 'signal': {
      const input = { payloads: toPayloads(defaultPayloadConverter, signal?.input) };
      return { signalOperation: { signal: signal?.name, input, identity } };
    }
    // What is paused stays so.
    case 'retry':
      return { resetActivitiesOperation: { identity, matchAll: true, keepPaused: true } };
    case 'reset':
      return resetRequest(reset, identity);
    case 'pause':
      return { own: { kind: 'pause' } };
    case 'resume':
      return { own: { kind: 'unpause' } };
  }
}

function resetRequest(reset: BatchAct['reset'], identity: string): StandardRequest & { own?: OwnRequest } {
  const { to = 'last', signals = true, updates = true } = reset ?? {};
  if (typeof to === 'object')
    return { own: { kind: 'resetToStep', step: to.step, withoutSignals: !signals, withoutUpdates: !updates } };
  const resetReapplyExcludeTypes = [
    ...(signals ? [] : [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL]),
    ...(updates ? [] : [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE]),
  ];
  const point = to === 'first' ? { firstWorkflowTask: {} } : { lastWorkflowTask: {} };
  return { resetOperation: { identity, options: { ...point, resetReapplyExcludeTypes } } };
}

/** For the audit trail, without the data of a signal. */
function detailsOf({ kind, signal, reset }: BatchAct): Record<string, string | boolean> {
  const to = typeof reset?.to === 'object' ? reset.to.step : reset?.to;
  return {
    kind,
    ...(signal ? { signal: signal.name } : {}),
    ...(reset ? { to: to ?? '', signals: reset.signals, updates: reset.updates } : {}),
  };
}
