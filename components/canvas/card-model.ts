/**
 * The content of a card, computed from the drawn node and, at run time, from its view. Pure; it contains the words of
 * the canvas.
 */
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Effect, FlowDocument, FlowNode } from '@/engine/flow/document';
import type { NodeManifest } from '@/engine/flow/manifest';
import { effectOf } from '@/engine/flow/nodes/step';
import { nameOf } from '@/engine/flow/names';
import { factsOf } from '@/engine/flow/nodes/table';
import { pivotPlaces } from '@/engine/flow/pivots';
import { allNodes, nestedSteps } from '@/engine/flow/tree';
import type { WhatIf, WhatIfRole } from '@/engine/flow/what-if';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';
import { stateWord } from '@/components/status/status-mark';
import { LEDGER_WORDS } from '@/components/words';

/** The kinds of lining, by the kind of step. */
export type LiningKind = 'none' | 'undo' | 'noUndo' | 'forGood' | 'afterPivot';

export interface StepFacts {
  node: FlowNode;
  effect: Effect;
  lining: LiningKind;
  undoTitle: string | null;
  armed: 'completed' | 'attempted';
  afterPivot: boolean;
}

/** What the catalogue declares about steps, from a manifest or, for a draft, from the catalogue itself. */
export interface Declared {
  nodes: Readonly<Record<string, Pick<NodeManifest, 'effect' | 'undo'>>>;
}

/** What a catalogue says about the steps of a document. */
export function declaredOf(flow: FlowDocument, catalogue: Catalogue): Declared {
  return {
    nodes: Object.fromEntries(
      allNodes(flow.steps).flatMap((node) => {
        const step = factsOf(node).step(node);
        return step ? [[node.id, { effect: effectOf(step, catalogue), undo: null }]] : [];
      })
    ),
  };
}

/**
 * The facts of every node of a document. Facts that did not change are the same objects, so that cards are not drawn
 * again.
 */
export function stepFactsOf(document: FlowDocument, manifest?: Declared | null): Map<string, StepFacts> {
  const places = pivotPlaces(document.steps);
  return new Map(
    allNodes(document.steps).map((node) => [node.id, stepFacts(node, places.get(node.id) === 'after', manifest)])
  );
}

const lastFacts = new WeakMap<FlowNode, StepFacts>();

function stepFacts(node: FlowNode, afterPivot: boolean, manifest?: Declared | null): StepFacts {
  const step = factsOf(node).step(node);
  const known = manifest?.nodes[node.id];
  const undo = step?.undo;
  const effect = known?.effect ?? step?.effect ?? (undo ? 'reversible' : 'none');
  const facts: StepFacts = {
    node,
    effect,
    lining: step ? liningOf(effect, afterPivot, Boolean(undo ?? known?.undo)) : 'none',
    undoTitle: undo?.title ?? known?.undo?.title ?? null,
    armed: undo?.armed ?? known?.undo?.armed ?? 'completed',
    afterPivot,
  };
  const last = lastFacts.get(node);
  if (last && (Object.keys(facts) as (keyof StepFacts)[]).every((key) => last[key] === facts[key])) return last;
  lastFacts.set(node, facts);
  return facts;
}

function liningOf(effect: Effect, afterPivot: boolean, undo: boolean): LiningKind {
  if (effect === 'none') return 'none';
  if (effect === 'irreversible') return 'forGood';
  if (afterPivot) return 'afterPivot';
  return undo ? 'undo' : 'noUndo';
}

const ownLineOf = (node: FlowNode): string =>
  factsOf(node).words.line(node, () => nestedSteps(node).flatMap((steps) => allNodes(steps)).length);

/** What the node calls, waits for or sets: the line under the title at design time. */
export function subtitleOf({ node, afterPivot }: StepFacts): string {
  const { step } = factsOf(node);
  return afterPivot && step(node) ? 'Retries until done' : ownLineOf(node);
}

/** The line under the title of a run's card, and whether it reports a problem. */
export function runLineOf({ node, afterPivot }: StepFacts, view: NodeView): { text: string; trouble: boolean } {
  const { step, drawing } = factsOf(node);
  const isStep = step(node) !== null;
  const said = view.failure?.message || view.failure?.type;
  switch (view.state) {
    case 'failed':
    case 'unknown':
      // What failed inside a frame says so itself.
      if (drawing.shape === 'frame') return { text: view.note ?? ownLineOf(node), trouble: false };
      if (!said && !isStep) return { text: ownLineOf(node), trouble: false };
      // Whoever ends a wait says nothing about the step.
      return {
        text:
          said ?? (view.state === 'unknown' || view.fault === 'unknown' ? 'May have happened' : 'No reason was given'),
        trouble: true,
      };
    case 'retrying': {
      const attempt = view.maximumAttempts > 0 ? `${view.attempt}/${view.maximumAttempts}` : `Attempt ${view.attempt}`;
      return { text: said ? `${attempt} · ${said}` : attempt, trouble: true };
    }
    case 'paused':
      return { text: view.note ?? 'Paused', trouble: false };
    case 'noWorker':
      return { text: 'No worker has started it', trouble: true };
    case 'notTaken':
      return { text: 'Not taken', trouble: false };
    default:
      if (afterPivot && isStep && view.state === 'running') return { text: 'Retries until done', trouble: false };
      return { text: (isStep ? null : view.note) ?? ownLineOf(node), trouble: false };
  }
}

