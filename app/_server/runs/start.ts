/** Starts a run of a flow: the newest version unless one is named, with an input that matches the version's schema. */
import { createHash } from 'node:crypto';
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { StartedRun, StartRun } from '@/app/_contract/runs';
import { temporal } from '@/engine/proto';
import { audited } from '../audit';
import { changing } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { VersionMessage } from '@/engine/api/client';
import { demandFits } from '../flows/check-value';
import { servedOf } from '../flows/summaries';
import { flowsBelow } from '@/engine/flow/flow-entry';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

/** The queue of the embedded worker; with a real cluster our worker polls the same name. */
/** Of every flow, here and on a Temporal cluster. */
export const TASK_QUEUE = 'backstitch';
const GRPC_NOT_FOUND = 5;
const GRPC_ALREADY_EXISTS = 6;
const GRPC_FAILED_PRECONDITION = 9;
const { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } = temporal.api.enums.v1;

export async function startRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  flow: string,
  request: StartRun
): Promise<StartedRun> {
  demand(actor, 'runs.start', flow);
  const ofFlow = (await web.catalogue.list()).filter((each) => each.flow === flow);
  if (!ofFlow.length) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  const version = request.version ? ofFlow.find((each) => each.version === request.version) : servedOf(ofFlow);
  if (!version && !request.version)
    throw new Refusal('versionRetired', `All versions of '${flow}' are retired, so no run was started.`);
  if (!version) throw new Refusal('versionNotFound', `'${flow}' has no version ${request.version}.`);
  const { document, manifest } = await web.catalogue.content(flow, version.version, version.revision);
  // A run starts its children for this person.
  for (const below of flowsBelow(manifest)) demand(actor, 'runs.start', below);
  demandFits(request.input, document.input, 'The input');
  if (version.retiredMs > 0) throw retired(flow, version);
  const workflowId = request.workflowId ?? `${flow}-${suffixOf(request.requestId)}`;

  return audited(
    web,
    actor,
    { operation: 'runs.start', target: workflowId, details: { flow, version: version.version } },
    async () => {
      try {
        const again = await hasStarted(web, workflowId, request.requestId);
        const { runId } = await changing(web, () =>
          web.temporal.workflowService.startWorkflowExecution({
            namespace: web.config.namespace,
            workflowId,
            workflowType: { name: version.workflowType },
            taskQueue: { name: TASK_QUEUE },
            input: { payloads: toPayloads(defaultPayloadConverter, request.input) },
            identity: actor.name,
            requestId: request.requestId,
            workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
            memo: {
              fields: {
                BackstitchFlow: defaultPayloadConverter.toPayload(flow),
                BackstitchVersion: defaultPayloadConverter.toPayload(version.version),
                BackstitchStartedBy: defaultPayloadConverter.toPayload(actor.name),
                BackstitchStarterId: defaultPayloadConverter.toPayload(actor.id),
              },
            },
            // A real cluster has these attributes only if somebody registered them; lists work without them.
            ...(web.config.foreignCluster
              ? {}
              : { searchAttributes: { indexedFields: attributesOf(flow, version.version) } }),
          })
        );
        web.invalidations.announce(['runs', 'flows']);
        return { workflowId, runId, again };
      } catch (error) {
        if (codeOf(error) === GRPC_ALREADY_EXISTS) {
          throw new Refusal(
            'workflowIdTaken',
            `A run with the id '${workflowId}' is already open. No second run was started.`
          );
        }
        // Somebody retired it after the versions were read.
        if (codeOf(error) === GRPC_FAILED_PRECONDITION && / was retired by /.test(String(error))) {
          web.catalogue.changed();
          throw retired(flow, version);
        }
        throw fromEngine(error) ?? error;
      }
    }
  );
}

/** The answer to a repeated start is that of the first one, so the run is asked for the request that started it. */
async function hasStarted(
  { temporal, config }: Pick<Web, 'temporal' | 'config'>,
  workflowId: string,
  requestId: string
) {
  try {
    const { workflowExtendedInfo } = await temporal.workflowService.describeWorkflowExecution({
      namespace: config.namespace,
      execution: { workflowId },
    });
    return Object.hasOwn(workflowExtendedInfo?.requestIdInfos ?? {}, requestId);
  } catch (error) {
    if (codeOf(error) === GRPC_NOT_FOUND) return false;
    throw error;
  }
}

function retired(flow: string, { version, retiredBy, retiredReason }: VersionMessage): Refusal {
  const who = retiredBy ? ` by ${retiredBy}` : '';
  const why = retiredReason ? `: '${retiredReason}'` : '';
  return new Refusal(
    'versionRetired',
    `Version ${version} of '${flow}' was retired${who}${why}. It starts no new runs, so no run was started.`
  );
}

function attributesOf(flow: string, version: number) {
  const typed = (value: unknown, type: string) => {
    const payload = defaultPayloadConverter.toPayload(value);
    return { ...payload, metadata: { ...payload.metadata, type: new TextEncoder().encode(type) } };
  };
  return { BackstitchFlow: typed(flow, 'Keyword'), BackstitchVersion: typed(version, 'Int') };
}

/** Without letters and digits that look alike. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
/** The same request gets the same id, so that a request that is sent twice finds its run. */
function suffixOf(requestId: string): string {
  const digest = createHash('sha256').update(requestId).digest();
  return [...digest.subarray(0, 6)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
