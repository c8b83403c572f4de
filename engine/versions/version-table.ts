/**
 * Published versions in the database (schema `worker`). Rows are written once and never changed; documents of older
 * formats are converted when a row is read. Which versions are retired is a table of its own (retire.ts).
 */
import type pg from 'pg';
import { outputName, type FlowDocument } from '../flow/document';
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import { storedDocument, storedManifest } from '../flow/stored';
import type { RevisionContent } from './revision-rules';
import type { FieldWriter } from '../service/declared';
import type { WorkflowBundle } from '../worker/bundle/bundle';

export interface VersionSummary {
  flow: string;
  version: number;
  revision: string;
  /** New runs of the version start on this revision. */
  live: boolean;
  workflowType: string;
  title: string;
  description: string | null;
  nodes: number;
  /** By which lists are filtered, as the document has them; null for none. */
  searchable: FlowDocument['searchable'] | null;
  sha: string;
  createdBy: string;
  createdMs: number;
  /** What changed and why, as the publisher wrote it; '' for none. */
  note: string;
  /** Null: it is served, so it starts new runs. */
  retired: Retired | null;
}

/** Who retired a version, and why. */
export interface Retired {
  by: string;
  atMs: number;
  reason: string;
}

export interface StoredVersion extends VersionSummary {
  document: FlowDocument;
  code: string;
  manifest: FlowManifest;
}

export interface NewVersion {
  flow: string;
  version: number;
  revision: string;
  workflowType: string;
  contentSha: string;
  createdBy: string;
  note: string;
  code: string;
  files: Record<string, string>;
  manifest: FlowManifest;
  bundle: WorkflowBundle;
}

type Database = pg.Pool | pg.PoolClient;

const RETIRED = `(SELECT json_build_object('by', r.retired_by, 'atMs', (extract(epoch FROM r.retired_at) * 1000)::float,
    'reason', r.reason)
   FROM worker.retired_version r WHERE r.flow = flow_version.flow AND r.version = flow_version.version) AS retired`;
/**
 * The revision on which new runs of the version start: the one of its last switch (revision-table.ts), or the first
 * one.
 */
const IS_LIVE = `revision = coalesce((SELECT s.revision FROM worker.revision_switch s
  WHERE s.workflow_type = flow_version.workflow_type ORDER BY s.id DESC LIMIT 1), 'v' || version || '.0')`;
const SUMMARY = `flow, version, revision, (${IS_LIVE}) AS live, workflow_type AS "workflowType", title, document->>'description' AS description,
  (SELECT count(*) FROM json_object_keys(manifest->'nodes'))::int AS nodes, document->'searchable' AS searchable, sha, created_by AS "createdBy",
  (extract(epoch FROM created_at) * 1000)::float AS "createdMs", note, ${RETIRED}`;
/** The sha of the copy of each operation that the revision calls, by activity type; null if it calls none. */
const OPERATIONS = `SELECT json_object_agg(o.activity, o.sha) FROM worker.version_operation o
  WHERE o.workflow_type = flow_version.workflow_type AND o.revision = flow_version.revision`;
/** Within a version the live revision comes first. 'v3.10' is newer than 'v3.9'. */
const NEWEST_FIRST = `version DESC, (${IS_LIVE}) DESC, split_part(revision, '.', 2)::int DESC`;

/** Newest first, within a version the live revision first; for all flows if `flow` is null. */
export async function listVersions(database: Database, flow: string | null): Promise<VersionSummary[]> {
  const { rows } = await database.query<VersionSummary>(
    `SELECT ${SUMMARY} FROM worker.flow_version WHERE $1::text IS NULL OR flow = $1 ORDER BY flow, ${NEWEST_FIRST}`,
    [flow]
  );
  return rows;
}

