/** A command that the workflow issued and whose event is expected next: what is sent, and how the event is recognised. */
import type { Command, HistoryEvent } from '../../history/api';

export interface PendingCommand {
  /** 'ScheduleActivityTask charge (http.request)': for nondeterminism reports. */
  readonly title: string;
  /** Null for what leaves no command of its own. */
  readonly command: Command;
  /** True for the event that this command leads to. */
  matches(event: HistoryEvent): boolean;
  /** The event is in the history. */
  recorded(event: HistoryEvent): void;
  /** Sent once, or expected by a replay: it can no longer be taken back. */
  sent: boolean;
  /** Of traced runs: the frames of the code that asked for it. */
  origin?: string;
}
