/**
 * Refusals in the form of the protocol: a gRPC code, and Temporal's error details, so that the official clients throw
 * the right class.
 */
import { status } from '@grpc/grpc-js';
import { RequestError } from '../history';
import { google, temporal } from '../proto';
import {
  ConflictError,
  CurrentRunConflictError,
  FencedError,
  StoreRejectedError,
  StoreTooSlowError,
  StoreUnavailableError,
} from '../store/port';

export class ServiceError extends Error {
  override name = 'ServiceError';
  constructor(
    readonly code: status,
    message: string,
    /** A message of temporal.api.errordetails.v1. */
    readonly detail?: { type: string; value: Uint8Array }
  ) {
    super(message);
  }

  /** Bytes of google.rpc.Status for the `grpc-status-details-bin` trailer. */
  statusDetails(): Uint8Array {
    const details = this.detail
      ? [{ type_url: `type.googleapis.com/temporal.api.errordetails.v1.${this.detail.type}`, value: this.detail.value }]
      : [];
    return google.rpc.Status.encode({ code: this.code, message: this.message, details }).finish();
  }
}

const errordetails = () => temporal.api.errordetails.v1;

export const invalid = (field: string, problem: string) =>
  new ServiceError(status.INVALID_ARGUMENT, `${field}: ${problem}`);
export const unimplemented = (method: string) =>
  new ServiceError(status.UNIMPLEMENTED, `${method} is not implemented by this engine yet.`);
/** For requests that were refused before anything was written. */
export const unavailable = () =>
  new ServiceError(
    status.UNAVAILABLE,
    'The engine cannot prove its lease on the database right now. Nothing was changed; try again.'
  );
/** For data that the database may have stored before it went away. */
const outcomeUnknown = () =>
  new ServiceError(
    status.UNAVAILABLE,
    'The database does not answer. It is not known whether this request took effect. Send it again with the same request id; it will take effect only once.'
  );
/** For data that the database refused because it cannot write. `sqlState`: 53100 is a full disk. */
const databaseCannotWrite = (sqlState: string) =>
  new ServiceError(
    status.UNAVAILABLE,
    `The database cannot write (SQLSTATE ${sqlState}${sqlState === '53100' ? ', its disk is full' : ''}). Nothing was changed; runs continue by themselves when it can write again.`
  );
export const namespaceNotFound = (namespace: string) =>
  new ServiceError(status.NOT_FOUND, `Namespace ${namespace} is not found.`, {
    type: 'NamespaceNotFoundFailure',
    value: errordetails().NamespaceNotFoundFailure.encode({ namespace }).finish(),
  });
export const notFound = (message: string) =>
  new ServiceError(status.NOT_FOUND, message, {
    type: 'NotFoundFailure',
    value: errordetails().NotFoundFailure.encode({}).finish(),
  });
export const runNotFound = (workflowId: string, runId: string) =>
  notFound(`workflow execution not found for workflow ID "${workflowId}"${runId ? ` and run ID "${runId}"` : ''}.`);
export const historyNotFound = () => notFound('workflow execution history not found.');
export const runCompleted = () => notFound('workflow execution already completed');
export const alreadyStarted = (message: string, runId: string, startRequestId: string) =>
  new ServiceError(status.ALREADY_EXISTS, message, {
    type: 'WorkflowExecutionAlreadyStartedFailure',
    value: errordetails().WorkflowExecutionAlreadyStartedFailure.encode({ runId, startRequestId }).finish(),
  });
export const queryFailed = (message: string, failure: temporal.api.failure.v1.IFailure | null | undefined) =>
  new ServiceError(status.INVALID_ARGUMENT, message, {
    type: 'QueryFailedFailure',
    value: errordetails().QueryFailedFailure.encode({ failure }).finish(),
  });

/** The operation of a request with several was not carried out because another one failed. */
const ABORTED = 'Operation was aborted.';

/**
 * For a request with several operations: the error of each, null for one that succeeded, 'aborted' for one that was not
 * carried out. Its code is that of the first operation that failed. A client reads the errors;
 * `message` is for people.
 */
export function operationsFailed(
  outcomes: readonly unknown[],
  message = 'Update-with-Start could not be executed.'
): ServiceError {
  const typeUrl = 'type.googleapis.com/temporal.api.failure.v1.MultiOperationExecutionAborted';
  const statuses = outcomes.map((outcome) => {
    if (outcome === null) return { code: status.OK, message: '', details: [] };
    if (outcome === 'aborted')
      return { code: status.ABORTED, message: ABORTED, details: [{ type_url: typeUrl, value: new Uint8Array() }] };
    const { code, message, detail } = asServiceError(outcome);
    const details = detail
      ? [{ type_url: `type.googleapis.com/temporal.api.errordetails.v1.${detail.type}`, value: detail.value }]
      : [];
    return { code, message, details };
  });
  const failed = statuses.find(({ code }) => code !== status.OK && code !== status.ABORTED);
  return new ServiceError(failed?.code ?? status.ABORTED, message, {
    type: 'MultiOperationExecutionFailure',
    value: errordetails().MultiOperationExecutionFailure.encode({ statuses }).finish(),
  });
}

/** Every error that a request can end in, as one of ours. Unknown ones are bugs: INTERNAL, without their text. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof RequestError) {
    const message = error.detail.field ? `${error.detail.field}: ${error.message}` : error.message;
    if (error.code === 'NOT_FOUND') return notFound(message);
    return new ServiceError(status[error.code], message);
  }
  if (error instanceof StoreUnavailableError)
    return error.refusedWith === null ? outcomeUnknown() : databaseCannotWrite(error.refusedWith);
  const unproven = [FencedError, ConflictError, CurrentRunConflictError];
  if (unproven.some((kind) => error instanceof kind)) return unavailable();
  if (error instanceof StoreTooSlowError)
    return new ServiceError(
      status.DEADLINE_EXCEEDED,
      'The database needs too long for this query. Narrow it, as by WorkflowType, ExecutionStatus or StartTime.'
    );
  if (error instanceof StoreRejectedError)
    return new ServiceError(status.RESOURCE_EXHAUSTED, 'The database refused to store this data.');
  return new ServiceError(status.INTERNAL, 'The engine failed because of an internal error. Its log has the details.');
}
