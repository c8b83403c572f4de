/**
 * A history in Temporal's own JSON, as its tools write and read it, with what a mask hides hidden in it.
 *
 * Rules
 * [MHI1] An event in which nothing is hidden stays as it is: the history of a flow without sensitive values replays.
 * [MHI2] A payload in which something is hidden is the JSON of what the screens show of it. Everything else of the event
 *      stays: encodings of other payloads, instants, names.
 * [MHI3] A part that has no place in what the screens show is left out rather than shown.
 */
import { runEventOf } from './events-from-history';
import type { Mask } from './mask';

/** An event as proto JSON. */
type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function maskedEvent(event: Fields, mask: Mask): Fields {
  const shown = runEventOf(event);
  const { attributes } = mask.event(shown);
  const key = Object.keys(event).find((name) => name.endsWith('EventAttributes'));
  if (!key || isSame(shown.attributes, attributes)) return event;
  return { ...event, [key]: hidden(event[key], shown.attributes, attributes) };
}

/** `raw` with the changes that lead from `shown` to `masked`. */
function hidden(raw: unknown, shown: unknown, masked: unknown): unknown {
  if (isSame(shown, masked)) return raw;
  if (masked === undefined) return undefined;
  if (!isFields(raw)) {
    if (!Array.isArray(raw)) return masked;
    return raw.map((item: unknown, index) => hidden(item, itemOf(shown, index), itemOf(masked, index)));
  }
  if ('metadata' in raw && isFields(raw.metadata) && 'encoding' in raw.metadata) return payloadOf(masked);
  if (Array.isArray(raw.payloads)) return { ...raw, payloads: hidden(raw.payloads, shown, masked) };
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, item]) => {
      const made = hidden(item, fieldOf(shown, name), fieldOf(masked, name));
      return made === undefined ? [] : [[name, made]];
    })
  );
}

const itemOf = (list: unknown, index: number): unknown => (Array.isArray(list) ? list[index] : undefined);
const fieldOf = (value: unknown, name: string): unknown => (isFields(value) ? value[name] : undefined);

/** As the JSON of a payload: bytes in base64. */
const payloadOf = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});
function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
