'use client';

/** Asks the worker of expressions. It is started with the first question, and is one for the whole page. */
import type { Answered, Answers, Question } from './language-messages';

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

let worker: Worker | null = null;
let next = 0;
const waiting = new Map<number, Waiting>();

/** Rejects if the worker cannot be loaded or fails. */
export function askLanguage<Q extends Question>(question: Q): Promise<Answers[Q['ask']]> {
  worker ??= started();
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker?.postMessage({ id, question });
  });
}

function started(): Worker {
  const made = new Worker(new URL('./language-worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('failed' in data) asked?.reject(new Error(data.failed));
    else asked?.resolve(data.answer as never);
  });
  made.addEventListener('error', () => {
    // Away from the network the script cannot be loaded: the next question tries again.
    worker = null;
    made.terminate();
    for (const { reject } of waiting.values()) reject(new Error('The checker of expressions cannot be loaded.'));
    waiting.clear();
  });
  return made;
}
