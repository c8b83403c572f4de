/**
 * The common part of all REST handlers: check the origin and the session, parse, call one operation, and return its
 * answer or refusal as JSON.
 */
import { type z } from 'zod';
import { wordsOfIssue } from '@/engine/plain-issue';
import { FAILURES, type AppFailure } from '@/app/_contract/errors';
import { firstInexact } from '@/engine/flow/values/inexact';
import { isDeeper } from '@/engine/flow/values/pasted';
import { textProblemIn } from '@/engine/plain-text';
import { failureOf, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { demandCaller, demandSession, type Session } from '../people/session';
import { web, type Web } from '../web';
import { demandOwnOrigin } from './origin';
import { partsOf } from './parts';
import { inTurn } from './turns';

type Params = Record<string, string>;
interface Context {
  /** A list for a catch-all part of the address; undefined for a route without parameters. */
  params: Promise<Record<string, string | string[]> | undefined>;
}
export interface Call {
  web: Web;
  request: Request;
  params: Params;
}
export interface SignedCall extends Call {
  actor: Actor;
}
type Handler = (request: Request, context: Context) => Promise<Response>;

/** Larger than any input of a run (2 MB), with room for the JSON around it. */
const BODY_BYTES_MOST = 3 * 1024 * 1024;
/** A value in a step in a branch in a branch of a draft has a few hundred. */
const LEVELS_MOST = 1_000;

/** A handler for people and programs: needs a session or a key. */
export function signedIn(work: (call: SignedCall) => Promise<unknown>): Handler {
  return open(async (call) => {
    const { actor, cookies } = await demandCaller(call.web, call.request.headers);
    return withCookies(cookies, await work({ ...call, actor }));
  });
}

/**
 * A handler for people alone: what belongs to an account is no business of its keys. `evenLacking`: also for who has yet
 * to set up a second factor.
 */
export function ownSession(
  work: (call: Call & { session: Session }) => Promise<unknown>,
  how?: { evenLacking: true }
): Handler {
  return open(async (call) => {
    const session = await demandSession(call.web, call.request.headers, how);
    return withCookies(session.cookies, await work({ ...call, session }));
  });
}

/** A handler that checks by itself who may call. */
export function open(work: (call: Call) => Promise<unknown>): Handler {
  return async (request, context) => {
    const composed = web();
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') demandOwnOrigin(composed.config, request.headers);
      return await answerOf(await work({ web: composed, request, params: partsOf(await context.params) }));
    } catch (error) {
      return refusal(failureOf(error, composed.log));
    }
  };
}

/** A file that is saved, read as fast as the receiver takes it. */
export function fileOf(name: string, type: string, parts: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => void parts.return(undefined),
  });
  const headers = {
    'content-type': type,
    // Names have characters that a header has not.
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]+/g, '_')}"`,
    'cache-control': 'no-store',
  };
  return new Response(body, { headers });
}

/** A table of the day. `what`: 'runs'. */
export const csvOf = (what: string, lines: AsyncGenerator<string>): Response =>
  fileOf(`backstitch-${what}-${new Date().toISOString().slice(0, 10)}.csv`, 'text/csv; charset=utf-8', lines);

/** The answer of somebody with a session also extends it in the browser. */
async function withCookies(cookies: readonly string[], answered: unknown): Promise<Response> {
  const answer = await answerOf(answered);
  for (const cookie of cookies) answer.headers.append('set-cookie', cookie);
  return answer;
}

const answerOf = async (answer: unknown): Promise<Response> =>
  answer instanceof Response ? answer : inTurn(() => json(answer, 200));

export function refusal(error: AppFailure): Response {
  return json({ error }, FAILURES[error.code].status);
}
function json(value: unknown, status: number): Response {
  return Response.json(value, { status, headers: { 'cache-control': 'no-store' } });
}

/**
 * Parses the body by its schema. Throws `inputInvalid` with problems by JSON pointer, also for text that cannot be
 * stored. The field `own` is not checked for such text, because its operation checks it.
 */
export async function bodyOf<S extends z.ZodType>(request: Request, schema: S, own?: string): Promise<z.infer<S>> {
  return parsed(schema, valueOf(await rawBodyOf(request), 'The request', own), 'The request');
}

/** The text of a body of JSON, not read yet. */
export async function rawBodyOf(request: Request): Promise<string> {
  if (!request.headers.get('content-type')?.startsWith('application/json')) {
    throw new Refusal('badRequest', 'The body must be JSON (content-type: application/json).');
  }
  return readText(request);
}

/** Reads JSON, and refuses what could not be kept as it is; `own` as in `bodyOf`. */
export function valueOf(text: string, what: string, own?: string): unknown {
  const value = parseJson(text);
  demandExact(text, own);
  demandPlainText(own === undefined ? value : without(value, own), what);
  return value;
}

export function queryOf<S extends z.ZodType>(request: Request, schema: S): z.infer<S> {
  const value = Object.fromEntries(new URL(request.url).searchParams);
  demandPlainText(value, 'The filter');
  return parsed(schema, value, 'The filter');
}

/** Text that the database, a header or a screen cannot represent is refused at the door. */
function demandPlainText(value: unknown, what: string): void {
  const found = textProblemIn(value);
  if (found)
    throw new Refusal('inputInvalid', `${what} cannot be stored.`, [{ at: found.at || '/', message: found.problem }]);
}

/**
 * A number that would be stored with fewer digits is refused. Flows keep such numbers if services sent them; people
 * send them as strings.
 */
function demandExact(text: string, own: string | undefined): void {
  const found = firstInexact(text, own);
  if (!found) return;
  const message = `has ${found.digits}, a number with more digits than can be kept exactly. Send it as a string.`;
  throw new Refusal('inputInvalid', 'The request has a number that cannot be kept.', [{ at: found.at, message }]);
}

const without = (value: unknown, own: string): unknown =>
  typeof value === 'object' && value !== null ? { ...value, [own]: undefined } : value;

export function parsed<S extends z.ZodType>(schema: S, value: unknown, what: string): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = new Map<string, string>();
  // One for each field: what follows from an empty field says nothing more.
  for (const issue of result.error.issues) {
    const at = `/${issue.path.map(String).join('/')}`;
    if (!problems.has(at)) problems.set(at, wordsOfIssue(issue));
  }
  const list = [...problems].map(([at, message]) => ({ at, message }));
  throw new Refusal('inputInvalid', `${what} cannot be used as it is.`, list);
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MOST) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MOST) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
const tooLarge = () => new Refusal('payloadTooLarge', 'The request is larger than 3 MB. Nothing was done.');

function parseJson(text: string): unknown {
  // What reads a body calls itself for each level.
  if (isDeeper(text, LEVELS_MOST))
    throw new Refusal('badRequest', `The body has more than ${LEVELS_MOST} levels of nesting. Nothing was done.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal('badRequest', 'The body is not valid JSON.');
  }
}
