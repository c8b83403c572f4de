/** The error class of the web's operations, and the conversion of every other error to it. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { FAILURES, type AppFailure, type FailureCode } from '@/app/_contract/errors';

const BRAND = Symbol.for('backstitch.refusal');

/** Refuses an operation. `message` says what happened and what it means, in words for an operator. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /**
   * Pages and server are bundled separately, so the class may exist twice: this mark identifies it instead of
   * `instanceof`.
   */
  readonly [BRAND] = true;
  /** All that a browser receives of an error that a page throws. */
  readonly digest: FailureCode;
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly problems?: { at: string; message: string }[],
    options?: ErrorOptions
  ) {
    super(message, options);
    this.digest = code;
  }
}

/** Throws the error as a refusal if it means one to the caller; otherwise throws it unchanged. */
export function refused(error: unknown): never {
  throw isRefusal(error) ? error : (fromDatabase(error) ?? fromEngine(error) ?? error);
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** The numbers of grpc-js statuses that are used here. */
const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  permissionDenied: 7,
  unauthenticated: 16,
};

/**
 * Prisma: cannot reach, timed out, closed, too many connections, a transaction that ran out of time. Sockets: no
 * connection.
 */
const NO_CONNECTION =
  /^(P1000|P1001|P1002|P1008|P1017|P2024|P2028|P2037|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/;
/** What PostgreSQL says of a text where an id has to be. */
const NO_UUID = /invalid input syntax for type uuid/i;
/** SQLSTATE: connection errors, no resources (53100: a full disk), shutting down or starting, disk errors. */
const SQL_AWAY = /^(08...|53...|57P..|58...)$/;

/**
 * The meaning of a thrown value for the caller. An unknown error becomes `unexpected` and is logged with the
 * reference that the caller gets.
 */
export function failureOf(error: unknown, log?: Logger): AppFailure {
  const known = isRefusal(error) ? error : (fromDatabase(error) ?? fromEngine(error));
  if (known) {
    const { code, message, problems } = known;
    return { code, message, whatToDo: FAILURES[code].whatToDo, ...(problems ? { problems } : {}) };
  }
  const reference = randomUUID().slice(0, 8);
  log?.error({ err: error, reference }, 'an operation failed unexpectedly');
  return {
    code: 'unexpected',
    message: 'Something went wrong on the server.',
    whatToDo: FAILURES.unexpected.whatToDo,
    reference,
  };
}

type Fields = Record<string, unknown>;
function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null ? (value as Fields) : null;
}

function fromDatabase(error: unknown): Refusal | null {
  const fields = fieldsOf(error);
  if (!fields) return null;
  const text = String(fields.message ?? '');
  const prisma = String(fields.name ?? '').startsWith('PrismaClient') || 'clientVersion' in fields;
  const codes = codesOf(fields);
  const says =
    /can't reach database|connection terminated|server has closed the connection|terminating connection|connect ENOENT|ECONNREFUSED|timeout exceeded when trying to connect|timeout expired|query read timeout|database system is/i;
  const database =
    prisma || fieldsOf(fields.cause)?.name === 'DriverAdapterError' || fields.name === 'DriverAdapterError';
  if (!database) return null;
  // An id of an address that looks like none of ours. Nothing is there, and nothing was read or changed.
  if (NO_UUID.test(text))
    return new Refusal('nothingHere', 'There is nothing with this id.', undefined, { cause: error });
  const sqlState = codes.find((code) => SQL_AWAY.test(code));
  if (!sqlState && !codes.some((code) => NO_CONNECTION.test(code)) && !says.test(text)) return null;
  return new Refusal('databaseAway', awayMessage(sqlState, text), undefined, { cause: error });
}

/** What a pool of connections says, and Prisma of a transaction, when others used all of them for too long. */
const WAITED_IN_VAIN = /timeout exceeded when trying to connect|unable to start a transaction in the given time/i;

function awayMessage(sqlState: string | undefined, text: string): string {
  if (WAITED_IN_VAIN.test(text))
    return 'There is too much to do: the database had no time for this request. Nothing was changed.';
  if (sqlState === '53100') return 'The database cannot write: its disk is full (SQLSTATE 53100). Nothing was changed.';
  if (sqlState && /^(53[^3]|58)/.test(sqlState))
    return `The database cannot write (SQLSTATE ${sqlState}). Nothing was changed.`;
  return 'The database does not answer. Data that was read before remains on the screen.';
}

/** The codes of the error, of its causes and of the errors that Prisma's adapter reports. */
function codesOf(fields: Fields): string[] {
  const adapter = fieldsOf(fieldsOf(fieldsOf(fields.meta)?.driverAdapterError)?.cause);
  const cause = fieldsOf(fields.cause);
  return [fields.code, cause?.code, cause?.originalCode, adapter?.originalCode, adapter?.code]
    .filter((code) => typeof code === 'string')
    .map(String);
}

