/** What a workflow asks of other runs: its children, signals and cancel requests. */
import type { coresdk, temporal } from '../../../proto';
import type { HistoryEvent } from '../../../history/api';
import { childClose } from '../../../history/event';
import { externalEnd } from '../../../history/externals';
import type { Job } from '../../sandbox/protocol';
import type { PendingCommand } from '../pending-command';
import { ChildMachine } from './child';
import { ExternalMachines, targetOf } from './external';

/** What a command of the library leads to. */
export interface Taken {
  add?: PendingCommand;
  /** A command that was not sent yet, and is not to be sent. */
  remove?: PendingCommand;
  /** Resolved within the task. */
  job?: Job;
}

export class BetweenRuns {
  readonly #externals = new ExternalMachines();
  /** By the number of the code. */
  readonly #children = new Map<number, ChildMachine>();
  /** By the id of the Initiated event. */
  readonly #initiated = new Map<number, ChildMachine>();

  /** Null: the command asks nothing of other runs. */
  take(
    command: coresdk.workflow_commands.IWorkflowCommand,
    userMetadata: temporal.api.sdk.v1.IUserMetadata | null
  ): Taken | null {
    if (command.startChildWorkflowExecution) {
      const child: ChildMachine = new ChildMachine(command.startChildWorkflowExecution, userMetadata, (eventId) =>
        this.#initiated.set(eventId, child)
      );
      this.#children.set(child.seq, child);
      return { add: child.pending };
    }
    if (command.cancelChildWorkflowExecution) return this.#cancelChild(command.cancelChildWorkflowExecution);
    if (command.signalExternalWorkflowExecution)
      return { add: this.#externals.signal(command.signalExternalWorkflowExecution, userMetadata) };
    if (command.cancelSignalWorkflow) {
      const canceled = this.#externals.cancelSignal(command.cancelSignalWorkflow.seq ?? 0);
      return canceled ? { remove: canceled.takeBack, job: canceled.job } : {};
    }
    if (command.requestCancelExternalWorkflowExecution) {
      const { seq, workflowExecution, reason } = command.requestCancelExternalWorkflowExecution;
      return { add: this.#externals.requestCancel(seq ?? 0, targetOf(workflowExecution), reason ?? '') };
    }
    return null;
  }

  #cancelChild({ childWorkflowSeq, reason }: coresdk.workflow_commands.ICancelChildWorkflowExecution): Taken {
    const child = this.#children.get(childWorkflowSeq ?? 0);
    if (!child) return {};
    const { takeBack, asks, job } = child.cancel(reason ?? '');
    if (takeBack) {
      this.#children.delete(child.seq);
      return { remove: child.pending, job };
    }
    return { add: asks && this.#externals.requestCancel(null, child.target, reason ?? '', true), job };
  }

  /** The job for an event, null for none; 'foreign' if it answers what this run never asked. */
  event(event: HistoryEvent): Job | null | 'foreign' {
    if (externalEnd(event)) return this.#externals.end(event);
    const begun =
      event.childWorkflowExecutionStartedEventAttributes ?? event.startChildWorkflowExecutionFailedEventAttributes;
    const close = childClose(event);
    const about = begun ?? close;
    if (!about) return null;
    const child = this.#initiated.get(Number(about.initiatedEventId));
    if (!child) return 'foreign';
    if (!event.childWorkflowExecutionStartedEventAttributes) {
      this.#initiated.delete(Number(about.initiatedEventId));
      this.#children.delete(child.seq);
    }
    return close ? child.close(event) : child.started(event);
  }
}
