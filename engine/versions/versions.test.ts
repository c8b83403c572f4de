import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { createBackstitchClient, type BackstitchClient, type HintMessage } from '../api/client';
import { catalogue } from '../activities/catalogue';
import { FLOW_FORMAT } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { contentText } from '../flow/stored';
import { parseFlow } from '../flow/testing/flow';
import { buildWith } from './build';
import { openVersions, type Versions } from '../api/open-versions';
import type { Gates } from './gate/gates';
import { Publisher } from './publish';
import { VersionRegistry } from './registry';
import { unretireVersion } from './retire';
import { createToolchain } from './toolchain';
import { insertVersion, readManifest, readVersion } from './version-table';
import { SecretStore } from '../secrets/secret-store';
import { backstitchService } from '../api/service';
import { Connections } from '../connections/connections';
import { LiveConnections } from '../connections/live-connections';
import { KeyTable } from '../keys/key-table';
import { noTrials } from '../trial/testing/in-process';
import { localCaller, processCaller, type Caller } from '../permissions/caller';
import { noRuns, proveHere } from './testing/gates';
import { handToolchain, type HandDocument } from './testing/toolchain';

let database: TestDatabase;
/** Reads the tables directly. */
let pool: pg.Pool;
let versions: Versions;
let registry: VersionRegistry;
let publisher: Publisher;
let secrets: SecretStore;
let dataDir: string;
let gates: Gates;
let server: Server;
let address: string;
let client: BackstitchClient;
const watchers = new Set<(hint: HintMessage) => void>();
const complaints: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  dataDir = await mkdtemp(path.join(tmpdir(), 'backstitch-versions-'));
  versions = await openVersions({ databaseUrl: database.url, dataDir, build: buildWith(handToolchain) });
  ({ registry, publisher, secrets } = versions);
  gates = versions.gates({ runs: noRuns, prove: proveHere });
  server = new Server();
  const { definition, implementation } = versions.service({
    trials: noTrials,
    codes: noTrials,
    gates,
    authenticate({ metadata }) {
      const callers: Record<string, Caller> = {
        'Bearer owner': processCaller('owner', [{ role: 'owner', flow: null }]),
        'Bearer reader': processCaller('reader', [{ role: 'viewer', flow: null }]),
        'Bearer web': processCaller('web', [{ role: 'web', flow: null }]),
        'Bearer local': localCaller(),
        'Bearer of v12': processCaller('of v12', [{ role: 'designer', flow: 'v12' }]),
      };
      const caller = callers[String(metadata.get('authorization')[0])];
      if (!caller) throw Object.assign(new Error('no key'), { code: status.UNAUTHENTICATED });
      return Promise.resolve(caller);
    },
    onEnd: () => () => {},
    settle: () => Promise.resolve(),
    queryAt: () => Promise.resolve('null'),
    keep: () => Promise.resolve(),
    nextRemoval: () => Promise.resolve(null),
    countEnded: () => Promise.resolve([]),
    attention: () => Promise.resolve([]),
    workers: () => Promise.reject(new Error('not here')),
    batches: { start: () => Promise.resolve(), results: () => Promise.resolve({ results: [], nextPageToken: '' }) },
    changes: () => Promise.reject(new Error('no changes here')),
    changesSince: () => Promise.reject(new Error('no changes here')),
    watch({ workflowId }, listener) {
      const one = (hint: HintMessage) => {
        if (!workflowId || workflowId === hint.workflowId) listener(hint);
      };
      watchers.add(one);
      return () => watchers.delete(one);
    },
    onError: (_method, error) => complaints.push(error),
  });
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  );
  address = `127.0.0.1:${port}`;
  client = createBackstitchClient(address, 'owner');
});
afterAll(async () => {
  client?.close();
  server?.forceShutdown();
  gates?.close();
  await versions?.close();
  await pool?.end();
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const flow = (name: string, answer = '1'): HandDocument => ({
  format: FLOW_FORMAT,
  name,
  title: `The flow ${name}`,
  answer,
});

const owner = processCaller('x', [{ role: 'owner', flow: null }]);
const quiet = {
  onEnd: () => () => {},
  watch: () => () => {},
  settle: () => Promise.resolve(),
  queryAt: () => Promise.resolve('null'),
  keep: () => Promise.resolve(),
  nextRemoval: () => Promise.resolve(null),
  countEnded: () => Promise.resolve([]),
  attention: () => Promise.resolve([]),
  workers: () => Promise.reject(new Error('not here')),
  batches: { start: () => Promise.resolve(), results: () => Promise.resolve({ results: [], nextPageToken: '' }) },
  changes: () => Promise.reject(new Error('no changes here')),
  changesSince: () => Promise.reject(new Error('no changes here')),
};

test('[V1] publishing returns version, type, sha and manifest, and new content is the next version', async () => {
  const first = await client.putVersion(flow('v1'), 'Ada');
  expect(first).toMatchObject({
    again: false,
    diagnostics: [],
    version: {
      flow: 'v1',
      version: 1,
      revision: 'v1.0',
      workflowType: 'v1_v1',
      title: 'The flow v1',
      createdBy: 'owner',
    },
  });
  expect(first.manifest?.sha).toBe(first.version?.sha);
  const second = await client.putVersion(flow('v1', '2'));
  expect(second.version).toMatchObject({ version: 2, workflowType: 'v1_v2', createdBy: 'owner' });
  expect((await client.listVersions('v1')).map((version) => version.version)).toEqual([2, 1]);
});

test('[V2] publishing the newest content again returns the same version and the same row', async () => {
  const first = await client.putVersion(flow('v2'));
  const again = await client.putVersion(flow('v2'));
  expect(again).toMatchObject({ again: true, version: first.version });
  // An older content is a change like any other: new runs start with the newest version.
  await client.putVersion(flow('v2', '2'));
  expect((await client.putVersion(flow('v2'))).version?.version).toBe(3);
});

test('[V2] a version that was stored in format 1 is read in the newest format, and publishing it again is no change', async () => {
  const text = await readFile(path.join(import.meta.dirname, '../flow/released/format-1.flow.json'), 'utf8');
  const document = parseFlow(JSON.parse(text));
  const build = buildWith(createToolchain(catalogue, () => Promise.resolve([])));
  const { product } = await build({ document, version: 1, known: null });
  // As the release before wrote the row.
  const before = JSON.parse(contentText(document)) as FlowManifest['document'];
  expect(before.format).toBe(1);
  const manifest = { ...product!.manifest, document: before };
  const { flow: name, revision, workflowType, sha } = manifest;
  const contentSha = createHash('sha256').update(JSON.stringify(before)).update('\0').update(sha).digest('hex');
  const row = { flow: name, version: 1, revision, workflowType, contentSha, createdBy: 'Ada', note: '' };
  await insertVersion(pool, { ...product!, ...row, manifest });

  const stored = await pool.query<{ text: string }>(
    'SELECT document::text AS text FROM worker.flow_version WHERE flow = $1',
    [name]
  );
  expect(stored.rows[0]!.text).not.toContain('catch-0');
  expect((await readVersion(pool, name, 1, null))?.document).toEqual(document);
  expect((await readVersion(pool, name, 1, null))?.manifest.document).toEqual(document);
  expect((await readManifest(pool, workflowType, revision))?.document).toEqual(document);
  const served = new VersionRegistry(pool);
  await served.load();
  expect(served.declared(workflowType)?.signals).toEqual({ courier: { type: 'object' } });

  const real = new Publisher(pool, served, build);
  expect(await real.publish(JSON.parse(text), 'Ada')).toMatchObject({ again: true, version: { version: 1 } });
  expect(await real.publish(document, 'Ada')).toMatchObject({ again: true, version: { version: 1 } });
  const other = JSON.parse(JSON.stringify(document).replace('"catch-1"', '"catch-7"')) as unknown;
  expect(await real.publish(other, 'Ada')).toMatchObject({ again: false, version: { version: 2 } });
});

test('[V14] searchable fields are registered before a version is served; one whose name has another type is refused', async () => {
  const known: Record<string, string> = { Total: 'Int' };
  const fields = new Publisher(pool, registry, buildWith(handToolchain), undefined, async (asked) => {
    const conflicts = Object.entries(asked).filter(([name, type]) => (known[name] ?? type) !== type);
    if (conflicts.length === 0) Object.assign(known, asked);
    return conflicts.map(([name]) => ({ name, type: known[name]! }));
  });
  const searching = (name: string, type: string, answer = '1') => ({
    ...flow(name, answer),
    searchable: { Buyer: { title: 'Buyer', type, value: 'input.buyer' } },
  });
  expect((await fields.publish(searching('v14', 'Keyword'), 'Ada')).version?.version).toBe(1);
  expect(known).toEqual({ Total: 'Int', Buyer: 'Keyword' });
  const refused = await fields.publish(searching('v14-other', 'Text'), 'Ada');
  expect(refused.version).toBe(null);
  expect(refused.diagnostics).toMatchObject([{ code: 'searchable-type', path: ['searchable', 'Buyer', 'type'] }]);
  expect(refused.diagnostics[0]!.message).toBe(
    "'Buyer' is already a search attribute of the type Keyword, which 'v14' writes. One name has one type."
  );
  expect(await client.listVersions('v14-other')).toEqual([]);
  expect((await client.listVersions('v14'))[0]!.searchable).toEqual([
    { name: 'Buyer', title: 'Buyer', type: 'Keyword' },
  ]);
  // An administrator removed it.
  delete known.Buyer;
  expect(await fields.publish(searching('v14', 'Keyword'), 'Ada')).toMatchObject({ again: true });
  expect(known.Buyer).toBe('Keyword');
});

test('[V15] the versions that write a field are found; one that starts runs again has its fields registered again', async () => {
  const asked: unknown[] = [];
  let problem: { name: string; type: string | null }[] = [];
  const fields = new Publisher(pool, registry, buildWith(handToolchain), undefined, async (types) => {
    asked.push([types, (await versions.fieldWriters(['Colour'])).length]);
    return problem;
  });
  const Colour = { title: 'Colour', type: 'Keyword', value: 'input.colour' };
  const searching = (answer: string) => ({ ...flow('v15', answer), searchable: { Colour } });
  await fields.publish(searching('1'), 'Ada');
  // Before its row and after it, because a removal may have come between.
  expect(asked.splice(0)).toEqual([
    [{ Colour: 'Keyword' }, 0],
    [{ Colour: 'Keyword' }, 1],
  ]);
  await fields.publish(searching('2'), 'Ada');
  await fields.publish(flow('v15', '3'), 'Ada');
  await client.retireVersion({ flow: 'v15', version: 1, retired: true, reason: '', evenLast: false, changedBy: '' });
  const writer = { name: 'Colour', flow: 'v15' };
  expect(await versions.fieldWriters(['Colour', 'Nothing'])).toEqual([
    { ...writer, version: 1, workflowType: 'v15_v1', isRetired: true },
    { ...writer, version: 2, workflowType: 'v15_v2', isRetired: false },
  ]);
  asked.splice(0);
  problem = [{ name: 'Colour', type: 'Int' }];
  expect(await unretireVersion(pool, registry, fields, 'v15', 1)).toMatchObject({
    problems: ["'Colour' is already a search attribute of the type Int, which 'v15' writes. One name has one type."],
  });
  expect((await versions.fieldWriters(['Colour']))[0]?.isRetired).toBe(true);
  problem = [];
  expect(await unretireVersion(pool, registry, fields, 'v15', 1)).toBe('done');
  expect((await versions.fieldWriters(['Colour']))[0]?.isRetired).toBe(false);
  expect(asked.length).toBeGreaterThan(1);
});

test('[V3] many publishers at once get versions without gaps, one for each content', async () => {
  const answers = ['1', '2', '3', '4', '5', '6'];
  const published = await Promise.all(answers.map((answer) => client.putVersion(flow('v3', answer))));
  expect(published.map((result) => result.version?.version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const same = await Promise.all(answers.map(() => client.putVersion(flow('v3-same'))));
  expect(new Set(same.map((result) => result.version?.version))).toEqual(new Set([1]));
  expect(same.filter((result) => !result.again)).toHaveLength(1);
});

test('[V3b] publishers of two processes get versions without gaps, and nothing is lost', async () => {
  const other = await openVersions({ databaseUrl: database.url, dataDir, build: buildWith(handToolchain) });
  const published = await Promise.all(
    ['1', '2', '3'].flatMap((answer) => [
      publisher.publish(flow('v3-two', `a${answer}`), 'Ada'),
      other.publisher.publish(flow('v3-two', `b${answer}`), 'Bob'),
    ])
  );
  expect(published.map(({ version }) => version?.version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  await other.close();
});

test('[V4] a version is served at once, and again after a restart', async () => {
  let changes = 0;
  const stop = registry.onChange(() => (changes += 1));
  expect(registry.find('v4_v1')).toBeUndefined();
  await client.putVersion(flow('v4'));
  expect(registry.find('v4_v1')).toMatchObject({ revision: 'v1.0', workflowTypes: ['v4_v1'] });
  expect(changes).toBe(1);
  stop();

  const steps = [{ id: 'first', title: 'First', kind: 'fail', errorType: 'X', message: 'x' }];
  await client.putVersion({ ...flow('v4-steps'), steps });
  const afterRestart = new VersionRegistry(pool);
  await afterRestart.load();
  for (const each of [registry, afterRestart])
    expect(each.declared('v4Steps_v1')?.stepOfExpression?.('', { nodeId: '', after: true })).toBe('first');
  expect(afterRestart.find('v4_v1')).toEqual(registry.find('v4_v1'));
  await client.putVersion(flow('v4'));
  expect(changes).toBe(1);
});

test('[V5] a document that cannot be published is refused with diagnostics and not stored', async () => {
  const broken = await client.putVersion({ ...flow('v5'), broken: true });
  expect(broken).toMatchObject({
    version: null,
    diagnostics: [{ code: 'test/broken', severity: 'error', nodeId: 'step-1', path: ['undo', 0], message: 'no good' }],
  });
  const untyped = await client.putVersion({ ...flow('v5'), illTyped: true });
  expect(untyped.diagnostics[0]).toMatchObject({ code: 'type', nodeId: null });
  const reaching = await client.putVersion({ ...flow('v5'), imports: 'node:fs' });
  expect(reaching.diagnostics[0]).toMatchObject({ code: 'bundle', severity: 'error' });
  expect(await client.listVersions('v5')).toEqual([]);
  await expect(client.getVersion('v5')).rejects.toMatchObject({ code: status.NOT_FOUND });
});

test('[V6] a version is read completely, with its properties in their written order', async () => {
  const document = { ...flow('v6'), zebra: 1, apple: 2 };
  await client.putVersion(document);
  const read = await client.getVersion('v6');
  expect(Object.keys(read.document)).toEqual(['format', 'name', 'title', 'answer', 'zebra', 'apple']);
  expect(read.code).toContain('v6_v1');
  expect(read.manifest.workflowType).toBe('v6_v1');
  await expect(client.getVersion('v6', 2)).rejects.toMatchObject({ code: status.NOT_FOUND });
});

test('[V7] bad JSON, a bad name and text that cannot be stored are INVALID_ARGUMENT, not INTERNAL', async () => {
  const before = complaints.length;
  await expect(client.putVersion(undefined)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  await expect(client.putVersion(flow('v7', 'nul\0'))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  await expect(client.putVersion(flow('v7', 'half \ud800'))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  await expect(client.getVersion('No Flow')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(complaints.length).toBe(before);
});

test('[V8] publishing and secrets need a role that allows them, and reading needs a key', async () => {
  const reader = createBackstitchClient(address, 'reader');
  const stranger = createBackstitchClient(address);
  await expect(reader.putVersion(flow('v8'))).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(reader.putSecret('s', 'x')).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  expect(await reader.listVersions('v8')).toEqual([]);
  await expect(stranger.listVersions()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  const ended = new Promise((resolve) =>
    stranger.watch({ namespace: 'default' }, { onHint: () => {}, onEnd: resolve })
  );
  expect(await ended).toMatchObject({ code: status.UNAUTHENTICATED });
  reader.close();
  stranger.close();
});

test('[V9] a database that is away is UNAVAILABLE, without details of it', async () => {
  const gone = new pg.Pool({ connectionString: 'postgresql://nobody:hunter2@127.0.0.1:1/none' });
  const own = new Server();
  const service = backstitchService({
    pool: gone,
    publisher,
    registry,
    secrets,
    keys: new KeyTable(gone),
    connections: new Connections(gone, new LiveConnections(gone)),
    trials: noTrials,
    codes: noTrials,
    gates,
    callsOf: () => Promise.reject(new Error('nothing is compiled here')),
    operationsFor: async () => ({}),
    authenticate: () => Promise.resolve(owner),
    ...quiet,
  });
  own.addService(service.definition, service.implementation);
  const port = await new Promise<number>((resolve) =>
    own.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound))
  );
  const visitor = createBackstitchClient(`127.0.0.1:${port}`);
  const failure = await visitor.listVersions().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: status.UNAVAILABLE });
  expect(String(failure)).not.toContain('127.0.0.1:1');
  visitor.close();
  own.forceShutdown();
  await gone.end();
});

test('[V10] a bug of the engine is INTERNAL, which is not retried', async () => {
  const own = new Server();
  const broken = { publish: () => Promise.reject(new TypeError('x is not a function')) } as unknown as Publisher;
  const told: unknown[] = [];
  const service = backstitchService({
    pool,
    registry,
    secrets,
    keys: new KeyTable(pool),
    connections: new Connections(pool, new LiveConnections(pool)),
    trials: noTrials,
    codes: noTrials,
    gates,
    callsOf: () => Promise.reject(new Error('nothing is compiled here')),
    operationsFor: async () => ({}),
    authenticate: () => Promise.resolve(owner),
    ...quiet,
    publisher: broken,
    onError: (_method, error) => told.push(error),
  });
  own.addService(service.definition, service.implementation);
  const port = await new Promise<number>((resolve) =>
    own.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound))
  );
  const visitor = createBackstitchClient(`127.0.0.1:${port}`);
  const failure = await visitor.putVersion(flow('v10')).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: status.INTERNAL });
  expect(String(failure)).not.toContain('not a function');
  expect(told).toHaveLength(1);
  visitor.close();
  own.forceShutdown();
});

test('[VE1] a secret is read by activities, listed by name, and never stored in clear text', async () => {
  await client.putSecret('api-token', 'Bearer hunter2-hunter2');
  expect(await secrets.read('api-token')).toBe('Bearer hunter2-hunter2');
  expect(await secrets.read('unknown')).toBeNull();
  expect(await client.listSecrets()).toEqual(['api-token']);
  const { rows } = await pool.query<{ sealed: Buffer; nonce: Buffer }>('SELECT sealed, nonce FROM worker.secret');
  expect(rows[0]?.sealed.toString('latin1')).not.toContain('hunter2');
  await client.putSecret('api-token', 'Bearer hunter2-hunter2');
  const { rows: later } = await pool.query<{ nonce: Buffer }>('SELECT nonce FROM worker.secret');
  expect(later[0]?.nonce.equals(rows[0]?.nonce ?? Buffer.alloc(0))).toBe(false);
});

test('[VE2] the key file is private and reused; another key and a changed or moved row are refused', async () => {
  await secrets.put('s2', 'value', 'x');
  expect((await stat(path.join(dataDir, 'secrets.key'))).mode & 0o777).toBe(0o600);
  expect(await (await SecretStore.open(pool, dataDir)).read('s2')).toBe('value');
  const other = await mkdtemp(path.join(tmpdir(), 'backstitch-versions-'));
  const both = await Promise.all([SecretStore.open(pool, other), SecretStore.open(pool, other)]);
  await both[0].put('s2-b', 'b', 'x');
  expect(await both[1].read('s2-b')).toBe('b');
  expect((await readFile(path.join(other, 'secrets.key'))).length).toBe(32);
  await expect(both[0].read('s2')).rejects.toThrow(/cannot be decrypted/);
  await pool.query(
    `INSERT INTO worker.secret (name, nonce, sealed, updated_by) SELECT 's2-moved', nonce, sealed, 'x' FROM worker.secret WHERE name = 's2'`
  );
  await expect(secrets.read('s2-moved')).rejects.toThrow(/cannot be decrypted/);
  await rm(other, { recursive: true });
});

test.each([
  ['A b', 'x'],
  ['', 'x'],
  ['ok', ''],
  ['ok', 'x'.repeat(70_000)],
])('[VE3] a secret with a wrong name or value is refused without repeating it (%#)', async (name, value) => {
  const failure = (await client.putSecret(name, value).catch((error: unknown) => error)) as {
    code: number;
    details: string;
  };
  expect(failure.code).toBe(status.INVALID_ARGUMENT);
  if (value.length > 1) expect(failure.details).not.toContain(value);
});

test('[VER1] hints are sent as changes happen, of one run if requested, until the watcher stops', async () => {
  const hints: HintMessage[] = [];
  let saw = () => {};
  const seen = new Promise<void>((resolve) => (saw = resolve));
  const stop = await new Promise<() => void>((resolve) => {
    const stopping = client.watch(
      { namespace: 'default', workflowId: 'mine' },
      {
        onOpen: () => resolve(stopping),
        onHint: (hint) => {
          hints.push(hint);
          if (hint.kind === 'closed') saw();
        },
      }
    );
  });
  const hint = (sequence: number, workflowId: string, kind: string) => ({
    sequence,
    namespace: 'default',
    workflowId,
    runId: 'r',
    kind,
  });
  for (const listener of watchers) {
    listener(hint(1, 'mine', 'history'));
    listener(hint(2, 'other', 'history'));
    listener(hint(3, 'mine', 'closed'));
  }
  await seen;
  expect(hints.map((one) => one.sequence)).toEqual([1, 3]);
  stop();
  await expect.poll(() => watchers.size).toBe(0);
});

test('[V11] the publisher is the key; only the web may name a person in the request', async () => {
  const by = async (key: string, flowName: string) => {
    const caller = createBackstitchClient(address, key);
    const { version } = await caller.putVersion(flow(flowName), 'The CEO');
    caller.close();
    return version?.createdBy;
  };
  expect(await by('owner', 'v11-owner')).toBe('owner');
  expect(await by('web', 'v11-web')).toBe('The CEO');
  await expect(by('local', 'v11-local')).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
    details:
      'flows.publish is refused for local, without a key: its role (local) does not allow it to draw and publish flows.',
  });
});

test('[V12] a key for one flow publishes and sees only that flow, and gets no hints of others', async () => {
  const scoped = createBackstitchClient(address, 'of v12');
  await scoped.putVersion(flow('v12'));
  await client.putVersion(flow('v12-other'));
  await expect(scoped.putVersion(flow('v12-other', '2'))).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(scoped.getVersion('v12-other')).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  expect((await scoped.listVersions()).map((each) => each.flow)).toEqual(['v12']);
  const ended = new Promise((resolve) => scoped.watch({ namespace: 'default' }, { onHint: () => {}, onEnd: resolve }));
  expect(await ended).toMatchObject({ code: status.PERMISSION_DENIED });
  scoped.close();
});

test('[V13] without a key nobody can use a secret or create a key', async () => {
  const local = createBackstitchClient(address, 'local');
  await expect(local.putSecret('v13', 'x')).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(local.listSecrets()).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(local.listKeys()).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  await expect(client.checkKey('0'.repeat(64))).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  local.close();
});
