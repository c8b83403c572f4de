/**
 * Versions of the document's format. Whatever change makes a released document read otherwise, or not at all, raises FLOW_FORMAT and
 * adds the step that turns documents of the format before into the new one. Steps are never removed: published versions and drafts
 * keep the documents that they were made from.
 *
 * Rules
 * [M1] A document of an older format goes through every step up to the newest, in order, before its shape is checked.
 * [M2] One of a newer format is refused, and says which format it needs and which is the newest known here. Nothing is guessed.
 * [M3] A step gets a copy: what the caller holds stays as it was.
 */
import type { Diagnostic } from './diagnostic';
import { FLOW_FORMAT } from './document';

export type JsonObject = Record<string, unknown>;

export interface Migration {
  /** The format that it reads; it gives the next one. */
  from: number;
  /** What changed, for whoever reads the chain. */
  change: string;
  /** May change and return what it is given. Its result's `format` is set by the chain. */
  migrate(document: JsonObject): JsonObject;
}

/** One step for each format but the newest. */
export const MIGRATIONS: readonly Migration[] = [];

export type Migrated = { document: JsonObject; problem: null } | { document: null; problem: Diagnostic };

/** Brings a document to the newest format; its shape is not looked at. */
export function migrate(
  document: JsonObject,
  chain: readonly Migration[] = MIGRATIONS,
  newest: number = FLOW_FORMAT
): Migrated {
  const { format } = document;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1)
    return refused(
      'malformed',
      `It does not say its format: a number from 1 to ${newest}.`,
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
