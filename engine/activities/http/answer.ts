/**
 * The answer to a call, converted to the output of the step: read without losing a digit, and compared with the
 * declared output.
 */
import { readJson } from '../../flow/values/json';
import { failure } from './failure';
import type { HttpRequestInput } from './input';
import { misfitsOf } from './response-schema';
import type { Received } from './send';

export interface Expected {
  method: string;
  answer: HttpRequestInput['answer'];
  /** Identifies the request in a failure. */
  where: string;
  /**
   * Functions that return why a body does not match the schema of the input, and why an output does not match the
   * declared one; null if it matches.
   */
  bodyMisfit(body: unknown): string | null;
  outputMisfit(output: unknown): string | null;
}

/** Throws `InvalidRequest` for a schema that cannot be used. To be called before anything is sent. */
export function checksOf(responseSchema: unknown, declared: unknown): Pick<Expected, 'bodyMisfit' | 'outputMisfit'> {
  const fits = () => null;
  return {
    bodyMisfit: responseSchema === undefined ? fits : misfitsOf(responseSchema),
    outputMisfit: declared === undefined ? fits : misfitsOf(declared, 'the answer'),
  };
}

/** Returns the output. Throws `ResponseInvalid`, after which the outcome of the call is unknown. */
export function outputOf(received: Received, { method, answer, where, bodyMisfit, outputMisfit }: Expected): unknown {
  const lookup = answer === 'lookup';
  if (lookup && (received.status === 404 || received.status === 410)) return { applied: false };
  const body = method === 'HEAD' ? null : parse(where, received);
  const output =
    answer === 'full'
      ? { status: received.status, headers: plainHeaders(received), body }
      : lookup
        ? { applied: true, output: body }
        : body;
  const problem = bodyMisfit(body) ?? outputMisfit(output);
  if (problem !== null)
    throw failure('ResponseInvalid', true, `The answer of ${where} does not match its declared schema: ${problem}.`);
  return output;
}

function parse(where: string, { headers, text }: Received): unknown {
  if (text === '') return null;
  if (!/[/+]json\b/.test(headers['content-type'] ?? '')) return text;
  try {
    return readJson(text);
  } catch {
    throw failure('ResponseInvalid', true, `The answer of ${where} is not valid JSON.`);
  }
}

function plainHeaders({ headers }: Received): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name !== 'set-cookie');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
