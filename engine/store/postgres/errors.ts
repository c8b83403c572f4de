/**
 * What a PostgreSQL error means for a commit: it was refused by the server (nothing was written), or its outcome is
 * unknown.
 */
import pg from 'pg';
import {
  ConflictError,
  CurrentRunConflictError,
  FencedError,
  StoreRejectedError,
  StoreTooSlowError,
  StoreUnavailableError,
} from '../port';

/** Reported by the server while the server or the connection is ending: an open commit may have been written. */
const GOING_AWAY = /^(08|57P|53300|XX000)/;

/**
 * The server lacks what it needs to write anything (room on its disk, memory, a working disk). The commit is not the
 * cause.
 */
const CANNOT_WRITE = /^(531|532|534|58)/;

/** The limit of a statement, which only lists and counts have. */
const QUERY_CANCELED = '57014';

export function storeError(error: unknown): Error {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) {
    return new StoreUnavailableError('the database does not answer', { cause: error });
  }
  switch (error.code) {
    case 'BS001':
      return new FencedError(error.message);
    case 'BS002':
      return new ConflictError(JSON.parse(error.detail ?? '[]') as number[]);
    case QUERY_CANCELED:
      return new StoreTooSlowError(error.message, { cause: error });
    case 'BS003':
      return new CurrentRunConflictError(JSON.parse(error.detail ?? '[]') as string[]);
  }
  if (CANNOT_WRITE.test(error.code)) {
    return new StoreUnavailableError(error.message, { cause: error, refusedWith: error.code });
  }
  if (GOING_AWAY.test(error.code)) return new StoreUnavailableError(error.message, { cause: error });
  return new StoreRejectedError(`the database refused the commit: ${error.message}`, { cause: error });
}
