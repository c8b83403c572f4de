/**
 * A call of a language model: POST /chat/completions. It has no effect, so every failure may be tried again.
 *
 * Invariants:
 * - What a step gets fits the output that its operation declares. An answer that does not fit is asked for again, at
 *   most
 *   `mostAnswers` times, because every answer costs money.
 * - An answer that was cut at its limit, or that the model refused to give, is not asked for again.
 * - Every digit of an answer is kept.
 */
import { Context } from '@temporalio/activity';
import type { ConnectionOf } from '../../flow/connections/connection';
import { readText } from '../../flow/connections/mapping';
import type { ModelCall } from '../../flow/connections/kinds/model';
import type { FrozenOf } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { readJson, writeJson } from '../../flow/values/json';
import type { CallEnvironment, Carrier, Progress } from '../carrier';
import { plainText } from '../http/address';
import { originsOf, sendAuthenticated } from '../http/authenticated';
import { addressOf } from '../http/carrier';
import { failure, invalid, statusFailure } from '../http/failure';
import { keysOf } from '../http/keys';
import { misfitsOf } from '../http/response-schema';
import { isStrict, plainSchema } from './schema';

/** Of the prompt with its values: about 100,000 tokens. */
const LONGEST_PROMPT = 400_000;

export const model: Carrier<'model'> = {
  async call(operation, connection, environment, input, meta, progress) {
    const { call, output } = operation;
    const { idempotencyKey, forwardKey } = keysOf(meta);
    const fields = { ...(input as object | null), idempotencyKey, forwardKey };
    const misfit = call.answer === 'json' ? misfitsOf(output, 'the answer') : () => null;
    const body = writeJson(requestOf(operation, connection, fields));
    if (body.length > LONGEST_PROMPT) throw invalid(`The prompt has more than ${LONGEST_PROMPT} characters.`);
    const answer = await ask(connection, environment, progress, { method: 'POST', path: '/chat/completions', body });
    const text = contentOf(answer, call);
    if (call.answer === 'text') return { text };
    const value = jsonIn(text);
    const problem = value === undefined ? 'it is not JSON' : misfit(value);
    if (problem !== null) {
      const isLast = Context.current().info.attempt >= call.mostAnswers;
      throw failure('AnswerInvalid', isLast, `The answer of ${call.model} does not fit its schema: ${problem}.`);
    }
    return value;
  },
  async test(connection, environment, progress) {
    await ask(connection, environment, progress, { method: 'GET', path: '/models', body: null });
    return '';
  },
};

/** The parsed answer. Rejects with an ApplicationFailure. */
async function ask(
  connection: ConnectionOf<'model'>,
  environment: CallEnvironment,
  progress: Progress,
  { method, path, body }: { method: string; path: string; body: string | null }
): Promise<unknown> {
  const { auth } = connection.settings;
  const url = new URL(addressOf(connection, environment.config));
  const guard = environment.guards.of(connection, originsOf(url, auth));
  url.pathname = url.pathname.replace(/\/*$/, '') + path;
  const where = `${method} ${url.origin}${url.pathname}`;
  const hide = (text: string) => environment.masking.hide(text);
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'Backstitch' };
  if (body !== null) headers['content-type'] = 'application/json';
  const received = await sendAuthenticated(
    { method, url, body, headers },
    auth,
    { ...environment, guard },
    {
      where,
      guard,
      hide,
      hasEffect: false,
      onSending: () => progress.sending(),
    }
  );
  progress.received(received);
  if (received.status < 200 || received.status > 299)
    throw statusFailure(where, received, { notAppliedStatuses: [] }, hide);
  const answer = jsonIn(received.text);
  if (answer === undefined) throw failure('ResponseInvalid', false, `The answer of ${where} is not JSON.`);
  return answer;
}

function requestOf({ call, name, output }: FrozenOf<'model'>, { settings }: ConnectionOf<'model'>, fields: object) {
  const system = readText(call.system, fields, plainText);
  const schema = plainSchema(output);
  return {
    model: call.model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: readText(call.prompt, fields, plainText) },
    ],
    [settings.limitField]: call.maxTokens,
    ...(call.temperature === null ? {} : { temperature: call.temperature }),
    ...(call.answer === 'json'
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name, schema, strict: isStrict(schema as JsonSchema) },
          },
        }
      : {}),
  };
}

interface Choice {
  finish_reason?: unknown;
  message?: { content?: unknown; refusal?: unknown } | null;
}

/** The text of the answer. Throws where there is none. */
function contentOf(answer: unknown, { model, maxTokens }: ModelCall): string {
  const { choices } = (answer ?? {}) as { choices?: unknown };
  const [choice] = Array.isArray(choices) ? (choices as (Choice | null)[]) : [];
  const { finish_reason: end, message } = choice ?? {};
  if (end === 'length')
    throw failure('AnswerTooLong', true, `The answer of ${model} needs more than ${maxTokens} tokens, and was cut.`);
  if (end === 'content_filter' || typeof message?.refusal === 'string')
    throw failure('AnswerRefused', true, `${model} refused to answer.`);
  if (typeof message?.content !== 'string') throw failure('ResponseInvalid', false, `${model} gave no answer.`);
  return message.content;
}

/** Undefined for a text that is not JSON. Some servers put JSON between lines of backquotes. */
function jsonIn(text: string): unknown {
  const [, inner = text] = /^\s*```(?:json)?\s*\n([\s\S]*?)\n```\s*$/.exec(text) ?? [];
  try {
    return readJson(inner);
  } catch {
    return undefined;
  }
}
