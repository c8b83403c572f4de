/** The idempotency keys of a step, and where they go when a service wants them elsewhere than in the headers. */
import { Context } from '@temporalio/activity';
import { invalid } from './failure';

/** `<namespace>/<workflow id>/<run id>/<activity id>`: the same across attempts, restarts and operator retries. */
export function idempotencyKey(): string {
  const { info } = Context.current();
  const run = info.workflowExecution;
  return headerText([info.namespace, run?.workflowId ?? '', run?.runId ?? '', info.activityId].join('/'));
}

/** Header values are ASCII; ids need not be. '%' is encoded too, so that two ids never become one key. */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|%/gu, (character) => encodeURIComponent(character));
}

export interface Keys {
  idempotencyKey: string;
  forwardKey: string | undefined;
}

/** `{idempotencyKey}` and `{forwardKey}`, wherever a service wants them. */
export function fillText(text: string, keys: Keys, encode: (key: string) => string = (key) => key): string {
  return text.replace(/\{(idempotencyKey|forwardKey)\}/g, (_whole, name: keyof Keys) => {
    const key = keys[name];
    if (key === undefined) throw invalid('{forwardKey} has a meaning only in an undo or a look-up.');
    return encode(key);
  });
}

/** In a body only whole strings are replaced: what people write about keys is theirs. */
export function fill(value: unknown, keys: Keys): unknown {
  if (typeof value === 'string') return /^\{(idempotencyKey|forwardKey)\}$/.test(value) ? fillText(value, keys) : value;
  if (Array.isArray(value)) return value.map((item) => fill(item, keys));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, keys)]));
}
