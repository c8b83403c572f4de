/** What the card of a fold says about what it hides. Pure. */
import type { FlowNode } from '@/engine/flow/document';
import type { FoldBox } from '@/engine/flow/layout/layout';
import type { WhatIf } from '@/engine/flow/what-if';
import { TROUBLE, URGENCY } from '@/engine/run-view/loops';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import { STATE_WORDS } from '@/components/status/status-mark';
import { faceState, previewLine, type StepFacts } from './card-model';

/** Of one node. */
export interface ProblemCount {
  errors: number;
  warnings: number;
}

export interface FoldFacts {
  key: string;
  /** Of its first node. */
  id: string;
  /** For its icon: the node that is folded; null for a stretch. */
  node: FlowNode | null;
  title: string;
  /** Under the title. */
  line: string;
  trouble: boolean;
  problems: ProblemCount;
  /** At run time: the state inside that matters most. */
  state: NodeState | null;
  dimmed: boolean;
}

interface Told {
  facts: ReadonlyMap<string, StepFacts>;
  states: Record<string, NodeView> | undefined;
  problems: ReadonlyMap<string, ProblemCount> | undefined;
  whatIf: WhatIf | null;
}

export function foldFactsOf({ key, id, nodes, inside }: FoldBox, { facts, states, problems, whatIf }: Told): FoldFacts {
  const head = facts.get(id)!.node;
  const isStretch = nodes.length > 1;
  const hidden = isStretch ? inside : inside.filter((each) => each !== id);
  const last = facts.get(nodes.at(-1)!)!.node;
  const count = { errors: 0, warnings: 0 };
  for (const each of inside) {
    count.errors += problems?.get(each)?.errors ?? 0;
    count.warnings += problems?.get(each)?.warnings ?? 0;
  }
  const told = whatIf
    ? previewLine(inside, whatIf)
    : states
      ? runLine(hidden, inside, states)
      : { line: designLine(hidden, facts), trouble: false, state: null };
  return {
    key,
    id,
    node: isStretch ? null : head,
    title: isStretch ? `${head.title} … ${last.title}` : head.title,
    problems: count,
    dimmed: whatIf !== null && !inside.some((each) => ['undone', 'fails'].includes(whatIf.nodes[each]?.role ?? '')),
    ...told,
  };
}

const stepsOf = (count: number) => (count === 1 ? '1 step' : `${count} steps`);

function designLine(hidden: readonly string[], facts: Told['facts']): string {
  const undos = hidden.filter((id) => facts.get(id)?.lining === 'undo').length;
  const pivot = hidden.some((id) => {
    const node = facts.get(id)?.node;
    return node && 'pivot' in node && node.pivot === true;
  });
  return [stepsOf(hidden.length), undos > 0 ? `${undos} with undo` : null, pivot ? 'point of no return' : null]
    .filter((part) => part !== null)
    .join(', ');
}

/** The state that matters most; finished only if everything is. */
function runLine(hidden: readonly string[], inside: readonly string[], states: Record<string, NodeView>) {
  const all = inside.map((id) => (states[id] ? faceState(states[id]) : 'notYet'));
  const counted: readonly NodeState[] = all.filter((state) => state !== 'notTaken');
  const worst = URGENCY.find((state) => counted.includes(state)) ?? 'notTaken';
  const done = hidden.filter((id) => states[id]?.state === 'done').length;
  const isFinished = counted.every((state) => state === 'done');
  const state = worst === 'done' && !isFinished ? 'notYet' : worst;
  const progress = `${done} of ${hidden.filter((id) => states[id]?.state !== 'notTaken').length} done`;
  const line =
    state === 'notTaken'
      ? STATE_WORDS.notTaken
      : state !== 'done' && state !== 'notYet'
        ? `${STATE_WORDS[state]}, ${progress}`
        : done > 0
          ? progress
          : stepsOf(hidden.length);
  return { line, trouble: TROUBLE.has(state), state };
}
