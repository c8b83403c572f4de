/**
 * Tests of a flow: a plan, and what must come of it. They are kept in the document, and every publish plays them
 * (trial/kept-tests.ts).
 *
 * Rules
 * [KT1] A test says how the run ends, which effects remain or may have happened, which were undone and in which order,
 *       and what a person is asked. What a test does not say (texts, times, values) may change.
 * [KT2] A difference is a sentence that names the step by its title, at the step.
 * [KT3] A test follows a step that gets another id; a test of a step that is gone does not fit the flow
 *       (unfit-tests.ts).
 */
import { z } from 'zod';
import { nodeIdSchema } from './names';
import { planSchema, type TrialPlan } from './trial-plan';

/** How a trial can end. */
export const END_KINDS = [
  'completed',
  'failed',
  'canceled',
  /** An operator, or an approver, is asked and the plan has no answer. */
  'asks',
  /** It waits for a signal that does not come. */
  'waits',
  /** A call fails again and again, and the flow never gives up. */
  'retries',
  /** The code of the flow does not return, or fails in a way that no flow can handle. */
  'broken',
  /** The limits of a trial were reached. */
  'tooLong',
] as const;
export type EndKind = (typeof END_KINDS)[number];

const questionSchema = z.strictObject({ nodeId: nodeIdSchema, kind: z.enum(['approval', 'undo', 'outcome']) });

export const outcomeSchema = z.strictObject({
  ends: z.enum(END_KINDS),
  /** Nodes whose effects remain or may have happened, without those that a completed run means to have. */
  remains: z.array(nodeIdSchema).max(500).default([]),
  /** Nodes whose effects were undone, in the order of their undos. */
  undone: z.array(nodeIdSchema).max(500).default([]),
  /** What people are asked at the end. */
  asks: z.array(questionSchema).max(100).default([]),
});
export type Outcome = z.infer<typeof outcomeSchema>;

export const flowTestSchema = z.strictObject({
  /** Unique in the flow. */
  name: nodeIdSchema,
  title: z.string().min(1).max(120),
  plan: planSchema,
  expect: outcomeSchema,
});
export type FlowTest = z.infer<typeof flowTestSchema>;

export const MOST_TESTS = 50;

/** One thing that came out in another way than a test expects. */
export interface Difference {
  /** The step that it is about; null: the whole run. */
  nodeId: string | null;
  message: string;
}

const ENDS: Record<EndKind, string> = {
  completed: 'completes',
  failed: 'fails',
  canceled: 'is stopped',
  asks: 'asks a person',
  waits: 'waits for a signal',
  retries: 'tries again without an end',
  broken: 'breaks: its code fails',
  tooLong: 'does not end within the limits of a trial',
};
export const endWords = (kind: EndKind): string => ENDS[kind];

const QUESTIONS: Record<Outcome['asks'][number]['kind'], (title: string) => string> = {
  approval: (title) => `for the decision of ${title}`,
  undo: (title) => `what to do about the undo of ${title}`,
  outcome: (title) => `whether ${title} happened`,
};

/**
 * [KT1] [KT2] `titleOf`: null for a node that the flow no longer has. `unreached`: steps that the plan names and the run
 * did not reach. They explain differences, and are none by themselves.
 */
