/**
 * A compiled flow, with all flows that it runs as children, as a project of its own, which runs on any Temporal service
 * without Backstitch. Pure: file name → text.
 *
 * Rules
 * [PJ1] The workflow is the code that Backstitch runs, character by character, except the address of the saga library.
 * [PJ2] No value of a secret and no address is in the project: both are variables of the environment of the worker.
 * [PJ3] Its tests play what a trial played (trials.ts), with the official worker.
 * [PJ9] A worker has one function for each activity type. So a step is refused whose flow calls an operation in another
 *       version than the rest of the project.
 * [PJ11] Each flow of the tree has a folder of its own, in the version to which its parent is bound; one worker serves all.
 */
import { posix } from 'node:path';
import type { Connection } from '../flow/connections/connection';
import { activityOf, type FrozenOperation } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import { asCode } from '../flow/values/text';
import { activitiesOf, connectionsOf } from './activities';
import { addressVariable, quoted, secretVariable, type Variable } from './environment';
import { exportedVariables } from './kinds';
import { readmeOf } from './readme';
import type { ExportedTrial } from './trials';

export interface CompiledFlow {
  /** The modules that the compiler made. */
  files: Readonly<Record<string, string>>;
  manifest: FlowManifest;
}
export interface ProjectParts extends CompiledFlow {
  /** All flows that run below it. */
  below: readonly CompiledFlow[];
  /** What they call, together with it. */
  operations: readonly FrozenOperation[];
  /** Those of the operations. */
  connections: readonly Connection[];
  /** Of the functions of the operator's folder that the flow calls. */
  ownSources: OwnSources;
  trials: readonly ExportedTrial[];
  sources: ProjectSources;
}
/** Texts that are the same in every project. */
export interface ProjectSources {
  /** The saga library, by file name. */
  saga: Readonly<Record<string, string>>;
  /** The folder engine/export/template, by path. */
  template: Readonly<Record<string, string>>;
  /** Modules of Backstitch itself, by their path in the project. */
  shared: Readonly<Record<string, string>>;
  /** Of the packages that the project needs. */
  versions: Readonly<Record<string, string>>;
}

/** A flow, with the copies of operations that its version calls. */
export interface CallingFlow {
  manifest: Pick<FlowManifest, 'nodes' | 'workflowType' | 'flow'>;
  frozen: readonly FrozenOperation[];
}

/** [PJ9] `below`: all flows that run below it. */
export function notExported(root: CallingFlow, below: readonly CallingFlow[]): Diagnostic[] {
  const known = new Map<string, string>();
  const found: Diagnostic[] = [];
  for (const { manifest, frozen } of [root, ...below])
    for (const operation of frozen) {
      const name = activityOf(operation);
      const text = JSON.stringify(operation);
      if (known.get(name) === undefined) known.set(name, text);
      if (known.get(name) === text) continue;
      const message = `'${manifest.flow}' calls '${name}' as it was when '${manifest.flow}' was published; another flow of this project calls a newer or older version of it.`;
      const fix = `Publish '${manifest.flow}' once more, and then the flows that run it.`;
      found.push({
        code: 'other-operation',
        severity: 'error',
        nodeId: stepTo(root, manifest),
        path: [],
        message,
        fix,
      });
    }
  return found;
}

/** The step of the root that runs the flow, or one that runs it; null for the root itself. */
function stepTo({ manifest: { nodes } }: CallingFlow, { workflowType, flow }: CallingFlow['manifest']): string | null {
  const steps = Object.values(nodes);
  const own = steps.find(({ child }) => child?.workflowType === workflowType);
  return (own ?? steps.find(({ child }) => child?.below.includes(flow)))?.id ?? null;
}

