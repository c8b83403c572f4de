/**
 * Versions of the document's format. Every change that would alter the meaning of a released document, or make it
 * unreadable, increases FLOW_FORMAT and adds a step that converts documents of the previous format. Steps are never
 * removed, because published versions and drafts keep their documents in the old formats.
 *
 * Rules
 * [MIG1] A document of an older format goes through every later step, in order, before its shape is checked.
 * [MIG2] A document of a newer format is refused. The message names its format and the newest format of this release.
 * [MIG3] A step gets a copy: the caller's document is not changed.
 * [RE4] A document has the same content after its migration (`contentOf`). Publishing it again is then recognised as
 *       such.
 */
import type { Diagnostic } from './diagnostic';
import { FLOW_FORMAT } from './document';
import { catchIds } from './migrations/catch-ids';
import type { JsonObject, Migration } from './migrations/migration';

/** One step for each format but the newest. */
export const MIGRATIONS: readonly Migration[] = [catchIds];

export type Migrated = { document: JsonObject; problem: null } | { document: null; problem: Diagnostic };

/** Converts a document to the newest format; its shape is not checked. */
export function migrate(
  document: JsonObject,
  chain: readonly Migration[] = MIGRATIONS,
  newest: number = FLOW_FORMAT
): Migrated {
  const { format } = document;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1)
    return refused(
      'malformed',
      `The document has no format: a number from 1 to ${newest}.`,
      `Set 'format' to ${newest}.`
    );
  if (format > newest) {
    const message = `This document needs a Backstitch that reads format ${format}; this one reads formats up to ${newest}.`;
    return refused('newer-format', message, 'Update Backstitch to open it.');
  }
  let migrated = format < newest ? (copyOf(document) as JsonObject) : document;
  for (let from = format; from < newest; from++) {
    const step = chain.find((each) => each.from === from);
    if (!step) throw new Error(`no migration reads format ${from}`);
    migrated = { ...step.migrate(migrated), format: from + 1 };
  }
  return { document: migrated, problem: null };
}

/**
 * [RE4] A document in the oldest format that can say the same. Two documents with the same content give the same
 *       result, in whatever format they were written.
 */
export function contentOf(document: JsonObject, chain: readonly Migration[] = MIGRATIONS): JsonObject {
  let content = document;
  for (;;) {
    const format = Number(content.format);
    const before = chain.find(({ from }) => from === format - 1)?.back(content) ?? null;
    if (before === null) return content;
    content = { ...before, format: format - 1 };
  }
}

/** Values that are no JSON are kept: reading refuses them with their places. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyOf(field)]));
}

function refused(code: string, message: string, fix: string): Migrated {
  return { document: null, problem: { code, severity: 'error', nodeId: null, path: ['format'], message, fix } };
}
