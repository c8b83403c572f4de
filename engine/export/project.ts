/**
 * A compiled flow as a project of its own, which runs on any Temporal service without Backstitch. Pure: file name → text.
 *
 * Rules
 * [EX1] The workflow is the code that Backstitch runs, character by character, except the address of the saga library.
 * [EX2] No value of a secret and no address is in the project: both are variables of the environment of the worker.
 * [EX3] Its tests play what a trial played (trials.ts), with the official worker.
 */
import type { Connection } from '../flow/connections/connection';
import type { FrozenOf, FrozenOperation } from '../flow/connections/operation';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import { readmeOf, type Variable } from './readme';
import type { ExportedTrial } from './trials';

export interface ProjectParts {
  /** The modules that the compiler made. */
  files: Readonly<Record<string, string>>;
  manifest: FlowManifest;
  operations: readonly FrozenOperation[];
  /** Those of the operations. */
  connections: readonly Connection[];
  trials: readonly ExportedTrial[];
  sources: ProjectSources;
}
/** Texts that are the same in every project. */
export interface ProjectSources {
  /** The saga library, by file name. */
  saga: Readonly<Record<string, string>>;
  /** The folder engine/export/template, by path. */
  template: Readonly<Record<string, string>>;
  /** engine/flow/connections/mapping.ts */
  mapping: string;
  /** Of the packages that the project needs. */
  versions: Readonly<Record<string, string>>;
}

