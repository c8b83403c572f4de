/** A command that this engine does not support: the workflow task that sends it fails with that message. */
import { reject, type CommandKind, type TaskFailedCause } from './command';

export function unsupported(name: string, cause: TaskFailedCause): CommandKind {
  return {
    check: () => reject(cause, `${name} is not supported by this engine`),
    perform() {
      throw new Error(`${name} passed its check, though it is not supported`);
    },
    events: {},
  };
}
