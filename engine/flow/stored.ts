/**
 * Documents as they are stored with published versions. Each was read and checked when it was published, perhaps by an
 * earlier release: it is converted to the newest format wherever it is read, and never rewritten.
 */
import type { FlowDocument } from './document';
import type { FlowManifest } from './manifest';
import { contentOf, migrate } from './migrations';
import type { JsonObject } from './migrations/migration';

/** Throws if a newer release stored it. */
export function storedDocument(document: unknown): FlowDocument {
  const migrated = migrate(document as JsonObject);
  if (migrated.problem) throw new Error(migrated.problem.message);
  return migrated.document as FlowDocument;
}

/** Throws if a newer release stored it. */
export function storedManifest(manifest: FlowManifest): FlowManifest {
  return { ...manifest, document: storedDocument(manifest.document) };
}

/**
 * The text by which contents are compared: the same for a document of an older format and its migration ([RE4] of
 * migrations.ts).
 */
export function contentText(document: FlowDocument): string {
  return JSON.stringify(contentOf(document as unknown as JsonObject));
}
