/** What a card says, worked out of the drawn node and, at run time, of its view. Pure; the words of the canvas live here. */
import type { Effect, FlowDocument, FlowNode } from '@/engine/flow/document';
import { nestedSteps } from '@/engine/flow/tree';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';
import { stateWord } from '@/components/status/status-mark';

/** Lining by kind of step. */
export type LiningKind = 'none' | 'undo' | 'noUndo' | 'forGood' | 'afterPivot';

export interface StepFacts {
  node: FlowNode;
  effect: Effect;
  lining: LiningKind;
  undoTitle: string | null;
  armed: 'completed' | 'attempted';
  afterPivot: boolean;
}

/** Facts of every node of a document; the manifest, where there is one, knows effects that the catalogue declares. */
export function stepFactsOf(document: FlowDocument, manifest?: FlowManifest | null): Map<string, StepFacts> {
  const facts = new Map<string, StepFacts>();
  const walk = (steps: readonly FlowNode[], behind: boolean) => {
    const pivotAt = steps.findIndex((node) => node.kind === 'action' && node.pivot);
    steps.forEach((node, index) => {
      const afterPivot = behind || (pivotAt >= 0 && index > pivotAt);
      facts.set(node.id, factsOf(node, afterPivot, manifest));
      nestedSteps(node).forEach((inner) => walk(inner, afterPivot));
    });
  };
  walk(document.steps, false);
  return facts;
}

function factsOf(node: FlowNode, afterPivot: boolean, manifest?: FlowManifest | null): StepFacts {
  const undo = node.kind === 'action' ? node.undo : undefined;
  const known = manifest?.nodes[node.id];
  const effect = known?.effect ?? (node.kind === 'action' ? (node.effect ?? (undo ? 'reversible' : 'none')) : 'none');
  const lining: LiningKind =
    node.kind !== 'action' || effect === 'none'
      ? 'none'
      : effect === 'irreversible'
        ? 'forGood'
        : afterPivot
          ? 'afterPivot'
          : undo || known?.undo
            ? 'undo'
            : 'noUndo';
  return {
    node,
    effect,
    lining,
    undoTitle: undo?.title ?? known?.undo?.title ?? null,
    armed: undo?.armed ?? known?.undo?.armed ?? 'completed',
    afterPivot,
  };
}

/** What it calls, waits for or sets: the line under the title at design time. */
export function subtitleOf(node: FlowNode): string {
  switch (node.kind) {
    case 'action': {
      const input =
        typeof node.input === 'object' && node.input !== null && !Array.isArray(node.input) ? node.input : {};
      const method = 'method' in input && typeof input.method === 'string' ? input.method : null;
      const address = ['path', 'url']
        .map((key) => input[key as keyof typeof input] as unknown)
        .find((each) => typeof each === 'string');
      if (method && typeof address === 'string') return `${method} ${address}`;
      return method ? `${method} request` : node.activity;
    }
    case 'approval':
      return node.candidates.length > 0 ? `Asks ${node.candidates.join(', ')}` : 'Asks anybody';
    case 'wait':
      return typeof node.duration === 'string'
        ? `For ${node.duration}`
        : node.until
          ? `Until ${node.until}`
          : 'For a computed time';
    case 'waitForSignal':
      return `Signal ${node.signal}${node.timeout ? `, at most ${node.timeout}` : ''}`;
    case 'set':
      return `Sets ${Object.keys(node.values).join(', ')}`;
    case 'fail':
      return node.errorType;
    case 'end':
      return 'Ends the flow';
    case 'choice':
      return `${node.branches.length + 1} ways`;
    case 'parallel':
      return `${node.branches.length} branches at once`;
  }
}

/** The line under the title of a run's card, and whether it tells of trouble. */
export function runLineOf(facts: StepFacts, view: NodeView): { text: string; trouble: boolean } {
  const said = view.failure?.message || view.failure?.type;
  switch (view.state) {
    case 'failed':
    case 'unknown':
      if (!said && facts.node.kind !== 'action') return { text: subtitleOf(facts.node), trouble: false };
      return { text: said ?? 'No reason was given', trouble: true };
    case 'retrying': {
      const attempt = view.maximumAttempts > 0 ? `${view.attempt}/${view.maximumAttempts}` : `Attempt ${view.attempt}`;
      return { text: said ? `${attempt} · ${said}` : attempt, trouble: true };
    }
    case 'noWorker':
      return { text: 'Nobody has picked it up', trouble: true };
    case 'notTaken':
      return { text: 'Not taken', trouble: false };
    default:
      if (facts.afterPivot && facts.node.kind === 'action' && view.state === 'running')
        return { text: 'Retries until done', trouble: false };
      return {
        text: facts.node.kind === 'action' ? subtitleOf(facts.node) : (view.note ?? subtitleOf(facts.node)),
        trouble: false,
      };
  }
}

const ON_THE_WAY_BACK: ReadonlySet<NodeState> = new Set(['unwinding', 'undone', 'undoFailed']);
/** The mark of a card's face: a step that failed keeps that mark while its lining shows what the way back does to it. */
export const faceState = ({ state, fault }: Pick<NodeView, 'state' | 'fault'>): NodeState =>
  fault !== null && ON_THE_WAY_BACK.has(state) ? fault : state;

export const LEDGER_WORDS: Record<LedgerState, string> = {
  notArmed: 'has not happened',
  standing: 'remains',
  mayStand: 'may have happened',
  undoing: 'undoing',
  undone: 'undone',
  undoFailed: 'undo failed',
  doneByHand: 'undone by hand',
  leftStanding: 'remains, left as it is',
};

/** Accessible name of a card's face. */
export function faceName(facts: StepFacts, view: NodeView | null): string {
  const { node } = facts;
  const state = view ? `, ${stateWord(faceState(view), view.attempt, view.maximumAttempts)}` : '';
  const kind = node.kind === 'action' ? '' : `, ${KIND_WORDS[node.kind]}`;
  const line = view ? runLineOf(facts, view).text : subtitleOf(node);
  return `${node.title}${kind}${state}, ${line}`;
}
/** Accessible name of a card's lining. */
export function liningName(facts: StepFacts, state: LedgerState | null, order: number | null): string | null {
  switch (facts.lining) {
    case 'none':
      return null;
    case 'noUndo':
      return 'No undo';
    case 'forGood':
      return 'For good: cannot be undone';
    case 'afterPivot':
      return null;
    case 'undo': {
      const armed = facts.armed === 'attempted' ? 'armed on attempt' : 'armed on completion';
      const told = state ? LEDGER_WORDS[state] : armed;
      return `Undo: ${facts.undoTitle ?? 'undo'}, ${told}${order === null ? '' : `, number ${order} to be undone`}`;
    }
  }
}

const KIND_WORDS: Record<FlowNode['kind'], string> = {
  action: 'step',
  choice: 'choice',
  parallel: 'parallel branches',
  wait: 'wait',
  waitForSignal: 'wait for a signal',
  approval: 'approval',
  set: 'set variables',
  fail: 'fails the flow',
  end: 'end',
};
