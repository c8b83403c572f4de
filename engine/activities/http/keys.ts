/**
 * The idempotency keys of a call, and the placeholders with which older code puts them into places other than the
 * headers.
 *
 * Code of document format 2 puts the keys into the input itself, and passes its key in the call
 * (engine/saga/call.ts). Its input is data: no placeholders are searched in it. Code of format 1 passes no key. Its
 * key is still created here in the same way, because a call that is repeated after an update of the product must send
 * the same key. Its input is still searched for placeholders, as it was documented then.
 */
import { Context } from '@temporalio/activity';
import { headerText, type ActivityCall } from '../../saga/call';
import { invalid } from './failure';

/** The values that an activity receives beside its input. Code of format 1 passes at most the forward key. */
export type ActivityMeta = Partial<ActivityCall>;

export interface Keys {
  idempotencyKey: string;
  forwardKey: string | undefined;
  /** True if the input is searched for placeholders. */
  placeholders: boolean;
}

export function keysOf(meta: ActivityMeta): Keys {
  const { idempotencyKey, forwardKey } = meta;
  if (idempotencyKey !== undefined) return { idempotencyKey, forwardKey, placeholders: false };
  return { idempotencyKey: keyOfFormat1(), forwardKey: forwardKey && headerText(forwardKey), placeholders: true };
}

/** `<namespace>/<workflow id>/<run id>/<activity id>`: the same across attempts, restarts and operator retries. */
function keyOfFormat1(): string {
  const { info } = Context.current();
  const run = info.workflowExecution;
  return headerText([info.namespace, run?.workflowId ?? '', run?.runId ?? '', info.activityId].join('/'));
}

/** Replaces `{idempotencyKey}` and `{forwardKey}` anywhere in the request. */
export function fillText(text: string, keys: Keys, encode: (key: string) => string = (key) => key): string {
  if (!keys.placeholders) return text;
  return text.replace(/\{(idempotencyKey|forwardKey)\}/g, (_whole, name: 'idempotencyKey' | 'forwardKey') => {
    const key = keys[name];
    if (key === undefined) throw invalid('{forwardKey} can be used only in an undo or a look-up.');
    return encode(key);
  });
}

/** In a body only whole strings are replaced, because a text that mentions the placeholders must not change. */
export function fill(value: unknown, keys: Keys): unknown {
  if (!keys.placeholders) return value;
  if (typeof value === 'string') return /^\{(idempotencyKey|forwardKey)\}$/.test(value) ? fillText(value, keys) : value;
  if (Array.isArray(value)) return value.map((item) => fill(item, keys));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, keys)]));
}
