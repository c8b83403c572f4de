/**
 * ExecuteMultiOperation: an update to a run that is started for it if there is none (update-with-start). As on a
 * Temporal server (service/frontend/workflow_handler.go, service/history/api/multioperation/api.go) the operations are
 * exactly a start and an update of the same workflow id, and an error has the outcome of each.
 */
import { status } from '@grpc/grpc-js';
import type { temporal } from '../../proto';
import * as history from '../../history';
import { invalid, namespaceNotFound, operationsFailed, ServiceError } from '../errors';
import { requireKey, type Frontend } from './context';
import { demandUpdate, readUpdate, updateAnswer } from './interact';
import type { workflowservice } from './requests';
import { startAnswer, startRun, type UpdateWithStart } from './start';

type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type UpdateRequest = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;

export async function executeMultiOperation(
  frontend: Frontend,
  request: workflowservice.IExecuteMultiOperationRequest
): Promise<workflowservice.IExecuteMultiOperationResponse> {
  const [start, update] = operationsOf(frontend, request);
  const startFault = faultOf(() => void requireKey('workflow_id', start.workflowId));
  const asked = attempt(
    () => {
      if (!startFault && update.workflowExecution?.workflowId !== start.workflowId)
        throw invalid('workflow_execution.workflow_id', 'WorkflowId is not consistent with previous operation(s).');
      const read = readUpdate(update);
      demandUpdate(read, frontend.declared(start.workflowType?.name ?? ''));
      return read;
    },
    (error) => [startFault ?? 'aborted', error]
  );
  if (startFault) throw operationsFailed([startFault, 'aborted']);
  const { updateId } = asked;
  let wasAdmitted = false;
  const admit = (state: history.RunState) => {
    const transition = attempt(
      () => history.admitUpdate(state, asked.request, frontend.engine.now()),
      (error) => ['aborted', error]
    );
    wasAdmitted = true;
    return transition;
  };
  const { run, started } = await begin(frontend, start, { updateId, admit });
  try {
    // The run has it, or it closed after it was started by this request, which is repeated.
    if (!wasAdmitted) run.apply(history.admitUpdate(run.state, asked.request, run.now()));
    const [updated] = await Promise.all([updateAnswer(frontend, run, asked), run.durable()]);
    return { responses: [{ startWorkflow: startAnswer(run, started, start) }, { updateWorkflow: updated }] };
  } catch (error) {
    throw operationsFailed([started ? null : 'aborted', error]);
  }
}

async function begin(frontend: Frontend, start: StartRequest, update: UpdateWithStart) {
  try {
    return await startRun(frontend, start, undefined, update);
  } catch (error) {
    throw isFailed(error) ? error : operationsFailed([error, 'aborted']);
  }
}

/** Both have the namespace of the whole. */
function operationsOf(
  frontend: Frontend,
  { namespace, operations }: workflowservice.IExecuteMultiOperationRequest
): [StartRequest, UpdateRequest] {
  const [first, second] = operations ?? [];
  const start = first?.startWorkflow;
  const update = second?.updateWorkflow;
  if (!start || !update || operations?.length !== 2)
    throw invalid('operations', 'Operations have to be exactly [Start, Update].');
  for (const [one, outcomes] of [
    [start, (error: unknown) => [error, 'aborted']],
    [update, (error: unknown) => ['aborted', error]],
  ] as const)
    if (one.namespace && one.namespace !== namespace)
      throw operationsFailed(
        outcomes(
          frontend.namespaces.has(one.namespace)
            ? new ServiceError(status.INVALID_ARGUMENT, "Operation namespace did not match request's namespace.")
            : namespaceNotFound(one.namespace)
        )
      );
  return [
    { ...start, namespace },
    { ...update, namespace },
  ];
}

function faultOf(check: () => void): unknown {
  try {
    check();
    return null;
  } catch (error) {
    return error;
  }
}

const isFailed = (error: unknown): boolean =>
  error instanceof ServiceError && error.detail?.type === 'MultiOperationExecutionFailure';

function attempt<T>(work: () => T, outcomes: (error: unknown) => unknown[]): T {
  try {
    return work();
  } catch (error) {
    throw operationsFailed(outcomes(error));
  }
}
