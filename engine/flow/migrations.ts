/**
 * Versions of the document's format. Every change that would alter the meaning of a released document, or make it
 * unreadable, increases FLOW_FORMAT and adds a step that converts documents of the previous format. Steps are never
 * removed, because published versions and drafts keep their documents in the old formats.
 *
 * Rules
 * [M1] A document of an older format goes through every later step, in order, before its shape is checked.
 * [M2] A document of a newer format is refused. The message names its format and the newest format of this release.
 * [M3] A step gets a copy: the caller's document is not changed.
 */
import type { Diagnostic } from './diagnostic';
import { FLOW_FORMAT } from './document';

export type JsonObject = Record<string, unknown>;

export interface Migration {
  /** The format that this step reads; its result has the next one. */
  from: number;
  /** What changed, for readers of this list. */
  change: string;
  /** May change and return its argument. The chain sets `format` of the result. */
  migrate(document: JsonObject): JsonObject;
}

/** One step for each format but the newest. */
export const MIGRATIONS: readonly Migration[] = [];

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
  let migrated = format < newest ? structuredClone(document) : document;
  for (let from = format; from < newest; from++) {
    const step = chain.find((each) => each.from === from);
    if (!step) throw new Error(`no migration reads format ${from}`);
    migrated = { ...step.migrate(migrated), format: from + 1 };
  }
  return { document: migrated, problem: null };
}

function refused(code: string, message: string, fix: string): Migrated {
  return { document: null, problem: { code, severity: 'error', nodeId: null, path: ['format'], message, fix } };
}
