/**
 * What the operations of a flow answer in a test: functions by the name of the operation, or by the step.
 *
 * Rules
 * [TSK2] A mock gets the input that the service would get, and the value that it returns is what the service answers,
 *        held against the declared output as in a real run. `fails(…)` is a failure, `noAnswer(…)` an attempt that ends
 *        by its time limit. Anything else that a mock throws fails the test.
 * [TSK3] A step whose operation has no mock fails the test, and so does a mock of something that the flow never calls.
 *        An undo without a mock succeeds, and a look-up without one says what happened.
 */
import type { JsonSchema } from '../flow/json-schema';
import type { FlowManifest } from '../flow/manifest';
import type { Answer } from '../flow/trial-plan';
import { factsOf } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import type { ParsedActivityId } from '../run-view/activity-id';
import { inputOf, PlannedAnswers } from '../trial/answers';
import type { ActivityTask } from '../worker/port';

/** One attempt of a call. */
export interface CallInfo {
  /** The step that calls. */
  step: string;
  /** In a loop: '2', or '2.1' in a loop inside a loop. */
  item?: string;
  role: 'do' | 'undo' | 'check';
  /** From 1. */
  attempt: number;
}
/** Returns the output, or what `fails` and `noAnswer` make. May be asynchronous: time waits for it. */
export type Mock = (input: never, call: CallInfo) => unknown;

export interface Mocks {
  /** By operation: 'shop.chargePayment'. It is asked by steps, undos and look-ups that call the operation. */
  operations?: Readonly<Record<string, Mock>>;
  /** By the id of the step, for its forward call: where several steps call the same operation. */
  steps?: Readonly<Record<string, Mock>>;
  /** By the name of a flow that the flow runs as a child: its output. */
  flows?: Readonly<Record<string, Mock>>;
}

class MockedAnswer {
  constructor(readonly answer: Answer) {}
}

/**
 * The attempt fails with this type. `happened`: the service did it all the same, and the run does not know. Without it
 * the failure proves that nothing happened. `retryable`: by default true, as with every failure of a service.
 */
export const fails = (
  type: string,
  message = type,
  { happened = false, retryable = true }: { happened?: boolean; retryable?: boolean } = {}
): unknown => new MockedAnswer({ kind: 'failure', effect: happened ? 'happened' : 'none', type, message, retryable });

/** The attempt is never answered: it ends by its time limit, and the run does not know whether it `happened`. */
export const noAnswer = ({ happened = false }: { happened?: boolean } = {}): unknown =>
  new MockedAnswer({ kind: 'timeout', effect: happened ? 'happened' : 'none' });

/** The test cannot go on: what it says of the world is missing or wrong. */
export class TestProblem extends Error {
  override name = 'TestProblem';
}

/** [TSK3] Throws for a mock of something that the flow does not call. */
export function demandCalled({ document, nodes }: FlowManifest, mocks: Mocks): void {
  const children = Object.values(nodes).flatMap(({ child }) => (child ? [child.flow] : []));
  const calling = allNodes(document.steps).filter(({ kind }) => kind !== 'child');
  const known = {
    operations: calling.flatMap((node) => factsOf(node).activities(node)),
    steps: Object.keys(nodes),
    flows: children,
  };
  for (const of of ['operations', 'steps', 'flows'] as const)
    for (const name of Object.keys(mocks[of] ?? {}))
      if (!known[of].includes(name)) {
        const all = [...new Set(known[of])].sort().join(', ') || 'none';
        throw new TestProblem(`The mocks name '${name}', which is not among the ${of} of this flow: ${all}.`);
      }
}

/** What a mock says: null if there is none. A rejection is of the test. */
export function askMock(mock: Mock | undefined, input: unknown, call: CallInfo): Answer | Promise<Answer> | null {
  if (!mock) return null;
  const given = mock(input as never, call);
  return given instanceof Promise ? given.then(answerFor) : answerFor(given);
}
const answerFor = (given: unknown): Answer =>
  given instanceof MockedAnswer ? given.answer : { kind: 'output', output: given ?? null };

const NO_PLAN = { steps: {}, seed: 1 };
/** Of a test that cannot go on. */
const GIVEN_UP: Answer = { kind: 'failure', effect: 'none', type: 'TestProblem', message: '', retryable: false };

export class MockedAnswers extends PlannedAnswers {
  /** Mocks that have not answered yet. */
  readonly working = new Set<Promise<unknown>>();

  constructor(
    manifest: FlowManifest,
    private readonly mocks: Mocks,
    private readonly onCall: (operation: string, input: unknown, call: CallInfo) => void,
    private readonly onProblem: (problem: unknown) => void,
    mostFailures: (task: ActivityTask) => number
  ) {
    super(manifest, NO_PLAN, () => {}, mostFailures);
  }

  /** The outputs of operations are checked where they are carried out. */
  protected override schemaOf(id: ParsedActivityId, task: ActivityTask): JsonSchema | undefined {
    const declared = id.role === 'do' ? this.manifest.nodes[id.nodeId]?.output : null;
    return super.schemaOf(id, task) ?? declared ?? undefined;
  }

  protected override answerOf(id: ParsedActivityId, attempt: number, task: ActivityTask): Answer | Promise<Answer> {
    const { operations = {}, steps = {} } = this.mocks;
    const { nodeId, role, path } = id;
    const mock = (role === 'do' ? steps[nodeId] : undefined) ?? operations[task.activityType];
    const call: CallInfo = {
      step: nodeId,
      role: role as CallInfo['role'],
      attempt,
      ...(path.length === 0 ? {} : { item: path.join('.') }),
    };
    const giveUp = (problem: unknown): Answer => {
      this.onProblem(problem);
      return GIVEN_UP;
    };
    const input = inputOf(task.input);
    this.onCall(task.activityType, input, call);
    try {
      const given = askMock(mock, input, call);
      if (given instanceof Promise) {
        const settled = given.catch(giveUp);
        this.working.add(settled);
        return settled.finally(() => this.working.delete(settled));
      }
      if (given) return given;
    } catch (error) {
      return giveUp(error);
    }
    if (role !== 'do') return super.answerOf(id, attempt, task);
    return giveUp(
      new TestProblem(`Nothing answers '${task.activityType}' of the step '${nodeId}': the test has no mock of it.`)
    );
  }
}