/** The result of 'what if this fails' for a node. */
export interface StepPreview {
  role: WhatIfRole;
  /** Its number in the order of undoing. */
  order: string | null;
  /** The node that fails; its own undo may be called too. */
  fails: boolean;
  /** Of a node with steps inside: what happens to them; null for other nodes, and where the role says all. */
  inside: { line: string; dimmed: boolean } | null;
}
const PREVIEW_WORDS: Record<WhatIfRole, string | null> = {
  fails: 'Fails',
  undone: null,
  stays: 'Stays',
  ran: 'Nothing to undo',
  handles: 'Handles it',
  neverStarted: 'Never started',
};
/** `node` has steps inside if it is a frame. */
export function previewOf(whatIf: WhatIf | null | undefined, node: FlowNode): StepPreview | null {
  const found = whatIf?.nodes[node.id];
  if (!whatIf || !found) return null;
  const steps = nestedSteps(node).flatMap(allNodes);
  const inside = found.role === 'ran' && steps.length > 0 ? previewLine(idsOf(steps), whatIf) : null;
  const dimmed = inside !== null && !inside.trouble && !inside.undoes;
  return { ...found, fails: whatIf.nodeId === node.id, inside: inside && { line: inside.line, dimmed } };
}
const idsOf = (nodes: readonly FlowNode[]) => nodes.map(({ id }) => id);

/** What happens to these nodes, in a few words. */
export function previewLine(inside: readonly string[], { nodes, nodeId }: WhatIf) {
  const roles = inside.map((id) => nodes[id]?.role ?? 'neverStarted');
  const undone = roles.filter((role) => role === 'undone').length;
  const fails = inside.includes(nodeId);
  const line = fails
    ? 'Fails inside'
    : undone > 0
      ? `${undone} undone`
      : roles.every((role) => role === 'neverStarted')
        ? 'Never started'
        : roles.includes('stays')
          ? 'Stays'
          : 'Nothing to undo';
  return { line, trouble: fails, undoes: undone > 0, state: fails ? ('failed' as const) : null };
}

export const isDimmed = (preview: StepPreview | null): boolean =>
  preview !== null &&
  (preview.inside?.dimmed ?? (!preview.fails && preview.role !== 'undone' && preview.role !== 'handles'));

/** The line under a card's title in all cases: a preview, a run or the design. */
export function lineOf(facts: StepFacts, view: NodeView | null, preview: StepPreview | null) {
  const said = preview ? (preview.inside?.line ?? PREVIEW_WORDS[preview.fails ? 'fails' : preview.role]) : null;
  if (said) return { text: said, trouble: preview?.fails ?? false };
  return view ? runLineOf(facts, view) : { text: subtitleOf(facts), trouble: false };
}

const ON_THE_WAY_BACK: ReadonlySet<NodeState> = new Set(['unwinding', 'undone', 'undoFailed']);
/** The mark of a card's face: a failed step keeps that mark while its lining shows the state of its undo. */
export const faceState = ({ state, fault }: Pick<NodeView, 'state' | 'fault'>): NodeState =>
  fault !== null && ON_THE_WAY_BACK.has(state) ? fault : state;

/** Accessible name of a card's face. */
export function faceName(facts: StepFacts, view: NodeView | null): string {
  const { node } = facts;
  const state = view ? `, ${stateWord(faceState(view), view.attempt, view.maximumAttempts)}` : '';
  const { step, words } = factsOf(node);
  const kind = step(node) ? '' : `, ${words.kind}`;
  const line = view ? runLineOf(facts, view).text : subtitleOf(facts);
  return `${nameOf(node)}${kind}${state}, ${line}`;
}
/** Accessible name of a card's lining. */
export function liningName(facts: StepFacts, state: LedgerState | null, order: number | null): string | null {
  switch (facts.lining) {
    case 'none':
      return null;
    case 'noUndo':
      return 'No undo';
    case 'forGood':
      return 'Irreversible: cannot be undone';
    case 'afterPivot':
      return null;
    case 'undo': {
      const armed = facts.armed === 'attempted' ? 'armed on attempt' : 'armed on completion';
      const told = state ? LEDGER_WORDS[state] : armed;
      return `Undo: ${facts.undoTitle ?? 'undo'}, ${told}${order === null ? '' : `, number ${order} to be undone`}`;
    }
  }
}

/** The steps of which the right column says something. */
export const linedOf = (facts: ReadonlyMap<string, StepFacts>): Set<string> =>
  new Set(
    [...facts.values()].filter(({ lining }) => lining !== 'none' && lining !== 'afterPivot').map(({ node }) => node.id)
  );
