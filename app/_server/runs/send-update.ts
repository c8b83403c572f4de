/**
 * Sends one update to a run and waits for its completion; refusals are in our words. Shared by the operations that
 * decide or change something.
 */
import { ApplicationFailure } from '@temporalio/common';
import { REFUSALS } from '@/engine/saga/contract';
import { changing } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { FailureCode } from '@/app/_contract/errors';
import type { Web } from '../web';

const CODES: Record<string, FailureCode> = {
  [REFUSALS.unknownTask]: 'alreadyDecided',
  [REFUSALS.alreadyDecided]: 'alreadyDecided',
  [REFUSALS.dataChanged]: 'dataChanged',
  [REFUSALS.notCandidate]: 'notCandidate',
  [REFUSALS.commentRequired]: 'commentRequired',
  [REFUSALS.valuesInvalid]: 'inputInvalid',
  [REFUSALS.nothingToDecide]: 'refused',
  [REFUSALS.tooLate]: 'refused',
  [REFUSALS.undoInput]: 'refused',
};

export interface UpdateRequest {
  workflowId: string;
  /** Null addresses the newest run of the chain (design D9). */
  runId: string | null;
  /** Refuses a newer run that has the same workflow id but belongs to another chain. */
  firstRunId?: string;
  name: string;
  /** Sending the same id twice is one update. */
  updateId: string;
  argument: unknown;
}

/** Throws a Refusal: `refused` by the validator or handler, `runClosed`, `engineAway`, `outcomeUnknown`. */
export async function sendUpdate(web: Pick<Web, 'temporal'>, request: UpdateRequest): Promise<unknown> {
  const handle = web.temporal.workflow.getHandle(request.workflowId, request.runId ?? undefined, {
    ...(request.firstRunId ? { firstExecutionRunId: request.firstRunId } : {}),
  });
  try {
    return await changing(web, () =>
      handle.executeUpdate<unknown, [unknown]>(request.name, {
        updateId: request.updateId,
        args: [request.argument],
      })
    );
  } catch (error) {
    const named = nameOfError(error);
    if (named === 'WorkflowUpdateFailedError') {
      const cause = (error as Error).cause;
      const type = cause instanceof ApplicationFailure ? cause.type : null;
      const message = cause instanceof Error ? cause.message : 'The run rejected the update.';
      throw new Refusal((type ? CODES[type] : undefined) ?? 'refused', message, undefined, { cause: error });
    }
    if (named === 'WorkflowUpdateRPCTimeoutOrCancelledError') {
      throw new Refusal(
        'outcomeUnknown',
        'The run took too long to answer. The request may still take effect.',
        undefined,
        { cause: error }
      );
    }
    const known = fromEngine(error);
    // If an open run is not found, it has ended meanwhile.
    throw known?.code === 'runNotFound'
      ? new Refusal('runClosed', 'This run has ended or does not exist.', undefined, { cause: error })
      : (known ?? error);
  }
}

const nameOfError = (error: unknown): string => (error instanceof Error ? error.name : '');
