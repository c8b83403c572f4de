/**
 * The run of a test of a flow: a virtual run whose services are mocks. Time moves only as far as the test lets it.
 */
import * as history from '../history';
import type { FlowManifest } from '../flow/manifest';
import { runEventOf } from '../run-view/events-from-history';
import type { RunEvent } from '../run-view/model';
import { NODES_QUERY, type NodesReport } from '../saga/contract';
import { handedIdOf } from '../saga/handed';
import { nodeIdOf } from '../saga/item-path';
import { STATUS } from '../run-name';
import { ALL_OF_CHILD, plannedChild } from '../trial/planned-children';
import { itemOf, type Answer } from '../flow/trial-plan';
import { LIMITS } from '../trial/trial';
import type { ChildAsked, ChildPlayed } from '../trial/virtual-children';
import { VirtualRun } from '../trial/virtual-run';
import type { WorkflowWorker } from '../worker/port';
import { askMock, demandCalled, MockedAnswers, TestProblem, type CallInfo, type Mocks } from './mocks';

/** One attempt of a call that the flow made. */
export interface TestCall extends CallInfo {
  /** Of a child: the flow. */
  operation: string;
  input: unknown;
  /** Flow time since the start. */
  atMs: number;
}

export class MockedRun extends VirtualRun {
  readonly calls: TestCall[] = [];
  readonly startedMs: number;
  readonly #answers: MockedAnswers;
  /** What ended the test, rather than the run. */
  #problem: { error: unknown } | null = null;
  #untilMs = 0;
  #hasArrived = false;

  constructor(
    worker: WorkflowWorker,
    private readonly manifest: FlowManifest,
    private readonly mocks: Mocks,
    { runKey, input, startMs }: { runKey: number; input: unknown; startMs: number }
  ) {
    demandCalled(manifest, mocks);
    const answers = new MockedAnswers(
      manifest,
      mocks,
      (operation, input, call) => this.#called(operation, input, call),
      (error) => (this.#problem ??= { error }),
      ({ token }) =>
        LIMITS.repeats + (this.state.activities.get(Number(token.split('/')[0]))?.retryPolicy?.maximumAttempts ?? 0)
    );
    super(worker, answers, manifest.workflowType, [input], {
      runKey,
      workflowId: `test-${runKey}`,
      identity: 'a test',
      startMs,
    });
    this.#answers = answers;
    this.startedMs = this.now;
  }

  get isOpen(): boolean {
    return this.state.status === STATUS.running;
  }

  get runEvents(): RunEvent[] {
    return this.events.map(runEventOf);
  }

  async report(): Promise<NodesReport> {
    return (await this.query(NODES_QUERY)) as NodesReport;
  }

  /**
   * Works until nothing is left that happens before this time. Throws what ended the test: the error of a mock, a call
   * that is repeated for ever, or code that fails.
   */
  async workUntil(untilMs: number): Promise<void> {
    this.#untilMs = Math.min(untilMs, this.startedMs + LIMITS.timeMs);
    this.#hasArrived = false;
    const isOver = () => {
      const isEndless = this.#answers.endless !== null || this.events.length >= LIMITS.events;
      return this.#hasArrived || this.#problem !== null || isEndless;
    };
    await this.run({ until: isOver, maxTaskFailures: 1 });
    if (this.#problem) throw this.#problem.error;
    const endless = this.#answers.endless;
    if (endless)
      throw new TestProblem(`A call of '${endless.nodeId}' fails each time, and is tried again without an end.`);
    if (this.events.length >= LIMITS.events) throw new TestProblem(`The run has more than ${LIMITS.events} events.`);
    const [failure] = this.failures;
    if (failure) throw new TestProblem(`The code of the flow fails: ${failure.failure.message ?? ''}`);
    if (this.isOpen && Number.isFinite(untilMs)) this.now = Math.max(this.now, untilMs);
  }

  protected override async whenIdle(): Promise<boolean> {
    const { working } = this.#answers;
    if (working.size > 0) {
      await Promise.race(working);
      return true;
    }
    const deadline = history.nextDeadline(this.state);
    this.#hasArrived = deadline !== null && deadline > this.#untilMs;
    return this.#hasArrived;
  }

  protected override child(asked: ChildAsked): ChildPlayed {
    const { stepId, input } = asked;
    const nodeId = nodeIdOf(stepId);
    const flow = this.manifest.nodes[nodeId]?.child?.flow ?? '';
    const item = itemOf(stepId);
    const call: CallInfo = { step: nodeId, role: 'do', attempt: 1, ...(item === undefined ? {} : { item }) };
    this.#called(flow, input, call);
    const played = plannedChild(asked, this.manifest, {
      steps: { [nodeId]: { answers: [this.#answerOf(flow, input, call)] } },
      seed: 1,
    });
    if (played.leaves) this.#answers.happened(handedIdOf(stepId, ALL_OF_CHILD));
    return played;
  }

  #answerOf(flow: string, input: unknown, call: CallInfo): Answer {
    try {
      const given = askMock(this.mocks.steps?.[call.step] ?? this.mocks.flows?.[flow], input, call);
      if (given instanceof Promise) throw new TestProblem(`The mock of the flow '${flow}' is asynchronous.`);
      if (given) return given;
      throw new TestProblem(
        `Nothing answers the flow '${flow}' of the step '${call.step}': the test has no mock of it.`
      );
    } catch (error) {
      this.#problem ??= { error };
      return { kind: 'output' };
    }
  }

  #called(operation: string, input: unknown, call: CallInfo): void {
    this.calls.push({ operation, input, ...call, atMs: this.now - this.startedMs });
  }
}
