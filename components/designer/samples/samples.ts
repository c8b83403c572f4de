/**
 * The values that a run, or a try, gave to what expressions read: shown beside what can be inserted.
 *
 * Rules
 * [SMP1] The input, and the newest output of each step, by the names that expressions use.
 * [SMP2] What a schema calls sensitive is never shown: of a run the server hides it, of a try it is hidden here.
 */
import { outputName } from '@/engine/flow/names';
import { MASK } from '@/engine/flow/values/mask';
import { writeJson } from '@/engine/flow/values/json';
import type { FlowManifest } from '@/engine/flow/manifest';
import { fieldsOf } from '@/engine/run-view/fields';
import { maskOf } from '@/engine/run-view/mask';
import type { RunEvent } from '@/engine/run-view/model';
import { readRecords } from '@/engine/run-view/records';

export interface Samples {
  /** Where they come from, in words: 'the run order-8841'. */
  from: string;
  isRun: boolean;
  /** By the names in expressions. */
  values: ReadonlyMap<string, unknown>;
}

/** `events` of a run, as the server sent them. */
export function samplesOfRun(workflowId: string, events: readonly RunEvent[]): Samples {
  return { from: `the run ${workflowId}`, isRun: true, values: valuesOf(events) };
}
export function samplesOfTry(events: readonly RunEvent[], manifest: FlowManifest): Samples {
  const mask = maskOf(manifest);
  return { from: 'the last try', isRun: false, values: valuesOf(events.map((event) => mask.event(event))) };
}

function valuesOf(events: readonly RunEvent[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const input = events[0]?.attributes.input;
  if (Array.isArray(input) && input.length > 0) values.set('input', input[0]);
  for (const { parsed, outcome, result } of readRecords(events).activities)
    if (parsed?.role === 'do' && outcome === 'completed') values.set(outputName(parsed.nodeId), result);
  return values;
}

/** The value of a path such as `charge?.id`; undefined if the run did not give one. */
export function sampleAt({ values }: Pick<Samples, 'values'>, path: string): unknown {
  const [name = '', ...fields] = path.split(/\??\./);
  return fields.reduce<unknown>((value, field) => {
    const inner = fieldsOf(value);
    return Object.hasOwn(inner, field) ? inner[field] : undefined;
  }, values.get(name));
}

const LONGEST = 48;

/** In one short line; null if there is none. */
export function sampleWords(samples: Samples | null, path: string): string | null {
  const value = samples ? sampleAt(samples, path) : undefined;
  if (value === undefined) return null;
  if (value === MASK) return 'hidden';
  const text = writeJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** What a step answered, to be answered again; undefined if it is not known, or a part of it is hidden. */
export function answerFrom(samples: Samples | null, nodeId: string): unknown {
  const value = samples?.isRun ? samples.values.get(outputName(nodeId)) : undefined;
  return value !== undefined && !writeJson(value).includes(MASK) ? value : undefined;
}
