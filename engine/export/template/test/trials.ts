/**
 * Plays the workflow with the answers of trials.json, on a server that skips waiting times, and compares what it calls
 * and how it ends. The answers and the expectations are those of a trial in Backstitch; edit them as your services
 * change.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { activities } from '../src/activities';
import { APPROVAL_UPDATE, type ApprovalDecision, type OpenTaskInput } from '../src/saga/contract';
import { WORKFLOW_TYPE } from '../src/task-queue';

interface Trial {
  name: string;
  input: unknown;
  /**
   * By activity id without the number of an item; of a child with its workflow type before it. `cancelled`: the answer
   * comes after the run asked for its end. `after`: it comes when these calls have begun.
   */
  answers: Record<
    string,
    ({ output: unknown } | { failure: { type: string; message: string } }) & { cancelled?: true; after?: string[] }
  >;
  decisions: Record<string, string | { decision: string; values: unknown }>;
  signals: { name: string; payload: unknown }[];
  expect: { calls: string[]; output: unknown } | { calls: string[]; failure: string };
}
const trials = JSON.parse(readFileSync(new URL('./trials.json', import.meta.url), 'utf8')) as Trial[];

/** The drawings of all workflows. */
const workflows = new URL('../src/workflows/', import.meta.url);
const drawings = readdirSync(workflows, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('flow.json'))
  .map((path) => new URL(path, workflows));
const searchable = [new URL('../flow.json', import.meta.url), ...drawings].flatMap((url) => {
  const drawing = JSON.parse(readFileSync(url, 'utf8')) as { searchable?: Record<string, { type: string }> };
  return Object.entries(drawing.searchable ?? {});
});
/** Of search attributes, by their numbers in the protocol. */
const TYPES = ['', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

// Failures are expected here.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const MOST_HOURS = 100;

let environment: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundle;
before(async () => {
  const executable = process.env.TEMPORAL_TEST_SERVER;
  environment = await TestWorkflowEnvironment.createTimeSkipping(
    executable ? { server: { executable: { type: 'existing-path', path: executable } } } : undefined
  );
  const types = Object.entries({ SagaPhase: 'Keyword', SagaStanding: 'Int' });
  for (const [name, { type }] of searchable) types.push([name, type]);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace,
    searchAttributes: Object.fromEntries(types.map(([name, type]) => [name, TYPES.indexOf(type)])),
  });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url)),
  });
});
after(() => environment?.teardown());

for (const [index, { name, input, answers, decisions, signals, expect }] of trials.entries())
  test(name, async () => {
    const { client, nativeConnection, namespace } = environment;
    const taskQueue = `trial-${index}`;
    const workflowId = `trial-${index}`;
    const calls: string[] = [];
    const answer = async (): Promise<unknown> => {
      const context = Context.current();
      const { activityId, attempt, workflowType } = context.info;
      const call = (workflowType === WORKFLOW_TYPE ? '' : `${workflowType}.`) + activityId.replace(/~[\d.]+/g, '');
      if (attempt === 1) calls.push(call);
      const planned: Trial['answers'][string] = answers[call] ?? { output: null };
      while (planned.after?.some((id) => !calls.includes(id))) await setTimeout(10);
      if (planned.cancelled) {
        // The worker hears of a cancellation in the answer to a heartbeat.
        const beats = setInterval(() => context.heartbeat(), 50);
        await context.cancelled.catch(() => clearInterval(beats));
      }
      if ('output' in planned) return planned.output;
      throw ApplicationFailure.create({ ...planned.failure, nonRetryable: true });
    };
    const open = async ({ taskId, dataHash, nodeId, candidates, howMany }: OpenTaskInput): Promise<null> => {
      const said = decisions[nodeId];
      if (!said) return null;
      const taken = typeof said === 'string' ? { decision: said } : said;
      const people = howMany === undefined ? 1 : typeof howMany === 'number' ? howMany : candidates.length;
      const handle = client.workflow.getHandle(workflowId);
      const decide = async () => {
        for (let person = 1; person <= people; person++) {
          const groups = howMany === 'inSequence' ? candidates.slice(person - 1, person) : candidates;
          // An approval may exclude who decided another one.
          const actor = { id: `${taskId}-${person}`, name: 'Somebody', groups };
          const decided: ApprovalDecision = { taskId, ...taken, dataHash, actor, comment: 'In a test' };
          const updateId = `${taskId}/${person}`;
          await handle.executeUpdate<unknown, [ApprovalDecision]>(APPROVAL_UPDATE, { updateId, args: [decided] });
        }
      };
      // The others are not asked after a decision that ends it.
      void decide().catch(() => undefined);
      return null;
    };
    const played = Object.fromEntries(Object.keys(activities).map((type) => [type, answer]));
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace,
      taskQueue,
      workflowBundle,
      defaultHeartbeatThrottleInterval: 50,
      activities: { ...played, 'human.open': open, 'human.ask': async () => null, 'human.close': async () => null },
    });
    const run = async () => {
      const handle = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId, args: [input] });
      for (const signal of signals) await handle.signal(signal.name, signal.payload);
      return handle.result().finally(async () => {
        // Children for which nobody waits go on.
        for (let hour = 0; hour < MOST_HOURS && calls.length < expect.calls.length; hour++)
          await environment.sleep('1 hour');
      });
    };
    const ended = await worker.runUntil(
      run().then(
        (output: unknown) => ({ output: output ?? null }),
        (error: unknown) => ({ failure: typeOf(error) })
      )
    );
    const { calls: expected, ...end } = expect;
    assert.deepEqual({ ...ended, calls: calls.sort() }, { ...end, calls: expected });
  });

function typeOf(error: unknown): string {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  return cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : (cause?.name ?? 'Error');
}