/** The newest version, and its live revision, if none is requested; null if there is none. */
export async function readVersion(
  database: Database,
  flow: string,
  version: number | null,
  revision: string | null
): Promise<StoredVersion | null> {
  const { rows } = await database.query<Omit<StoredVersion, 'document'>>(
    `SELECT ${SUMMARY}, code, manifest FROM worker.flow_version
     WHERE flow = $1 AND ($2::int IS NULL OR version = $2) AND ($3::text IS NULL OR revision = $3)
     ORDER BY ${NEWEST_FIRST} LIMIT 1`,
    [flow, version, revision]
  );
  const [row] = rows;
  if (!row) return null;
  const manifest = storedManifest(row.manifest);
  return { ...row, manifest, document: manifest.document };
}

/** Of one revision, or of the live revision of the type if the revision is not known; null if there is none. */
export async function readManifest(
  database: Database,
  workflowType: string,
  revision: string
): Promise<FlowManifest | null> {
  const { rows } = await database.query<{ manifest: FlowManifest }>(
    `SELECT manifest FROM worker.flow_version WHERE workflow_type = $1
     ORDER BY revision = $2 DESC, ${NEWEST_FIRST} LIMIT 1`,
    [workflowType, revision]
  );
  return rows[0] ? storedManifest(rows[0].manifest) : null;
}

/**
 * Of the newest version of each flow that starts runs; of all flows if `flows` is null. Of its live revision.
 */
export async function newestManifests(database: Database, flows: readonly string[] | null): Promise<FlowManifest[]> {
  const { rows } = await database.query<{ manifest: FlowManifest }>(
    `SELECT DISTINCT ON (flow) manifest FROM worker.flow_version
     WHERE ($1::text[] IS NULL OR flow = ANY($1)) AND NOT EXISTS (SELECT FROM worker.retired_version r
       WHERE r.flow = flow_version.flow AND r.version = flow_version.version) ORDER BY flow, ${NEWEST_FIRST}`,
    [flows]
  );
  return rows.map(({ manifest }) => storedManifest(manifest));
}

/** Changes whenever something is published, retired, taken back or switched. */
export async function stateOfVersions(database: Database): Promise<string> {
  const { rows } = await database.query<{ state: string }>(
    `SELECT concat_ws('/', (SELECT count(*) FROM worker.flow_version), (SELECT max(id) FROM worker.revision_switch),
       (SELECT string_agg(flow || '_' || version, ',' ORDER BY flow, version) FROM worker.retired_version)) AS state`
  );
  return rows[0]?.state ?? '';
}

/** Version number and content (of the live revision) of the newest version; null before the first. */
export async function newestContent(
  database: Database,
  flow: string
): Promise<{ version: number; revision: string; contentSha: string } | null> {
  const { rows } = await database.query<{ version: number; revision: string; contentSha: string }>(
    `SELECT version, revision, content_sha AS "contentSha" FROM worker.flow_version WHERE flow = $1 ORDER BY ${NEWEST_FIRST} LIMIT 1`,
    [flow]
  );
  return rows[0] ?? null;
}

/**
 * Another flow whose versions have the same workflow types as the versions of this flow (`a-b` and `a--b`); null if
 * there is none.
 */
export async function flowOfType(database: Database, flow: string): Promise<string | null> {
  const { rows } = await database.query<{ flow: string }>(
    `SELECT flow FROM worker.flow_version WHERE flow <> $1 AND split_part(workflow_type, '_v', 1) = $2 LIMIT 1`,
    [flow, outputName(flow)]
  );
  return rows[0]?.flow ?? null;
}

/** The flows of which a version has a searchable field of this name. */
export async function flowsWithField(database: Database, name: string): Promise<string[]> {
  const { rows } = await database.query<{ flow: string }>(
    `SELECT DISTINCT flow FROM worker.flow_version WHERE document->'searchable'->$1 IS NOT NULL ORDER BY flow`,
    [name]
  );
  return rows.map(({ flow }) => flow);
}

