/** One call of a trial in words, with its mark. */
import { wordsOfItem } from '@/engine/run-view/item-words';
import type { NodeState } from '@/engine/run-view/model';
import { writeJson } from '@/engine/flow/values/json';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { TrialCall } from '@/engine/trial/result';

export interface CallWords {
  mark: NodeState;
  title: string;
  /** What was answered. */
  words: string;
}

export function callWords(
  { nodeId, path, role, attempt, answer, words }: TrialCall,
  manifest: FlowManifest
): CallWords {
  const node = manifest.nodes[nodeId];
  const title = node?.title ?? nodeId;
  const again = `${wordsOfItem(nodeId, path, manifest)}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  switch (role) {
    case 'undo':
      return {
        mark: answer?.kind === 'output' ? 'undone' : 'undoFailed',
        title: `${node?.undo?.title ?? `Undo of ${title}`}${again}`,
        words: answer?.kind === 'output' ? 'worked' : answerWords(answer),
      };
    case 'check':
      return { mark: 'done', title: `Look-up of ${title}${again}`, words: answerWords(answer) };
    case 'stop':
      return { mark: 'cancelled', title: `${title}${again}`, words: words ?? '' };
    case 'decision':
      return { mark: words === 'Rejected' ? 'failed' : 'done', title: `${title}${again}`, words: words ?? '' };
    case 'signal':
      return { mark: 'done', title: `${title}${again}`, words: words ?? '' };
    case 'operator':
      return { mark: 'waitsForPerson', title: `${title}${again}`, words: `An operator: ${words ?? ''}` };
    default:
      return { mark: doneMark(answer), title: `${title}${again}`, words: answerWords(answer) };
  }
}

function doneMark(answer: TrialCall['answer']): NodeState {
  if (!answer || answer.kind === 'output') return 'done';
  return answer.kind === 'failure' && answer.effect === 'none' && answer.proves !== false ? 'failed' : 'unknown';
}

function answerWords(answer: TrialCall['answer']): string {
  if (!answer) return '';
  switch (answer.kind) {
    case 'output':
      return answer.output === null || answer.output === undefined ? 'answered' : `answered ${short(answer.output)}`;
    case 'timeout':
      return answer.effect === 'happened' ? 'never answered, and it happened' : 'never answered';
    case 'failure': {
      const when =
        answer.effect === 'happened' ? 'after its effect' : answer.proves === false ? '' : 'before its effect';
      return `failed${when && ` ${when}`}: ${answer.message || answer.type}`;
    }
  }
}

function short(value: unknown): string {
  const text = writeJson(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
