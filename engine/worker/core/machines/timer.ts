/**
 * A timer: created --Started--> started --Fired--> closed. A cancel before the command was sent removes the command.
 * A later cancel sends a command of its own. Timer ids are the sequence number as text, as the official core writes
 * them.
 */
import { temporal, type coresdk } from '../../../proto';
import { reviveDuration } from '../duration';
import type { PendingCommand } from '../pending-command';

const { CommandType } = temporal.api.enums.v1;

export const timerId = (seq: number) => String(seq);

export function startTimerCommand(
  start: coresdk.workflow_commands.IStartTimer,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
  /** The event must also have the same summary: the id of the node that waits. The ids of timers are only numbers. */
  strict = false
): PendingCommand {
  const id = timerId(start.seq ?? 0);
  const summary = textOf(userMetadata);
  return {
    title: strict && summary ? `StartTimer ${id} (${summary})` : `StartTimer ${id}`,
    sent: false,
    command: {
      commandType: CommandType.COMMAND_TYPE_START_TIMER,
      userMetadata,
      startTimerCommandAttributes: { timerId: id, startToFireTimeout: reviveDuration(start.startToFireTimeout) },
    },
    matches: (event) =>
      event.timerStartedEventAttributes?.timerId === id && (!strict || textOf(event.userMetadata) === summary),
    recorded: () => {},
  };
}

/** The bytes of the summary as text; '' for none. */
const textOf = (metadata: temporal.api.sdk.v1.IUserMetadata | null | undefined): string =>
  Buffer.from(metadata?.summary?.data ?? []).toString('utf8');

export function cancelTimerCommand(seq: number): PendingCommand {
  const id = timerId(seq);
  return {
    title: `CancelTimer ${id}`,
    sent: false,
    command: { commandType: CommandType.COMMAND_TYPE_CANCEL_TIMER, cancelTimerCommandAttributes: { timerId: id } },
    matches: (event) => event.timerCanceledEventAttributes?.timerId === id,
    recorded: () => {},
  };
}