export function projectOf(parts: ProjectParts): Record<string, string> {
  const { manifest, below, operations, connections, ownSources, trials, sources } = parts;
  const { document } = manifest;
  const flows = [parts, ...below];
  const documents = flows.map((each) => each.manifest.document);
  const variables = variablesOf(parts);
  const called = calledBy(documents);
  const hasApprovals = called.has('human.open');
  const requests = readByRequests(documents);
  const activities = activitiesOf(called, operations, connections, ownSources, requests);
  const ownFunctions = operations.flatMap(({ call }) => (call.kind === 'code' ? [call.function] : []));
  const own = {
    'README.md': readmeOf(manifest, variables, {
      below: below.map((each) => ({
        title: each.manifest.document.title,
        type: each.manifest.workflowType,
        path: pathOf(each.manifest),
        searchable: each.manifest.document.searchable ?? {},
      })),
      hasApprovals,
      hasScripts: operations.some(({ call }) => call.kind === 'script'),
      unwritten: activities.unwritten,
      copied: ownFunctions.filter((name) => ownSources[name] !== undefined),
      toCopy: ownFunctions.filter((name) => ownSources[name] === undefined),
    }),
    'tsconfig.json': json(TSCONFIG),
    '.gitignore': 'node_modules\n.env\n',
    '.env.example': [...TEMPORAL, ...variables.map(({ name }) => `${name}=`)].join('\n') + '\n',
    'flow.json': json(document),
    'src/task-queue.ts': `export const TASK_QUEUE = ${quoted(document.name)};\nexport const WORKFLOW_TYPE = ${quoted(manifest.workflowType)};\n`,
    'src/client.ts': clientOf(manifest, trials[0]?.input),
    'src/workflows/index.ts': [
      `export { ${manifest.workflowType} } from './workflow';`,
      ...below.map((each) => `export { ${each.manifest.workflowType} } from './${pathOf(each.manifest)}/workflow';`),
      '',
    ].join('\n'),
    ...workflowFiles(parts, 'src/workflows', '../saga'),
    ...(Object.assign(
      {},
      ...below.map((each) => ({
        ...workflowFiles(each, `src/workflows/${pathOf(each.manifest)}`, '../../saga'),
        [`src/workflows/${pathOf(each.manifest)}/flow.json`]: json(each.manifest.document),
      }))
    ) as Record<string, string>),
    ...prefixed('src/saga/', sources.saga),
    'src/activities/index.ts': activities.index,
    ...activities.files,
    'test/trials.json': json(trials),
  };
  const entries = ['src/worker.ts', 'src/temporal.ts', 'test/trials.ts', ...(hasApprovals ? ['src/decide.ts'] : [])];
  const others = importedBy([...entries, ...Object.keys(own)], {
    ...own,
    ...sources.template,
    ...sources.shared,
    'src/activities/connections.ts': connectionsOf(requests.names, connections),
  });
  const all = { ...own, ...others };
  const project = Object.fromEntries(Object.entries(all).map(([path, text]) => [testName(path), text]));
  return { ...project, 'package.json': json(packageOf(document, hasApprovals, project, sources.versions)) };
}

/** The files of these paths, and all that they import. */
function importedBy(paths: readonly string[], all: Readonly<Record<string, string>>): Record<string, string> {
  const found = new Map<string, string>();
  const open = [...paths];
  while (open.length > 0) {
    const path = open.pop()!;
    const text = all[path];
    if (text === undefined || found.has(path)) continue;
    found.set(path, text);
    if (!path.endsWith('.ts')) continue;
    for (const name of importsOf(text).filter((each) => each.startsWith('.'))) {
      const target = posix.join(posix.dirname(path), name);
      open.push(target, `${target}.ts`, `${target}/index.ts`);
    }
  }
  return Object.fromEntries(found);
}

/** [PJ1] */
function workflowFiles({ files }: CompiledFlow, folder: string, saga: string): Record<string, string> {
  const types = files['activities.ts'];
  return {
    [`${folder}/workflow.ts`]: (files['workflow.ts'] ?? '').replaceAll(`'@backstitch/saga'`, `'${saga}'`),
    ...(types === undefined ? {} : { [`${folder}/activities.ts`]: types }),
  };
}

/** Below src/workflows. A flow may be there in several versions. */
const pathOf = ({ flow, version }: FlowManifest): string => `${flow}-v${version}`;

const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export|\}) .*?from '([^']+)';$/gm)].map(([, name]) => name!);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const prefixed = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}${name}`, text]));
/** Under its own name it would be one of our tests. */
const testName = (path: string) => path.replace(/^test\/(.+)\.ts$/, 'test/$1.test.ts');

/** Comments, because an empty key is a key for the SDK, and a profile of temporal.toml counts less than a variable. */
const TEMPORAL = ['# TEMPORAL_ADDRESS=localhost:7233', '# TEMPORAL_NAMESPACE=default', '# TEMPORAL_API_KEY='];
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    // Scripts of a flow are JavaScript.
    allowJs: true,
    types: ['node'],
  },
  include: ['src', 'test'],
};

