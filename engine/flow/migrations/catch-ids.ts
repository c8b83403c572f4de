/**
 * Format 1 → 2: handlers of failures have ids. In format 1 a handler had no id, and layout, projection and drafts named
 * it by its position: `<node>/catch-<i>`. It gets this name as its id, so that drawings and runs of old versions stay
 * the same.
 *
 * This file reads the fields of format 1 only. Never change it for a later kind of node.
 */
import type { JsonObject, Migration } from './migration';

const SEQUENCES = ['steps', 'then', 'onReject', 'onTimeout'];

export const catchIds: Migration = {
  from: 1,
  change: "A handler of failures has an id: 'catch-<i>' for the i-th handler of its node.",
  migrate: (document) => inHolder(document, (handler, index) => ({ id: idAt(index), ...handler })),
  back(document) {
    let fits = true;
    const before = inHolder(document, ({ id, ...handler }, index) => {
      fits &&= id === idAt(index);
      return handler;
    });
    return fits ? before : null;
  },
};

const idAt = (index: number) => `catch-${index}`;

type Change = (handler: JsonObject, index: number) => JsonObject;

/** A document, a node, a branch or a handler: whatever contains sequences. */
function inHolder(holder: JsonObject, change: Change): JsonObject {
  const inEach = (value: unknown): unknown => (isObject(value) ? inHolder(value, change) : value);
  const inList = (value: unknown): unknown => (Array.isArray(value) ? value.map(inEach) : value);
  const fields = Object.entries(holder).map(([name, value]) => {
    if (SEQUENCES.includes(name) || name === 'branches') return [name, inList(value)];
    if (name === 'otherwise') return [name, inEach(value)];
    if (name !== 'catch' || !Array.isArray(value)) return [name, value];
    return [
      name,
      value.map((handler, index) => (isObject(handler) ? change(inHolder(handler, change), index) : handler)),
    ];
  });
  return Object.fromEntries(fields) as JsonObject;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
