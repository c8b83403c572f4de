/**
 * Asks the engine for a trial, for a person. A trial changes nothing and calls nothing, so it leaves no entry in the
 * audit trail; it needs the permission to design, because it runs what the person has drawn.
 */
import type { TrialBody } from '@/app/_contract/trial';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { readFlow } from '@/engine/flow/read';
import { readJson } from '@/engine/flow/values/json';
import type { SentPart, TrialPart } from '@/engine/trial/parts';
import { Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

/** Each costs up to a minute of a processor. */
const TRIALS_LIMIT = { window: 60, max: 60 };

export interface Playing {
  /** Throws the refusal of a document that has errors, or of a trial that was ended before it gave anything. */
  first: SentPart;
  /** The parts after the first one, as they come; the last one is an 'end'. */
  rest: AsyncIterable<SentPart>;
  /** Ends the trial. */
  leave(): void;
}

export async function playTrial(
  web: Pick<Web, 'versions' | 'limits'>,
  actor: Actor,
  what: 'try' | 'matrix',
  { document, plan }: TrialBody,
  gone: AbortSignal
): Promise<Playing> {
  const flow = flowNameOf(document);
  demand(actor, 'flows.try', flow);
  const { allowed } = await web.limits.consume(`trial:${actor.id}`, TRIALS_LIMIT);
  if (!allowed) throw new Refusal('tooManyTries', 'You have tried flows very often in the last minute.');
  // Also checked here, because a document that is too deep or has invalid text cannot be sent.
  const read = readFlow(document);
  if (!read.document) throw untriable(flow, read.diagnostics);
  const left = new AbortController();
  gone.addEventListener('abort', () => left.abort(), { once: true });
  if (gone.aborted) left.abort();
  const parts = new Parts();
  web.versions
    .trial({ document, what, plan, person: actor.id }, (part) => parts.push(part), left.signal)
    .then(
      () => parts.end(null),
      (error: unknown) => parts.end(error as Error)
    );
  const reader = parts[Symbol.asyncIterator]();
  const { value: first } = await reader.next();
  const part = first ? partOf(first) : null;
  if (part?.kind === 'refused') throw untriable(flow, part.diagnostics);
  if (!first || part?.kind === 'end') throw ended(part);
  return { first, rest: { [Symbol.asyncIterator]: () => reader }, leave: () => left.abort() };
}

/** Only small parts are read here; the others go to the browser as they are. */
const partOf = ({ kind, json }: SentPart): TrialPart | null =>
  kind === 'refused' || kind === 'end' ? (readJson(json) as TrialPart) : null;

function ended(part: TrialPart | null): Refusal {
  if (part?.kind !== 'end') return new Refusal('engineAway', 'The engine ended the trial without an answer.');
  const code = part.end === 'busy' ? 'tooManyTries' : part.end === 'broken' ? 'engineAway' : 'trialEnded';
  return new Refusal(code, part.message);
}

function untriable(flow: string, diagnostics: readonly Diagnostic[]): Refusal {
  const problems = placesOf(diagnostics);
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return new Refusal('documentInvalid', `'${flow}' cannot be tried yet: ${count}.`, problems);
}

function flowNameOf(document: unknown): string {
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  return typeof name === 'string' ? name.slice(0, 100) : 'a flow without a name';
}

/** Parts that arrive before they are asked for. */
class Parts implements AsyncIterable<SentPart> {
  readonly #waiting: SentPart[] = [];
  #over: { error: Error | null } | null = null;
  #wake = () => {};

  push(part: SentPart): void {
    this.#waiting.push(part);
    this.#wake();
  }
  end(error: Error | null): void {
    this.#over = { error };
    this.#wake();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<SentPart, void> {
    for (;;) {
      const part = this.#waiting.shift();
      if (part) yield part;
      else if (this.#over?.error) throw this.#over.error;
      else if (this.#over) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