/** The SQLSTATE of PostgreSQL's answer, if it answered. */
export function sqlStateOf(error: unknown): string | null {
  const fields = fieldsOf(error);
  return (fields && codesOf(fields).find((code) => /^[0-9A-Z]{5}$/.test(code) && !/^P\d{4}$/.test(code))) ?? null;
}

/** The message of grpc-js for a call that never left this process. */
const NEVER_SENT = /no connection established|name resolution failed/i;

/**
 * Throws what a change that the engine did not answer means: a call that was sent may have taken effect, which is
 * `outcomeUnknown` with this message. Any other error as it is.
 */
export function notHeard(error: unknown, message: string): never {
  const code = fromEngine(error)?.code;
  const sent = !(error instanceof Error && NEVER_SENT.test(error.message));
  if (code === 'outcomeUnknown' || ((code === 'engineAway' || code === 'databaseAway') && sent))
    throw new Refusal('outcomeUnknown', message, undefined, { cause: error });
  throw error;
}

/** Errors of the Temporal client and of grpc-js, by their gRPC status. */
export function fromEngine(error: unknown): Refusal | null {
  for (let each = fieldsOf(error), depth = 0; each && depth < 4; each = fieldsOf(each.cause), depth++) {
    if (each.name === 'WorkflowNotFoundError')
      return new Refusal('runNotFound', 'This run does not exist.', undefined, { cause: error });
    if (typeof each.code !== 'number' || typeof each.details !== 'string') continue;
    const details = each.details;
    switch (each.code) {
      case GRPC.unavailable:
      case GRPC.cancelled:
        // If not the engine itself but another part is away, the engine's message names it.
        if (details.startsWith('The database '))
          return new Refusal('databaseAway', sentence(details), undefined, { cause: error });
        return new Refusal(
          'engineAway',
          'The engine does not answer. Runs are safe: they continue when it is back.',
          undefined,
          { cause: error }
        );
      case GRPC.deadlineExceeded:
        return new Refusal(
          'outcomeUnknown',
          'The engine took too long to answer. The request may still take effect.',
          undefined,
          { cause: error }
        );
      case GRPC.notFound:
        return /already completed|completed/i.test(details)
          ? new Refusal('runClosed', 'This run has already ended.', undefined, { cause: error })
          : new Refusal('runNotFound', 'This run does not exist.', undefined, { cause: error });
      case GRPC.resourceExhausted:
        return /payload|size|bytes|larger|limit/i.test(details)
          ? new Refusal('payloadTooLarge', sentence(details), undefined, { cause: error })
          : new Refusal('tooManyTries', sentence(details), undefined, { cause: error });
      case GRPC.failedPrecondition:
        // A run near one of its limits accepts nothing more, and one that is paused no update. Other failed
        // preconditions are returned to the caller as they are.
        for (const [words, message] of ABOUT_PAUSES)
          if (words.test(details)) return new Refusal('refused', message, undefined, { cause: error });
        if (NO_RESET.test(details)) {
          const why = sentence(details.replace(NO_RESET, ''));
          const message = `The run cannot be reset to this point. ${why} Nothing was changed.`;
          return new Refusal('refused', message, undefined, { cause: error });
        }
        if (!/^limit max/.test(details)) continue;
        return new Refusal('refused', sentence(details), undefined, { cause: error });
      case GRPC.invalidArgument:
        return OVER_LIMIT.test(details)
          ? new Refusal('payloadTooLarge', overLimit(details), undefined, { cause: error })
          : new Refusal('badRequest', sentence(details), undefined, { cause: error });
      case GRPC.unimplemented:
        return new Refusal('refused', 'The Temporal server behind Backstitch does not offer this.', undefined, {
          cause: error,
        });
      case GRPC.permissionDenied:
      case GRPC.unauthenticated:
        return new Refusal('notAllowed', `The engine refused the web's key: ${details}`, undefined, { cause: error });
    }
  }
  return null;
}

/** How the engine begins to say why it does not reset a run (engine/service/frontend/reset.ts). */
const NO_RESET = /^workflow_task_finish_event_id: a saga cannot be reset to there: /;

/** What the engine says of a pause, for whoever asks what cannot be done now. */
const ABOUT_PAUSES: readonly [RegExp, string][] = [
  [/^Workflow is paused\./, 'This run is paused. It accepts no update and no decision until somebody resumes it.'],
  [/^workflow is already paused\./, 'Somebody else has just paused this run. It stays paused.'],
  [/^workflow is not paused\./, 'This run is not paused any more: somebody has resumed it.'],
];

/** The wording of the engine, and that of a Temporal server. */
const OVER_LIMIT = /\bmaxPayloadBytes\b|exceeds size limit/i;
function overLimit(details: string): string {
  const [, bytes, most] = /has (\d+) bytes, at most (\d+)/.exec(details) ?? [];
  if (!bytes || !most) return 'The request is larger than the engine accepts. Nothing was done.';
  const megabytes = (count: string) => `${(Number(count) / 2 ** 20).toFixed(1)} MB`;
  return `The request has ${megabytes(bytes)}; the engine accepts ${megabytes(most)}. Nothing was done.`;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