export function differencesOf(
  expected: Outcome,
  found: Outcome,
  titleOf: (id: string) => string | null,
  unreached: readonly string[] = []
): Difference[] {
  const name = (id: string) => `'${titleOf(id) ?? id}'`;
  const about = (nodeId: string, message: string): Difference => ({
    nodeId: titleOf(nodeId) === null ? null : nodeId,
    message,
  });
  const differences: Difference[] = [];
  if (expected.ends !== found.ends)
    differences.push({
      nodeId: null,
      message: `The run should be one that ${ENDS[expected.ends]}, but it ${ENDS[found.ends]}.`,
    });
  for (const id of found.remains.filter((each) => !expected.remains.includes(each)))
    differences.push(
      about(
        id,
        expected.undone.includes(id)
          ? `${name(id)} should be undone, but it remains.`
          : `${name(id)} remains, and should not.`
      )
    );
  for (const id of expected.remains.filter((each) => !found.remains.includes(each)))
    differences.push(
      about(
        id,
        found.undone.includes(id)
          ? `${name(id)} should remain, but it is undone.`
          : `${name(id)} should remain, but it does not.`
      )
    );
  for (const id of expected.undone.filter((each) => !found.undone.includes(each) && !found.remains.includes(each)))
    differences.push(about(id, `${name(id)} should be undone, but it is not.`));
  for (const id of found.undone.filter((each) => !expected.undone.includes(each) && !expected.remains.includes(each)))
    differences.push(about(id, `${name(id)} is undone, and should not be.`));
  const inBoth = (list: readonly string[], other: readonly string[]) => list.filter((id) => other.includes(id));
  const order = inBoth(found.undone, expected.undone);
  if (inBoth(expected.undone, found.undone).join() !== order.join())
    differences.push({ nodeId: null, message: `The undos run in another order: ${order.map(name).join(', ')}.` });
  const keys = (list: Outcome['asks']) => list.map(({ nodeId, kind }) => `${kind} ${nodeId}`);
  for (const { nodeId, kind } of found.asks.filter(
    ({ nodeId, kind }) => !keys(expected.asks).includes(`${kind} ${nodeId}`)
  ))
    differences.push(about(nodeId, `A person is asked ${QUESTIONS[kind](name(nodeId))}, and should not be.`));
  for (const { nodeId, kind } of expected.asks.filter(
    ({ nodeId, kind }) => !keys(found.asks).includes(`${kind} ${nodeId}`)
  ))
    differences.push(about(nodeId, `A person should be asked ${QUESTIONS[kind](name(nodeId))}, but nobody is.`));
  if (differences.length === 0) return [];
  return [
    ...unreached.map((id) => about(id, `The run does not reach ${name(id)}, for which the test has answers.`)),
    ...differences,
  ];
}

/** The steps that a plan names and the run did not reach. */
export function unreachedIn(
  { steps, stopAt }: Pick<TrialPlan, 'steps' | 'stopAt'>,
  reached: readonly string[]
): string[] {
  const named = new Set([...Object.keys(steps), ...(stopAt === undefined ? [] : [stopAt])]);
  return [...named].filter((id) => !reached.includes(id));
}

/** The steps of which something is expected. */
export const mentionedIn = ({ remains, undone, asks }: Outcome): string[] => [
  ...new Set([...remains, ...undone, ...asks.map(({ nodeId }) => nodeId)]),
];

/**
 * [KT3] The tests as the draft holds them, with another id for a node. Tests that cannot be read are kept as they are.
 */
export function renameInTests<T>(tests: T, from: string, to: string): T {
  const parsed = z.array(flowTestSchema).safeParse(tests);
  if (!parsed.success) return tests;
  const renamed = (id: string) => (id === from ? to : id);
  const names = (test: FlowTest, id: string) =>
    Object.hasOwn(test.plan.steps, id) || test.plan.stopAt === id || mentionedIn(test.expect).includes(id);
  // Two steps would become one, and could not be told apart again.
  if (parsed.data.some((test) => names(test, to)) || !parsed.data.some((test) => names(test, from))) return tests;
  return parsed.data.map(({ plan, expect, ...test }): FlowTest => {
    const { stopAt, steps, ...more } = plan;
    return {
      ...test,
      plan: {
        ...more,
        steps: Object.fromEntries(Object.entries(steps).map(([id, step]) => [renamed(id), step])),
        ...(stopAt === undefined ? {} : { stopAt: renamed(stopAt) }),
      },
      expect: {
        ...expect,
        remains: expect.remains.map(renamed),
        undone: expect.undone.map(renamed),
        asks: expect.asks.map((ask) => ({ ...ask, nodeId: renamed(ask.nodeId) })),
      },
    };
  }) as T;
}
