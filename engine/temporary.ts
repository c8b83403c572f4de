/**
 * Which failures end by themselves: the database is starting, cannot be reached, or has no room. After such a failure
 * a caller tries again. Any other failure (a wrong setting, a port that is taken, a migration that cannot be applied)
 * needs a person.
 */

/**
 * Codes of sockets, and of PostgreSQL: 08 connection, 53 no resources, 57P going away or starting, 58 the system
 * (disk).
 */
const TEMPORARY =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOENT|EPIPE|ETIMEDOUT|EAGAIN|ENOSPC|EIO|08...|53...|57P..|58...)$/;
const MESSAGES =
  /connection (terminated|timeout|ended|timed out)|database does not answer|timeout exceeded when trying/i;
const DEEPEST = 5;

/**
 * Checks the error and its causes. ENOENT counts for a socket only, because a missing file does not appear by itself.
 */
export function isTemporary(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < DEEPEST; each = each.cause, depth++) {
    const { code, syscall } = each as NodeJS.ErrnoException;
    if (code !== undefined && TEMPORARY.test(code) && (code !== 'ENOENT' || syscall === 'connect')) return true;
    if (MESSAGES.test(each.message)) return true;
  }
  return false;
}
