/** A call of a language model behind an address that speaks the API of OpenAI (POST /chat/completions). */
import { Context } from '@temporalio/activity';
import { readJson } from '../json';
import { below } from './address';
import { demandMatch, environment, failure, fieldsOf, textOf, type ActivityCall } from './call';
import { connectionOf } from './connections';
import { readText } from './mapping';
import { asJson, callService } from './service';

export interface ModelCall {
  connection: string;
  model: string;
  system: string;
  prompt: string;
  limitField: 'max_tokens' | 'max_completion_tokens';
  maxTokens: number;
  temperature: number | null;
  /** An answer that does not fit its schema is asked for again, until there were so many. */
  mostAnswers: number;
  /** Absent: the answer is { text }. */
  format?: { name: string; schema: object; strict: boolean };
  /** JSON Schema of the answer. */
  output?: object;
}

export const model =
  (asked: ModelCall) =>
  async (input: unknown, call: ActivityCall): Promise<unknown> => {
    const { connection, format, output, temperature } = asked;
    const { address, headers: fixed, authenticate } = connectionOf(connection);
    const fields = fieldsOf(input, call);
    const system = readText(asked.system, fields, textOf);
    const body = asJson({
      model: asked.model,
      messages: [
        ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: readText(asked.prompt, fields, textOf) },
      ],
      [asked.limitField]: asked.maxTokens,
      ...(temperature === null ? {} : { temperature }),
      ...(format ? { response_format: { type: 'json_schema', json_schema: format } } : {}),
    });
    const url = below(environment(address), '/chat/completions');
    const headers = { ...fixed };
    const renew = await authenticate?.({ method: 'POST', url, headers, body: body.text });
    const answer = await callService(
      { method: 'POST', url, headers, body, renew, answer: 'body', notAppliedStatuses: [] },
      { ...call, output: undefined }
    );
    const text = contentOf(answer, asked);
    if (!format) return { text };
    try {
      const [, inner = text] = /^\s*```(?:json)?\s*\n([\s\S]*?)\n```\s*$/.exec(text) ?? [];
      const value = readJson(inner);
      demandMatch(output, value, 'The answer');
      return value;
    } catch (error) {
      const isLast = Context.current().info.attempt >= asked.mostAnswers;
      throw failure('AnswerInvalid', isLast, `The answer of ${asked.model} does not fit: ${(error as Error).message}`);
    }
  };

interface Completion {
  choices?: { finish_reason?: string; message?: { content?: string | null; refusal?: string | null } }[];
}

/** An answer that was cut or refused is not asked for again. */
function contentOf(answer: unknown, { model: name, maxTokens }: ModelCall): string {
  const { finish_reason: end, message } = (answer as Completion | null)?.choices?.[0] ?? {};
  if (end === 'length') throw failure('AnswerTooLong', true, `The answer of ${name} was cut at ${maxTokens} tokens.`);
  if (end === 'content_filter' || typeof message?.refusal === 'string')
    throw failure('AnswerRefused', true, `${name} refused to answer.`);
  if (typeof message?.content !== 'string') throw failure('ResponseInvalid', false, `${name} gave no answer.`);
  return message.content;
}
