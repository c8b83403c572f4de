/** Plays a scenario on a server: the answers of its steps, in the form in which two servers are compared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { normalise, type Names } from './normal';
import type { Get, Scenario, Step } from './scenario';
import type { Answer, Json, Wire } from './wire';

/** A Temporal server removes the row of a deleted run up to half a minute later. */
const WAIT_MS = 60_000;
const REPEAT_MS = 40;

/** An answer is null where the step is not compared. */
export async function play(wire: Wire, scenario: Scenario): Promise<(Answer | null)[]> {
  const answers: Answer[] = [];
  const named = new Map<string, Answer>();
  const get: Get = (step, path) => {
    const found = valueAt(named.get(step), path);
    if (typeof found !== 'string') throw new Error(`${scenario.name}: ${step} has no text at ${path}`);
    return found;
  };
  for (const [index, step] of scenario.steps.entries()) {
    const answer = await ask(wire, step, get, `${scenario.name}, step ${index + 1}`);
    answers.push(answer);
    if (step.as) named.set(step.as, answer);
  }
  const names = namesIn(named);
  return answers.map((answer, index) => (scenario.steps[index]!.unread ? null : normalise(answer, names)));
}

async function ask(wire: Wire, { method, request, until }: Step, get: Get, where: string): Promise<Answer> {
  const asked = typeof request === 'function' ? request(get) : request;
  const latest = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await wire.call(method, asked);
    if (!until || ('ok' in answer && until(answer.ok as { [key: string]: Json }))) return answer;
    if (Date.now() > latest) throw new Error(`${where}: what it waits for did not happen: ${JSON.stringify(answer)}`);
    await sleep(REPEAT_MS);
  }
}

/** `path`: names and indexes with points between them. */
export function valueAt(answer: Answer | undefined, path: string): Json | undefined {
  let value: Json | undefined = answer && 'ok' in answer ? answer.ok : undefined;
  for (const part of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as { [key: string]: Json })[part];
  }
  return value;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The ids in the answers of named steps, by the place where they appear first. */
function namesIn(named: Map<string, Answer>): Names {
  const names = new Map<string, string>();
  const visit = (value: Json, place: string) => {
    if (typeof value === 'string' && UUID.test(value) && !names.has(value)) names.set(value, `<${place}>`);
    if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) visit(inner, `${place}.${key}`);
  };
  for (const [step, answer] of named) if ('ok' in answer) visit(answer.ok, step);
  return names;
}
