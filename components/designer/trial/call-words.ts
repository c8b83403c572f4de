/** One call of a trial in words, with its mark. */
import { wordsOfItem } from '@/engine/run-view/item-words';
import type { NodeState } from '@/engine/run-view/model';
import { writeJson } from '@/engine/flow/values/json';
import type { FlowManifest } from '@/engine/flow/manifest';
import { decisionsOf } from '@/engine/flow/nodes/approval';
import { nodeIn } from '@/engine/flow/tree';
import type { Answer } from '@/engine/flow/trial-plan';
import type { TrialCall } from '@/engine/trial/result';

export interface CallWords {
  mark: NodeState;
  title: string;
  /** What was answered. */
  words: string;
}

/**
 * Rules
 * [CAW1] Only of a step with an effect it is said whether it failed before or after it, or that the outcome is unknown.
 * [CAW2] A wait that ended, a time limit that passed and a signal that was not taken are said where they happened.
 */
export function callWords(
  { nodeId, path, role, attempt, answer, words, isTaken }: TrialCall,
  manifest: FlowManifest
): CallWords {
  const node = manifest.nodes[nodeId];
  const title = node?.title ?? nodeId;
  const again = `${wordsOfItem(nodeId, path, manifest)}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  const as = (mark: NodeState, said = words ?? ''): CallWords => ({ mark, title: `${title}${again}`, words: said });
  switch (role) {
    case 'undo':
      return {
        mark: answer?.kind === 'output' ? 'undone' : 'undoFailed',
        title: `${node?.undo?.title ?? `Undo of ${title}`}${again}`,
        words: answer?.kind === 'output' ? 'worked' : answerWords(answer, false),
      };
    case 'check':
      return { mark: 'done', title: `Look-up of ${title}${again}`, words: answerWords(answer, false) };
    case 'stop':
      return as('cancelled');
    case 'decision':
      return as(turnsBack(nodeId, words, manifest) ? 'failed' : 'done');
    case 'signal':
      return as(isTaken === false ? 'notTaken' : 'done');
    case 'time':
      return as(goesOn(nodeId, manifest) ? 'done' : 'failed');
    case 'operator':
      return as('done', `An operator: ${words ?? ''}`);
    default: {
      const hasEffect = node?.effect !== 'none';
      return as(doneMark(answer, hasEffect), answerWords(answer, hasEffect));
    }
  }
}

/** What a flow does when the time of this node is over. */
function goesOn(nodeId: string, { document }: FlowManifest): boolean {
  const node = nodeIn(document.steps, nodeId);
  if (node?.kind === 'approval')
    return decisionsOf(node).some(({ key, turnsBack }) => key === node.onTimeout && !turnsBack);
  return node?.kind === 'wait' || (node?.kind === 'waitForSignal' && node.onTimeout !== undefined);
}

/** `words`: the title of a named decision. */
function turnsBack(nodeId: string, words: string | null, { document }: FlowManifest): boolean {
  const node = nodeIn(document.steps, nodeId);
  const named = node?.kind === 'approval' ? node.decisions : undefined;
  return named ? named.some((each) => each.title === words && each.turnsBack === true) : words === 'Rejected';
}

function doneMark(answer: Answer | null, hasEffect: boolean): NodeState {
  if (!answer || answer.kind === 'output') return 'done';
  if (!hasEffect) return 'failed';
  return answer.kind === 'failure' && answer.effect === 'none' && answer.proves !== false ? 'failed' : 'unknown';
}

function answerWords(answer: Answer | null, hasEffect: boolean): string {
  if (!answer) return '';
  switch (answer.kind) {
    case 'output':
      return answer.output === null || answer.output === undefined ? 'answered' : `answered ${short(answer.output)}`;
    case 'timeout':
      return hasEffect && answer.effect === 'happened' ? 'never answered, and it happened' : 'never answered';
    case 'failure': {
      const when =
        answer.effect === 'happened' ? ' after its effect' : answer.proves === false ? '' : ' before its effect';
      return `failed${hasEffect ? when : ''}: ${answer.message || answer.type}`;
    }
  }
}

function short(value: unknown): string {
  const text = writeJson(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