/** The versions of which a revision has a searchable field of one of these names. */
export async function fieldWriters(database: Database, names: readonly string[]): Promise<FieldWriter[]> {
  const { rows } = await database.query<FieldWriter>(
    `SELECT DISTINCT n.name, flow, version, workflow_type AS "workflowType", EXISTS (SELECT FROM worker.retired_version r
       WHERE r.flow = flow_version.flow AND r.version = flow_version.version) AS "isRetired"
     FROM worker.flow_version, unnest($1::text[]) AS n(name)
     WHERE document->'searchable'->n.name IS NOT NULL ORDER BY n.name, flow, version`,
    [names]
  );
  return rows;
}

export async function insertVersion(database: Database, row: NewVersion): Promise<void> {
  await database.query(
    `INSERT INTO worker.flow_version
       (flow, version, revision, workflow_type, title, document, code, files, bundle, manifest, sha, content_sha, created_by,
        note)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      row.flow,
      row.version,
      row.revision,
      row.workflowType,
      row.manifest.document.title,
      JSON.stringify(row.manifest.document),
      row.code,
      JSON.stringify(row.files),
      Buffer.from(row.bundle.code),
      JSON.stringify(row.manifest),
      row.manifest.sha,
      row.contentSha,
      row.createdBy,
      row.note,
    ]
  );
}

export interface StoredBundle {
  flow: string;
  workflowType: string;
  revision: string;
  live: boolean;
  code: string;
  /** The inputs that the flow declares. */
  declared: Pick<FlowDocument, 'input' | 'signals' | 'updates'>;
  steps: FlowDocument['steps'];
  retired: Retired | null;
  /** The flows that its children run, and theirs. */
  below: string[];
  /** Some values in its runs are sensitive. */
  sensitive: boolean;
  /** Only for types with several revisions. */
  content: RevisionContent | null;
}

/** What is served: every revision of every workflow type, or of one type. */
export async function readBundles(database: Database, workflowType: string | null = null): Promise<StoredBundle[]> {
  const { rows } = await database.query<
    Pick<StoredBundle, 'flow' | 'workflowType' | 'revision' | 'live' | 'retired' | 'sensitive'> & BundleColumns
  >(
    `SELECT flow, workflow_type AS "workflowType", revision, (${IS_LIVE}) AS live, bundle, document, ${RETIRED},
       (SELECT json_agg(n.value->'child') FROM json_each(manifest->'nodes') n WHERE n.value->'child' IS NOT NULL) AS children,
       manifest::text LIKE '%"sensitive":true%' AS sensitive,
       CASE WHEN count(*) OVER (PARTITION BY workflow_type) > 1 THEN manifest END AS manifest, (${OPERATIONS}) AS operations
     FROM worker.flow_version WHERE $1::text IS NULL OR workflow_type = $1`,
    [workflowType]
  );
  return rows.map(({ bundle, document, manifest, operations, children, ...row }) => {
    const { input, signals, updates, steps } = storedDocument(document);
    return {
      ...row,
      steps,
      code: bundle.toString('utf8'),
      declared: { input, signals, updates },
      below: [...new Set((children ?? []).flatMap(({ flow, below }) => [flow, ...below]))],
      content: manifest && { manifest: storedManifest(manifest), operations: operations ?? {} },
    };
  });
}

interface BundleColumns {
  bundle: Buffer;
  document: unknown;
  children: NonNullable<NodeManifest['child']>[] | null;
  manifest: FlowManifest | null;
  operations: Record<string, string> | null;
}

/** What the rules of revisions compare; null if there is no such revision. */
export async function readContent(
  database: Database,
  workflowType: string,
  revision: string
): Promise<RevisionContent | null> {
  const { rows } = await database.query<{ manifest: FlowManifest; operations: Record<string, string> | null }>(
    `SELECT manifest, (${OPERATIONS}) AS operations FROM worker.flow_version
     WHERE workflow_type = $1 AND revision = $2`,
    [workflowType, revision]
  );
  const [row] = rows;
  return row ? { manifest: storedManifest(row.manifest), operations: row.operations ?? {} } : null;
}
