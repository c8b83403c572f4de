/**
 * The method of `backstitch.v1` that plays trials. The parts are passed on as the process of the trial makes them.
 * Nothing is stored, and nothing that runs is touched.
 */
import { status, type handleServerStreamingCall } from '@grpc/grpc-js';
import type { Catalogue } from '../flow/catalogue';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { issueInWords } from '../plain-issue';
import type { Trials } from '../trial/trials';
import type { Caller } from '../permissions/caller';
import { parseJson } from './json-field';
import { Refusal } from './refusal';
import type { TrialPartMessage, TrialRequestMessage } from './messages';

export interface TrialMethodOptions {
  trials: Pick<Trials, 'play'>;
  authenticate(call: Parameters<TrialHandler>[0]): Promise<Caller>;
  /** Throws unless the caller may try this flow. */
  demand(caller: Caller, document: unknown): void;
  /** The person for whom one of our own processes acts, otherwise the caller. */
  actingFor(caller: Caller, named: string): string;
  /** Throws for a text that is not a document. */
  parseDocument(text: string): unknown;
  /** The operations of connections that the document names. */
  operationsFor(document: unknown): Promise<Catalogue>;
  onEnd(caller: Caller, listener: () => void): () => void;
  /** The status of an error, as a stream gives it. */
  fail(error: unknown): Error;
}

const PLAN_LIMIT_BYTES = 2_000_000;

type TrialHandler = handleServerStreamingCall<TrialRequestMessage, TrialPartMessage>;

export function trialMethod(options: TrialMethodOptions): TrialHandler {
  return (call) => {
    const left = new AbortController();
    const end = (error: unknown) => {
      left.abort();
      call.emit('error', options.fail(error));
    };
    const play = async () => {
      const caller = await options.authenticate(call);
      const document = options.parseDocument(call.request.documentJson);
      options.demand(caller, document);
      const request = {
        document,
        operations: await options.operationsFor(document),
        what: whatOf(call.request.what),
        plan: planOf(call.request.planJson),
      };
      const forget = options.onEnd(caller, () =>
        end(new Refusal(status.UNAUTHENTICATED, 'This key was revoked or has expired.'))
      );
      call.once('cancelled', () => left.abort());
      call.once('close', () => left.abort());
      try {
        const person = options.actingFor(caller, call.request.person);
        await options.trials.play(person, request, ({ kind, json }) => call.write({ kind, json }), left.signal);
      } finally {
        forget();
      }
      if (!left.signal.aborted) call.end();
    };
    play().catch(end);
  };
}

function whatOf(text: string): 'try' | 'matrix' {
  if (text === 'try' || text === 'matrix') return text;
  throw new Refusal(status.INVALID_ARGUMENT, 'what: try or matrix');
}

function planOf(text: string): TrialPlan {
  const parsed = planSchema.safeParse(parseJson('plan_json', text, PLAN_LIMIT_BYTES));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal(status.INVALID_ARGUMENT, `plan_json: ${issueInWords(issue!)}`);
}
