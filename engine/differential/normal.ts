/**
 * The form in which the answers of two servers are compared.
 *
 * [DIF1] An id that a named step returned has the name of that step wherever it appears again; another UUID is
 *        `<uuid>`, an instant `<time>`, a token `<token>`. What was measured (sizes, durations of runs) is `<measured>`.
 * [DIF2] A payload is its JSON, with the type that the server adds.
 * [DIF3] Nothing, an empty text, 0, false, an empty list and an empty message are not distinguished.
 */
import type { Answer, Json } from './wire';

/** By id. */
export type Names = ReadonlyMap<string, string>;
type Fields = { [key: string]: Json };

const UUIDS = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
/** Instants after 2001. No duration in the scenarios is that long. */
const EARLIEST_SECONDS = 1e9;
/** By the name of their field. */
const MEASURED = new Set(['historySizeBytes', 'executionDuration', 'taskId', 'sizeBytes']);
export const TOKENS = new Set(['nextPageToken', 'token', 'taskToken', 'conflictToken']);

export function normalise(answer: Answer, names: Names): Answer {
  if ('ok' in answer) return { ok: plain(answer.ok, names, '') ?? {} };
  const { error, detail, says } = answer;
  const kept = detail === undefined ? undefined : plain(detail, names, '');
  return { error, ...(kept === undefined ? {} : { detail: kept }), says: String(plain(says, names, '') ?? '') };
}

const named = (text: string, names: Names) =>
  text.replace(UUIDS, (id) => names.get(id) ?? '<uuid>').replace(/x{100,}/g, ([one]) => `${one}…`);

/** `undefined` for what is not distinguished from nothing. */
function plain(value: Json, names: Names, field: string): Json | undefined {
  if (value === null || value === '' || value === 0 || value === false) return undefined;
  if (TOKENS.has(field)) return '<token>';
  if (MEASURED.has(field)) return '<measured>';
  if (typeof value === 'string') return named(value, names);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => plain(item, names, '') ?? {});
    return items.length === 0 ? undefined : items;
  }
  return timeIn(value) ?? payloadIn(value) ?? messageOf(value, names);
}

function messageOf(value: Fields, names: Names): Json | undefined {
  // Until the next time of a schedule, or a second after the run before.
  const known: Fields =
    value.cronSchedule || value.continuedExecutionRunId ? { ...value, firstWorkflowTaskBackoff: '<measured>' } : value;
  const kept = Object.entries(known)
    .map(([key, inner]): [string, Json | undefined] => [named(key, names), plain(inner, names, key)])
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function timeIn(value: Fields): Json | undefined {
  const keys = Object.keys(value);
  if (keys.length === 0 || !keys.every((key) => key === 'seconds' || key === 'nanos')) return undefined;
  const seconds = Number(value.seconds ?? 0);
  if (seconds > EARLIEST_SECONDS) return '<time>';
  return seconds === 0 && !value.nanos ? undefined : `${seconds + Number(value.nanos ?? 0) / 1e9}s`;
}

const text = (base64: Json | undefined) => Buffer.from(String(base64 ?? ''), 'base64').toString();

function payloadIn(value: Fields): Json | undefined {
  const metadata = value.metadata as Fields | undefined;
  if (typeof metadata?.encoding !== 'string') return undefined;
  const type = metadata.type ? `${text(metadata.type)} ` : '';
  return `${type}${text(metadata.encoding)} ${text(value.data)}`;
}
