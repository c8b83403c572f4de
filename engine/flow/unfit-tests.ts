/**
 * Tests of a flow that no longer fit it: they name a step that is gone, give answers that the step no longer takes, or
 * an input that the flow refuses. What would come of such a test says nothing, and it could even pass: a test that
 * expects a failure passes if its input is refused. Pure, shared with the browser.
 *
 * Rules
 * [UNF1] A test that does not fit is not played and never passes; each reason is a sentence with the title of the step.
 * [UNF2] What no longer fits can be left out; what is left of the test fits.
 */
import { misfitOf } from '../saga/value-check';
import type { FlowDocument, FlowNode } from './document';
import { decisionsOf } from './nodes/approval';
import { factsOf } from './nodes/table';
import { mentionedIn, type Difference, type FlowTest } from './tests';
import { allNodes, isLoop } from './tree';
import type { StepPlan, TrialPlan } from './trial-plan';

type Flow = Pick<FlowDocument, 'input' | 'steps'>;

/** [UNF1] None: it fits. */
export function unfitIn({ plan, expect }: Pick<FlowTest, 'plan' | 'expect'>, flow: Flow): Difference[] {
  const nodes = nodesOf(flow);
  const named = [
    ...Object.keys(plan.steps),
    ...(plan.stopAt === undefined ? [] : [plan.stopAt]),
    ...mentionedIn(expect),
  ];
  const gone = [...new Set(named)].filter((id) => !nodes.has(id));
  return [
    ...gone.map((id): Difference => ({
      nodeId: null,
      message: `The flow no longer has the step '${id}', which the test names.`,
    })),
    ...Object.entries(plan.steps).flatMap(([id, said]): Difference[] => {
      const known = nodes.get(id);
      return known ? unfitAnswers(known, said).map(({ message }) => ({ nodeId: id, message })) : [];
    }),
    ...unfitInput(plan, flow),
  ];
}

/** [UNF2] */
export function withoutUnfit<T extends Pick<FlowTest, 'plan' | 'expect'>>(test: T, flow: Flow): T {
  const nodes = nodesOf(flow);
  const { input, steps, stopAt, stopItem, ...plan } = test.plan;
  const has = (id: string) => nodes.has(id);
  const stops = stopAt !== undefined && has(stopAt);
  const inLoop = stops && nodes.get(stopAt)!.inLoop;
  const { remains, undone, asks } = test.expect;
  return {
    ...test,
    plan: {
      ...plan,
      ...(input === undefined || unfitInput(test.plan, flow).length > 0 ? {} : { input }),
      steps: Object.fromEntries(
        Object.entries(steps).flatMap(([id, said]) => {
          const known = nodes.get(id);
          const fields = known ? fittingAnswers(known, said) : {};
          return Object.keys(fields).length > 0 ? [[id, fields]] : [];
        })
      ),
      ...(stops ? { stopAt } : {}),
      ...(inLoop && stopItem !== undefined ? { stopItem } : {}),
    },
    expect: {
      ...test.expect,
      remains: remains.filter(has),
      undone: undone.filter(has),
      asks: asks.filter(({ nodeId }) => has(nodeId)),
    },
  };
}

interface Known {
  node: FlowNode;
  inLoop: boolean;
}
function nodesOf({ steps }: Flow): ReadonlyMap<string, Known> {
  const all = allNodes(steps);
  const inLoops = new Set(
    all.filter(isLoop).flatMap((loop) => allNodes([loop]).flatMap(({ id }) => (id === loop.id ? [] : [id])))
  );
  return new Map(all.map((node) => [node.id, { node, inLoop: inLoops.has(node.id) }]));
}

type Field = keyof StepPlan;
const OF_STEPS: readonly Field[] = ['answers', 'undo', 'lookUp', 'afterUndoFailed', 'outcome'];

/** The fields of a plan that nodes like this one take. A plan may have others beside them, which have no meaning. */
function takenBy({ node }: Known): readonly Field[] {
  if (node.kind === 'approval') return ['decision', 'values'];
  if (node.kind === 'waitForSignal') return ['signal'];
  return factsOf(node).step(node) ? OF_STEPS : [];
}

function unfitAnswers(known: Known, said: StepPlan): { fields: Field[]; message: string }[] {
  const { node, inLoop } = known;
  const title = `'${node.title}'`;
  const { items = {}, ...all } = said;
  const fields = [...new Set([all, ...Object.values(items)].flatMap((each) => Object.keys(each) as Field[]))];
  const taken = takenBy(known);
  if (fields.length > 0 && !fields.some((field) => taken.includes(field))) {
    const kind = factsOf(node).words.kind;
    return [
      {
        fields: [...fields, 'items'],
        message: `The answers of the test for ${title} do not fit: its kind is '${kind}' now.`,
      },
    ];
  }
  const step = factsOf(node).step(node);
  const found: { fields: Field[]; message: string }[] = [];
  if (node.kind === 'approval') {
    const known = ['nobody', ...decisionsOf(node).map(({ key }) => key)];
    const decided = [all, ...Object.values(items)].flatMap(({ decision }) => (decision ? [decision] : []));
    const gone = decided.find((decision) => !known.includes(decision));
    if (gone !== undefined)
      found.push({
        fields: ['decision', 'values'],
        message: `The test decides '${gone}' at ${title}, which has no such decision now.`,
      });
  }
  const asked = fields.filter((field) => field === 'undo' || field === 'afterUndoFailed');
  if (step && !step.undo && asked.length > 0)
    found.push({ fields: asked, message: `The test has answers for the undo of ${title}, which has no undo now.` });
  if (step && step.unknown?.policy !== 'check' && fields.includes('lookUp'))
    found.push({
      fields: ['lookUp'],
      message: `The test has an answer for the look-up of ${title}, which has none now.`,
    });
  if (!inLoop && Object.keys(items).length > 0)
    found.push({
      fields: ['items'],
      message: `The test has answers for single items of ${title}, which is in no loop now.`,
    });
  return found;
}

function fittingAnswers(known: Known, said: StepPlan): StepPlan {
  const unfit = new Set(unfitAnswers(known, said).flatMap(({ fields }) => fields));
  const kept = (fields: object) => Object.entries(fields).filter(([field]) => !unfit.has(field as Field));
  const { items, ...all } = said;
  const left = unfit.has('items')
    ? []
    : Object.entries(items ?? {}).flatMap(([item, fields]) => {
        const entries = kept(fields);
        return entries.length > 0 ? [[item, Object.fromEntries(entries)] as const] : [];
      });
  return { ...Object.fromEntries(kept(all)), ...(left.length > 0 ? { items: Object.fromEntries(left) } : {}) };
}

function unfitInput({ input }: TrialPlan, flow: Flow): Difference[] {
  if (input === undefined) return [];
  const misfit = misfitOf(input, flow.input);
  if (!misfit) return [];
  const { at, message } = misfit;
  const field = at === '/' ? 'it' : `'${at.slice(1).replaceAll('/', ' › ')}'`;
  return [{ nodeId: null, message: `The flow refuses the input of the test: ${field} ${message}.` }];
}