export function projectOf(parts: ProjectParts): Record<string, string> {
  const { files, manifest, trials, sources } = parts;
  const { document } = manifest;
  const variables = variablesOf(parts);
  const called = calledBy(manifest);
  const usesOperations = parts.operations.length > 0;
  const usesHttp = usesOperations || called.has('http.request');
  const needed = (path: string) =>
    usesHttp || !/activities\/(service|http-request|operation)\.ts$/.test(path)
      ? (usesOperations || !path.endsWith('/operation.ts')) &&
        (called.has('log') || !path.endsWith('/log.ts')) &&
        (called.has('human.open') || !/(human|decide)\.ts$/.test(path))
      : false;
  return {
    'README.md': readmeOf(manifest, variables, parts.operations),
    'package.json': json(packageOf(manifest, called, sources.versions)),
    'tsconfig.json': json(TSCONFIG),
    '.gitignore': 'node_modules\n.env\n',
    '.env.example': [...TEMPORAL, ...variables.map(({ name }) => `${name}=`)].join('\n') + '\n',
    'flow.json': json(document),
    'src/task-queue.ts': `export const TASK_QUEUE = ${quoted(document.name)};\nexport const WORKFLOW_TYPE = ${quoted(manifest.workflowType)};\n`,
    'src/client.ts': clientOf(manifest, trials[0]?.input),
    'src/workflows/workflow.ts': (files['workflow.ts'] ?? '').replaceAll(`'@backstitch/saga'`, `'../saga'`),
    ...(files['activities.ts'] === undefined ? {} : { 'src/workflows/activities.ts': files['activities.ts'] }),
    ...prefixed('src/saga/', sources.saga),
    'src/activities/index.ts': activitiesOf(called, parts.operations),
    ...(usesHttp ? { 'src/activities/connections.ts': connectionsOf(parts) } : {}),
    ...(usesOperations ? { 'src/activities/mapping.ts': mappingOf(sources.mapping) } : {}),
    ...Object.fromEntries(
      Object.entries(sources.template)
        .filter(([path]) => needed(path))
        .map(([path, text]) => [testName(path), text])
    ),
    'test/trials.json': json(trials),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
const prefixed = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}${name}`, text]));
/** The type of its mappings is in another file there. */
const mappingOf = (text: string) =>
  text.replace(
    "import type { Mapping } from './http';",
    'export type Mapping = string | number | boolean | null | Mapping[] | { [key: string]: Mapping };'
  );

/** Under its own name it would be one of our tests. */
const testName = (path: string) => path.replace(/^test\/(.+)\.ts$/, 'test/$1.test.ts');

const TEMPORAL = ['TEMPORAL_ADDRESS=localhost:7233', 'TEMPORAL_NAMESPACE=default', 'TEMPORAL_API_KEY='];
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  },
  include: ['src', 'test'],
};

/** Every activity type that the flow can call. */
function calledBy({ document }: FlowManifest): Set<string> {
  const nodes = allNodes(document.steps);
  const called = new Set(nodes.flatMap((node) => factsOf(node).activities(node)));
  if (nodes.some(({ kind }) => kind === 'approval')) called.add('human.open').add('human.close');
  return called;
}

/** 'shop-eu' → 'SHOP_EU'. Different names stay different. */
const upper = (name: string) =>
  name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase();
const addressVariable = (connection: string) => `${upper(connection)}_URL`;
const secretVariable = (secret: string) => `SECRET_${upper(secret)}`;

function variablesOf({ manifest, connections }: ProjectParts): Variable[] {
  const { names, secrets } = readByRequests(manifest.document);
  const addresses = new Set([...names, ...connections.filter(({ kind }) => kind === 'http').map(({ name }) => name)]);
  for (const { settings } of connections)
    if ('auth' in settings && 'secret' in settings.auth) secrets.add(settings.auth.secret);
  return [
    ...[...addresses]
      .sort()
      .map((name) => ({ name: addressVariable(name), what: `The address of the connection '${name}'` })),
    ...[...secrets].sort().map((name) => ({ name: secretVariable(name), what: `The value of the secret '${name}'` })),
  ];
}

/** The connections and secrets that steps name which describe their requests themselves. */
function readByRequests(document: unknown): { names: Set<string>; secrets: Set<string> } {
  const names = new Set<string>();
  const secrets = new Set<string>();
  const open: unknown[] = [document];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { activity, input } = value as { activity?: unknown; input?: unknown };
    if (activity === 'http.request' && typeof input === 'object' && input !== null) {
      const { connection, secretHeaders } = input as { connection?: unknown; secretHeaders?: object };
      if (typeof connection === 'string') names.add(connection);
      for (const name of Object.values(secretHeaders ?? {})) if (typeof name === 'string') secrets.add(name);
    }
    open.push(...Object.values(value));
  }
  return { names, secrets };
}

function connectionsOf({ manifest, connections }: ProjectParts): string {
  const { names } = readByRequests(manifest.document);
  const known = new Map(connections.map((each) => [each.name, each]));
  const all = [
    ...new Set([...names, ...connections.filter(({ kind }) => kind === 'http').map(({ name }) => name)]),
  ].sort();
  const entries = all.map((name) => {
    const connection = known.get(name);
    const settings = connection?.kind === 'http' ? connection.settings : null;
    const lines = [
      `address: ${quoted(addressVariable(name))}`,
      `headers: ${JSON.stringify(lowerCase(settings?.headers ?? {}))}`,
      `auth: ${JSON.stringify(settings?.auth ?? { kind: 'none' })}`,
    ];
    return `  ${quoted(name)}: { ${lines.join(', ')} },`;
  });
  return `/** The services that this flow calls. Addresses and secrets are in the environment, under these names. */
export type Auth =
  | { kind: 'none' }
  | { kind: 'bearer'; secret: string }
  | { kind: 'basic'; username: string; secret: string }
  | { kind: 'apiKey'; in: 'header' | 'query'; name: string; secret: string }
  | {
      kind: 'oauth2';
      tokenUrl: string;
      clientId: string;
      secret: string;
      clientAuth: 'basic' | 'body';
      scope: string;
      audience: string;
    }
  | {
      kind: 'hmac';
      secret: string;
      algorithm: 'sha256' | 'sha512';
      header: string;
      timestampHeader: string;
      encoding: 'hex' | 'base64';
      signs: 'body' | 'time.body' | 'request';
      prefix: string;
    };

export const CONNECTIONS: Record<string, { address: string; headers: Record<string, string>; auth: Auth }> = {
${entries.join('\n')}
};

/** 'shop.token' is SECRET_SHOP__TOKEN. */
export const secretVariable = (name: string): string =>
  \`SECRET_\${name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase()}\`;
`;
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function activitiesOf(called: ReadonlySet<string>, operations: readonly FrozenOperation[]): string {
  const http = operations.filter((each): each is FrozenOf<'http'> => each.call.kind === 'http');
  const others = operations.filter((each) => each.call.kind !== 'http');
  const names = [...(http.length > 0 ? ['operation'] : []), ...(others.length > 0 ? ['unwritten'] : [])];
  const entries = [
    ...(called.has('http.request') ? [`'http.request': httpRequest,`] : []),
    ...(called.has('log') ? ['log,'] : []),
    ...(called.has('human.open') ? [`'human.open': openTask,`, `'human.close': closeTask,`] : []),
    ...http.map(
      ({ connection, name, title, call: { kind: _, ...call }, output }) =>
        `/** ${title.replaceAll('*/', '* /')} */\n  '${connection}.${name}': operation(${JSON.stringify({ connection, call, output })}),`
    ),
    ...others.map(
      ({ connection, name, call }) => `'${connection}.${name}': unwritten('${connection}.${name}', '${call.kind}'),`
    ),
  ];
  return [
    '/** What the worker runs, by activity type. */',
    ...(called.has('http.request') ? [`import { httpRequest } from './http-request';`] : []),
    ...(called.has('human.open') ? [`import { closeTask, openTask } from './human';`] : []),
    ...(called.has('log') ? [`import { log } from './log';`] : []),
    ...(names.length > 0 ? [`import { ${names.join(', ')} } from './operation';`] : []),
    '',
    'export const activities = {',
    ...entries.map((entry) => `  ${entry}`),
    '};',
    '',
  ].join('\n');
}

function clientOf({ workflowType }: FlowManifest, input: unknown): string {
  const type = `Parameters<typeof ${workflowType}>`;
  return `/** Starts a run and waits for its end: \`npm run start -- [workflow id] [file with the input as JSON]\`. */
import { readFileSync } from 'node:fs';
import { connect } from './service';
import { TASK_QUEUE } from './task-queue';
import { ${workflowType} } from './workflows/workflow';

const [workflowId = ${quoted(workflowType)} + '-' + Date.now(), file] = process.argv.slice(2);
const EXAMPLE: ${type} = ${JSON.stringify(input === undefined || input === null ? [{}] : [input], null, 2)};

const { client, connection } = await connect();
const args = file === undefined ? EXAMPLE : ([JSON.parse(readFileSync(file, 'utf8'))] as ${type});
const handle = await client.workflow.start(${workflowType}, { taskQueue: TASK_QUEUE, workflowId, args });
console.log(\`Started \${handle.workflowId}\`);
console.log(await handle.result());
await connection.close();
`;
}

function packageOf({ document }: FlowManifest, called: ReadonlySet<string>, versions: ProjectSources['versions']) {
  const at = (...names: string[]) => Object.fromEntries(names.map((name) => [name, versions[name]]));
  return {
    name: document.name,
    version: '1.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: {
      worker: 'tsx src/worker.ts',
      start: 'tsx src/client.ts',
      ...(called.has('human.open') ? { decide: 'tsx src/decide.ts' } : {}),
      check: 'tsc',
      test: 'node --import tsx --test test/*.test.ts',
    },
    dependencies: at(
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/worker',
      '@temporalio/workflow',
      'ajv',
      'protobufjs',
      'tsx'
    ),
    devDependencies: at('@temporalio/testing', '@types/node', 'typescript'),
  };
}
