/**
 * A workflow that runs any flow document over the library, as its generated code would. Expressions are literals here:
 * 'true'.
 */
import type { FlowDocument, FlowNode } from '../../flow/document';
import { saga, type Saga, type UndoSpec } from '../../saga';
import type { Script } from './random-flow';

const MS: Record<string, number> = { '1s': 1_000, '1m': 60_000, '1h': 3_600_000 };

export const interpret = (flow: FlowDocument) =>
  saga(
    {
      flow: flow.name,
      onUndoFailure: flow.rollback.onFailure,
      deadline: flow.deadline,
      signals: Object.fromEntries(Object.keys(flow.signals).map((name) => [name, {}])),
    },
    async (s) => {
      await runAll(s, flow.steps);
      return 'through';
    }
  );

/** The name that a published flow has: a child runs it. */
export { interpret as interpret_v1 };

async function runAll(s: Saga, steps: readonly FlowNode[]): Promise<void> {
  for (const node of steps) await run(s, node);
}

async function run(s: Saga, node: FlowNode): Promise<void> {
  const catches = 'catch' in node ? (node.catch ?? []) : [];
  if (catches.length === 0) return plain(s, node);
  const handlers = catches.map(({ types, scope, then }) => ({
    types,
    scope,
    handle: (outer: Saga) => runAll(outer, then),
  }));
  if (node.kind === 'group') return s.group(node.id, (inner) => runAll(inner, node.steps), handlers);
  if (node.kind === 'each') return void (await s.each(eachOf(node), (inner) => runAll(inner, node.steps), handlers));
  if (node.kind === 'race') return void (await s.race(node.id, branchesOf(node), handlers));
  if (node.kind === 'repeat') return s.repeat({ id: node.id, most: node.most }, roundsOf(node), handlers);
  await s.attempt(node.id, (inner) => plain(inner, node), handlers);
}

const eachOf = ({ id, items, concurrency, onFailure }: Extract<FlowNode, { kind: 'each' }>) => ({
  id,
  items: JSON.parse(items) as unknown[],
  concurrency,
  onFailure,
});

const branchesOf = ({ branches }: Extract<FlowNode, { kind: 'race' }>) =>
  Object.fromEntries(branches.map(({ id, steps }) => [id, (branch: Saga) => runAll(branch, steps)]));

/** `until` is the number of rounds. */
function roundsOf({ until, steps }: Extract<FlowNode, { kind: 'repeat' }>) {
  let rounds = 0;
  return async (s: Saga) => {
    await runAll(s, steps);
    return ++rounds >= Number(until);
  };
}

/** As an expression of the undo would: it throws where there is no output, or where the output lacks what it reads. */
const read = (what: Script['undoReads'], output: unknown): number =>
  what === 'output' ? (output as string).length : (output as { missing: { deeper: number } }).missing.deeper;

async function plain(s: Saga, node: FlowNode): Promise<void> {
  switch (node.kind) {
    case 'action': {
      const { id, title, undo, unknown, pivot, lateCalls, settlesWithin } = node;
      const { undoReads = 'nothing' } = node.input as unknown as Partial<Script>;
      const options = {
        startToCloseTimeout: '10s',
        retry: { maximumAttempts: node.options?.retry?.maximumAttempts ?? 1, initialInterval: '1s' },
      } as const;
      const takeBack = (output: unknown): UndoSpec => ({
        title: undo?.title ?? '',
        activity: undo?.activity ?? '',
        options,
        input: undoReads === 'nothing' ? undo?.input : { ...(undo?.input as object), read: read(undoReads, output) },
        ...(undo?.onFailure ? { onFailure: undo.onFailure } : {}),
      });
      await s.step({
        id,
        title,
        activity: node.activity,
        input: node.input,
        options,
        effect: node.effect ?? 'none',
        pivot,
        ...(undo ? { undo: takeBack, armed: undo.armed } : {}),
        ...(lateCalls ? { lateCalls } : {}),
        ...(settlesWithin ? { settlesWithinMs: MS[settlesWithin] } : {}),
        unknown: unknown?.policy === 'check' ? { ...unknown, options } : unknown,
      });
      return;
    }
    case 'child': {
      const { id, title, flow, input, waits, onParentClose, timeout } = node;
      const spec = { id, title, flow, workflow: 'interpret_v1', input, effect: 'reversible', timeout } as const;
      const more = onParentClose ? { onParentClose } : {};
      await (waits === 'end' ? s.child({ ...spec, ...more }) : s.startChild({ ...spec, ...more }));
      return;
    }
    case 'wait':
      return s.wait(node.id, MS[String(node.duration)] ?? 1);
    case 'waitForSignal': {
      const spec = { id: node.id, signal: node.signal, ...(node.timeout ? { timeoutMs: MS[node.timeout] } : {}) };
      if (!node.onTimeout) return void (await s.waitForSignal(spec));
      const signal = await s.waitForSignal({ ...spec, onTimeout: 'continue' });
      if (signal === null) await runAll(s, node.onTimeout);
      return;
    }
    case 'approval': {
      const { decision } = await s.approval({
        id: node.id,
        title: node.title,
        question: node.question,
        candidates: node.candidates,
        data: node.data,
        schema: null,
        requireComment: node.requireComment,
        onTimeout: node.onTimeout,
        ...(node.timeout ? { timeoutMs: MS[node.timeout] } : {}),
        onReject: node.onReject ? 'continue' : 'fail',
      });
      if (decision === 'reject') await runAll(s, node.onReject ?? []);
      return;
    }
    case 'choice': {
      const taken = node.branches.find(({ when }) => when === 'true');
      const others = node.branches.filter((branch) => branch !== taken);
      s.took(
        node.id,
        taken?.id ?? null,
        others.map(({ id }) => id)
      );
      return runAll(s, taken?.steps ?? node.otherwise?.steps ?? []);
    }
    case 'parallel':
      return s.parallel(
        { id: node.id, unwind: node.unwind },
        Object.fromEntries(node.branches.map(({ id, steps }) => [id, (branch: Saga) => runAll(branch, steps)]))
      );
    case 'group':
      return s.group(node.id, (inner) => runAll(inner, node.steps));
    case 'each':
      return void (await s.each(eachOf(node), (inner) => runAll(inner, node.steps)));
    case 'repeat':
      return s.repeat({ id: node.id, most: node.most }, roundsOf(node));
    case 'race':
      return void (await s.race(node.id, branchesOf(node)));
    case 'set':
      return s.passed(node.id);
    case 'fail':
      return s.fail(node.id, node.errorType, node.message);
    case 'end':
      return s.end(node.id, node.output);
  }
}
