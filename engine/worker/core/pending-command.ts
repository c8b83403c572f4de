/**
 * A command that the workflow issued and whose event is expected next: the command itself, and how its event is
 * recognised.
 */
import type { Command, HistoryEvent } from '../../history/api';

export interface PendingCommand {
  /** The title in nondeterminism reports, e.g. 'ScheduleActivityTask charge (http.request)'. */
  readonly title: string;
  /** Null for what leaves no command of its own. */
  readonly command: Command;
  /** True for the event that this command leads to. */
  matches(event: HistoryEvent): boolean;
  /** Called when the event is in the history. */
  recorded(event: HistoryEvent): void;
  /** True if the command was sent, or if a replay expects its event. The command can then no longer be removed. */
  sent: boolean;
  /** Traced runs only: the stack frames of the code that issued the command. */
  origin?: string;
}