/** Every activity type that the flows can call. A child is no activity. */
function calledBy(documents: readonly FlowDocument[]): Set<string> {
  const nodes = documents.flatMap(({ steps }) => allNodes(steps)).filter(({ kind }) => kind !== 'child');
  const called = new Set(nodes.flatMap((node) => factsOf(node).activities(node)));
  if (nodes.some(({ kind }) => kind === 'approval')) called.add('human.open').add('human.close');
  return called;
}

function variablesOf({ manifest, below, connections }: ProjectParts): Variable[] {
  const { names, secrets } = readByRequests(
    [manifest, ...below.map((each) => each.manifest)].map(({ document }) => document)
  );
  const variables = [
    ...[...names].map((name) => ({ name: addressVariable(name), what: `The address of the connection '${name}'` })),
    ...[...secrets].map((name) => ({ name: secretVariable(name), what: `The value of the secret '${name}'` })),
    ...connections.flatMap(exportedVariables),
  ];
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const isSecret = ({ name }: Variable) => /^SECRET_(?!_)/.test(name);
  return [...byName.values()].sort(
    (one, other) => Number(isSecret(one)) - Number(isSecret(other)) || (one.name < other.name ? -1 : 1)
  );
}

/** What steps name that describe their requests themselves: connections and secrets. */
function readByRequests(documents: readonly unknown[]): {
  names: Set<string>;
  secrets: Set<string>;
  sendsForms: boolean;
} {
  let sendsForms = false;
  const names = new Set<string>();
  const secrets = new Set<string>();
  const open: unknown[] = [...documents];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { activity, input } = value as { activity?: unknown; input?: unknown };
    if (activity === 'http.request' && typeof input === 'object' && input !== null) {
      const { connection, secretHeaders } = input as { connection?: unknown; secretHeaders?: object };
      if (typeof connection === 'string') names.add(connection);
      sendsForms ||= 'encoding' in input;
      for (const name of Object.values(secretHeaders ?? {})) if (typeof name === 'string') secrets.add(name);
    }
    open.push(...Object.values(value));
  }
  return { names, secrets, sendsForms };
}

function clientOf({ workflowType }: FlowManifest, input: unknown): string {
  return `/** Starts a run and waits for its end: \`npm run workflow -- [workflow id] [file with the input as JSON]\`. */
import { readFileSync } from 'node:fs';
import { readJson, writeJson } from './json';
import { TASK_QUEUE } from './task-queue';
import { connect } from './temporal';
import { ${workflowType} } from './workflows';

const [workflowId = \`${workflowType}-\${Date.now()}\`, file] = process.argv.slice(2);
type Input = Parameters<typeof ${workflowType}>[0];
const EXAMPLE: Input = ${asCode(input ?? {})};

const { client, connection } = await connect();
const input = file === undefined ? EXAMPLE : (readJson(readFileSync(file, 'utf8')) as Input);
const handle = await client.workflow.start(${workflowType}, { taskQueue: TASK_QUEUE, workflowId, args: [input] });
console.log(\`Started \${handle.workflowId}\`);
console.log(writeJson(await handle.result(), 2));
await connection.close();
`;
}

function packageOf(
  { name }: FlowManifest['document'],
  hasApprovals: boolean,
  files: Readonly<Record<string, string>>,
  versions: ProjectSources['versions']
) {
  const at = (names: Iterable<string>) => Object.fromEntries([...names].sort().map((each) => [each, versions[each]]));
  const packages = (isTest: boolean) =>
    Object.entries(files)
      .filter(([path]) => path.endsWith('.ts') && path.startsWith('test/') === isTest)
      .flatMap(([, text]) => importsOf(text))
      .filter((each) => !/^(\.|node:)/.test(each))
      .map((each) => /^(@[^/]+\/)?[^/]+/.exec(each)![0]);
  // The official packages need the same version of protobufjs; programs are started by tsx.
  const used = new Set([...packages(false), 'protobufjs', 'tsx']);
  const types = [...used].map((each) => `@types/${each}`).filter((each) => versions[each] !== undefined);
  const tests = packages(true).filter((each) => !used.has(each));
  return {
    name,
    version: '1.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: {
      start: 'tsx src/worker.ts',
      'start.watch': 'tsx watch src/worker.ts',
      workflow: 'tsx src/client.ts',
      ...(hasApprovals ? { decide: 'tsx src/decide.ts' } : {}),
      check: 'tsc',
      test: 'node --import tsx --test test/*.test.ts',
    },
    dependencies: at(used),
    devDependencies: at(new Set([...tests, ...types, '@types/node', 'typescript'])),
  };
}
