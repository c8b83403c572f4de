/**
 * The messages between a parent and its children: start, close policy, and the child's close.
 *
 * A child has a run id that follows from its parent's run id and the Initiated event, and is looked up by it before
 * the id policies, so that a start that is asked twice makes one run.
 */
import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import * as history from '../history';
import type {
  ChildClosed,
  ChildState,
  HistoryEvent,
  Message,
  MessageResult,
  RunState,
  StartRun,
  Transition,
} from '../history';
import { temporal } from '../proto';
import { idOf } from '../proto-time';
import type { RunKey } from '../run-name';
import { starterOf, startOfChild } from './child-start';
import { ServiceError, unavailable } from './errors';
import { judge, replacedBy } from './id-policies';
import type { Run } from './run';

const {
  ParentClosePolicy: { PARENT_CLOSE_POLICY_TERMINATE },
  StartChildWorkflowExecutionFailedCause: StartCause,
  WorkflowIdConflictPolicy: Conflict,
  WorkflowIdReusePolicy: Reuse,
} = temporal.api.enums.v1;

/** What they need of the engine. */
export interface ChildMessagesHost {
  now(): number;
  find(namespace: string, workflowId: string, runId: string): Promise<Run | null>;
  current(namespace: string, workflowId: string): Promise<Run | null>;
  withWorkflowId<T>(namespace: string, workflowId: string, work: () => Promise<T>): Promise<T>;
  create(start: Omit<StartRun, 'runKey'>, expectedCurrentRunId: string | null): Run;
  replace(current: Run, end: (state: RunState) => Transition, start: Omit<StartRun, 'runKey'>): Run;
  decide(run: Run, decision: (state: RunState) => Transition): Promise<void>;
  /** `to`: excluded. */
  readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]>;
}

const HISTORY_SERVICE = 'history-service';
const DONE: MessageResult = { kind: 'done' };

export class ChildMessages {
  constructor(
    private readonly engine: ChildMessagesHost,
    private readonly options: { log?: Logger }
  ) {}

  /** `isRepeat`: it may have been made before. */
  async start(parent: Run, child: ChildState, isRepeat: boolean): Promise<MessageResult> {
    const { namespace } = parent.state;
    const { workflowId, runId } = child;
    const before = isRepeat ? await this.engine.find(namespace, workflowId, runId) : null;
    const run = before ?? (await this.engine.withWorkflowId(namespace, workflowId, () => this.#make(parent, child)));
    if (!run) {
      const cause = StartCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS;
      return { kind: 'failed', cause };
    }
    await run.durable();
    return DONE;
  }

  /** Null: the id policies refuse it. */
  async #make(parent: Run, child: ChildState): Promise<Run | null> {
    const { engine } = this;
    const { namespace } = parent.state;
    const { workflowId } = child;
    // As for a start from outside: a commit of a start or of a close can still fail.
    const current = await engine.current(namespace, workflowId);
    // A child that was not started when its parent closed never starts. From here on nothing is awaited.
    if (parent.dead || !parent.isOpen || child.started) throw unavailable();
    const asked = child.initiated!.attributes.workflowIdReusePolicy ?? 0;
    const terminates = asked === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
    const policies = {
      reuse: terminates ? Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE : asked,
      conflict: terminates
        ? Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
        : Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
    };
    const verdict = current && verdictOf(current, policies);
    if (verdict === 'refused') return null;
    const start = startOfChild(parent.state, child, engine.now());
    this.#audit(parent, start);
    if (!current || verdict !== 'replace') return engine.create(start, current?.state.runId ?? null);
    const end = (state: RunState) => history.terminate(state, replacedBy(start.runId), current.now());
    return engine.replace(current, end, start);
  }

  /** As for a start from outside. */
  #audit({ state }: Run, { namespace, workflowId, attributes }: Omit<StartRun, 'runKey'>): void {
    this.options.log?.info(
      {
        audit: true,
        who: starterOf(state),
        method: 'StartChildWorkflowExecution',
        namespace,
        workflowId,
        workflowType: attributes.workflowType?.name,
        parent: state.workflowId,
        outcome: 'ok',
      },
      'change'
    );
  }

  /** The parent has closed: the child, by whichever run of its chain is open, is terminated or asked to cancel. */
  async close(
    parent: Run,
    { workflowId, runId, parentClosePolicy, initiatedEventId }: ChildState
  ): Promise<MessageResult> {
    const { engine } = this;
    const { namespace, workflowId: parentId, runId: parentRunId } = parent.state;
    for (;;) {
      const child = await this.#openRun(namespace, workflowId, runId);
      if (!child) return DONE;
      const act = (state: RunState): Transition =>
        parentClosePolicy === PARENT_CLOSE_POLICY_TERMINATE
          ? history.terminate(
              state,
              { reason: 'by parent close policy', details: null, identity: HISTORY_SERVICE },
              child.now()
            )
          : history.requestCancel(
              state,
              {
                reason: '',
                identity: HISTORY_SERVICE,
                requestId: `${parentRunId}/${initiatedEventId}`,
                asker: { workflowId: parentId, runId: parentRunId, initiatedEventId: 0 },
              },
              child.now()
            );
      try {
        await engine.decide(child, act);
        return DONE;
      } catch (error) {
        // It closed meanwhile; there may be a next run of its chain.
        if (!(error instanceof history.RequestError && error.code === 'NOT_FOUND')) throw error;
      }
    }
  }

  /** The open run of a child's chain; null if the chain has ended or never began. */
  async #openRun(namespace: string, workflowId: string, firstRunId: string): Promise<Run | null> {
    const first = await this.engine.find(namespace, workflowId, firstRunId);
    if (first?.isOpen) return first;
    // The first run may also have been deleted while its chain goes on.
    const current = await this.engine.find(namespace, workflowId, '');
    return current?.isOpen && current.state.firstRunId === firstRunId ? current : null;
  }

  /** A parent that does not exist or has closed has heard; one that cannot be read has not (`find` throws). */
  async tellParent(message: Message & { kind: 'tellParent' }): Promise<MessageResult> {
    const { engine } = this;
    const { namespace, workflowId, runId, closed } = message;
    let parent = await engine.find(namespace, workflowId, runId);
    // A run that was reset goes on as another one.
    while (parent?.isOpen === false && parent.state.resetRunId)
      parent = await engine.find(namespace, workflowId, parent.state.resetRunId);
    if (!parent) return { kind: 'done', recorded: false };
    const heard = parent;
    const { isOpen } = heard;
    const awaits = heard.state.children.get(closed.initiatedEventId)?.runId === closed.firstRunId;
    if (isOpen) await engine.decide(heard, (state) => history.childClosed(state, closed, heard.now()));
    // It may have heard before, if the answer was lost.
    return { kind: 'done', recorded: awaits ? isOpen : await this.#hasRecorded(heard, closed) };
  }

  async #hasRecorded(parent: Run, { initiatedEventId, runId }: ChildClosed): Promise<boolean> {
    const stored = await this.engine.readEvents(parent.runKey, 1, parent.durableNextEventId);
    return [...stored, ...parent.state.buffered].some((event) => {
      const close = history.childClose(event);
      return idOf(close?.initiatedEventId) === initiatedEventId && close?.workflowExecution?.runId === runId;
    });
  }
}

function verdictOf(current: Run, policies: Parameters<typeof judge>[2]): 'create' | 'replace' | 'refused' {
  try {
    return judge(current, '', policies) === 'replace' ? 'replace' : 'create';
  } catch (error) {
    if (error instanceof ServiceError && error.code === status.ALREADY_EXISTS) return 'refused';
    throw error;
  }
}
