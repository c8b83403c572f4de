/**
 * The rules [PJ1] to [PJ3] are in project.ts.
 *
 * [PJ4] What is exported type-checks, without anything of Backstitch around it, whatever kinds of connections it calls.
 * [PJ5] A project has the code of what it calls, and its packages, and nothing else.
 * [PJ6] Texts of people are plain text in the README, whatever Markdown would make of them.
 */
import path from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { FIRST_EXAMPLE, templateOf } from '../examples/registry';
import { connectionSchema } from '../flow/connections/connection';
import { frozen } from '../flow/connections/operation';
import type { FlowManifest } from '../flow/manifest';
import { activitiesOf, connectionsOf } from './activities';
import { exportedVariables } from './kinds';
import { notExported } from './project';
import { readmeOf } from './readme';
import { EVERY_KIND, OWN_SOURCES } from './testing/every-kind';
import { exportedProject } from './testing/exported';
import { FAMILY } from './testing/family';
import { connection, transfer } from './testing/transfer';
import { projectsFolder } from './testing/written';

const { folder, write } = projectsFolder();

let order: Record<string, string>;
let payOut: Record<string, string>;
let everyKind: Record<string, string>;
let family: Record<string, string>;
beforeAll(async () => {
  order = await exportedProject(FIRST_EXAMPLE.document, [FIRST_EXAMPLE.connection]);
  everyKind = await exportedProject(EVERY_KIND.document, EVERY_KIND.called, OWN_SOURCES);
  payOut = await exportedProject(transfer.document, [transfer.connection]);
  family = await exportedProject(FAMILY.document, [], {}, FAMILY.children);
}, 120_000);

test('[PJ4] the projects type-check', () => {
  const roots = Object.entries({ order, everyKind, payOut, family }).flatMap(([name, files]) => {
    write(name, files);
    return Object.keys(files)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, name, file));
  });
  const config = ts.readConfigFile(path.join(folder, 'order/tsconfig.json'), (file) => ts.sys.readFile(file))
    .config as {
    compilerOptions: object;
  };
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder);
  expect(errors).toEqual([]);
  // The declarations of the wire format are nine megabytes, and a project does not use them.
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, how, ...more) =>
    file.includes('/@temporalio/proto/') ? ts.createSourceFile(file, 'export {};', how) : read(file, how, ...more);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(roots, options, host));
  expect(
    found.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  ).toEqual([]);
}, 120_000);

test('[PJ1] the workflow is the code that runs, and names nothing of Backstitch', () => {
  for (const files of [order, payOut, everyKind, family]) {
    expect(Object.values(files).join('\n')).not.toMatch(/\bengine\/[\w-]+/);
    const imports = Object.entries(files)
      .filter(([file]) => file.endsWith('.ts'))
      .flatMap(([, text]) => [...text.matchAll(/from '((?:@[^/']+\/)?[^'./][^'/]*)[^']*'/g)].map((match) => match[1]!));
    const { dependencies, devDependencies } = JSON.parse(files['package.json']!) as Record<
      string,
      Record<string, string>
    >;
    for (const name of imports.filter((each) => !each.startsWith('node:')))
      expect({ ...dependencies, ...devDependencies }).toHaveProperty([name]);
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(order['src/workflows/workflow.ts']).toContain('export async function orderFulfilment_v1(');
});

test('[PJ2] addresses and secrets are variables of the environment', () => {
  const all = JSON.stringify(payOut);
  expect(all).not.toContain('bank.internal');
  expect(payOut['.env.example']).toBe(
    '# TEMPORAL_ADDRESS=localhost:7233\n# TEMPORAL_NAMESPACE=default\n# TEMPORAL_API_KEY=\n' +
      'BANK_URL=\nNOTES_URL=\nSECRET_BANK_TOKEN=\nSECRET_NOTES__KEY=\n'
  );
  expect(payOut['README.md']).toContain('| SECRET_BANK_TOKEN |');
});

test('[PJ2] the address that gives access tokens is a variable, and no two variables are one', () => {
  const auth = {
    kind: 'oauth2',
    tokenUrl: 'https://login.internal.example/token',
    clientId: 'me',
    secret: 'url',
    clientAuth: 'basic',
    scope: '',
    audience: '',
  };
  const called = ['secret', 'secret-token', 'bank', 'bank-token'].map((name) =>
    connectionSchema.parse({ ...connection, name, settings: { ...connection.settings, auth } })
  );
  expect(connectionsOf([], called)).not.toContain('internal.example');
  const what = new Map<string, string>();
  for (const each of called.flatMap(exportedVariables)) {
    expect(what.get(each.name) ?? each.what).toBe(each.what);
    what.set(each.name, each.what);
  }
  expect([...what.keys()]).toHaveLength(2 * called.length + 1);
});

test('[PJ3] the trials say what is called when all goes well, and what is undone after a failure', () => {
  const trials = JSON.parse(order['test/trials.json']!) as { name: string; expect: unknown }[];
  expect(trials.map(({ name, expect: end }) => [name, end])).toEqual([
    [
      'all goes well',
      {
        calls: ['charge-payment', 'create-shipment', 'reserve-inventory', 'send-confirmation'],
        output: expect.objectContaining({ trackingNumber: expect.any(String) }),
      },
    ],
    [
      "'Create shipment' fails",
      {
        calls: [
          'charge-payment',
          'charge-payment:undo',
          'create-shipment',
          'reserve-inventory',
          'reserve-inventory:undo',
        ],
        failure: 'NotApplied',
      },
    ],
  ]);
  const [asked] = JSON.parse(payOut['test/trials.json']!) as { decisions: object }[];
  expect(asked?.decisions).toEqual({ ask: 'approve' });
});

test('[PJ5] the files and the packages are those that the activities need', () => {
  const paths = (files: Record<string, string>) =>
    Object.keys(files)
      .filter((path) => path.startsWith('src/activities/'))
      .map((path) => path.slice('src/activities/'.length, -'.ts'.length))
      .sort();
  const packages = (files: Record<string, string>) =>
    Object.keys((JSON.parse(files['package.json']!) as { dependencies: object }).dependencies).filter(
      (name) => !name.startsWith('@temporalio/')
    );
  expect(paths(order)).toEqual([
    'address',
    'call',
    'climbs',
    'connections',
    'http-request',
    'human',
    'index',
    'retry-after',
    'service',
  ]);
  expect(packages(order)).toEqual(['ajv', 'lossless-json', 'protobufjs', 'tsx']);
  expect(paths(everyKind)).toEqual(expect.arrayContaining(['form', 'form-fields']));
  expect(paths(everyKind)).toEqual(
    expect.arrayContaining([
      'auth/bearer',
      'mail',
      'model',
      'operation',
      'script',
      'statement',
      'stream',
      'tool',
      'webhook',
    ])
  );
  expect(packages(everyKind)).toEqual([
    '@modelcontextprotocol/sdk',
    'ajv',
    'ioredis',
    'lossless-json',
    'nodemailer',
    'pg',
    'postgres-array',
    'protobufjs',
    'tsx',
  ]);
  expect(everyKind['src/scripts/my-script.call1.js']).toContain('lines.push(input.order);');
  expect(everyKind['src/code/orders.ts']).toContain('return { found: input.order };');
  expect(everyKind['src/code/elsewhere.ts']).toContain('not implemented: elsewhere');
  expect(everyKind['README.md']).toContain('src/code/elsewhere.ts');
  expect(everyKind['README.md']).toMatch(/`src\/code` has the source of `\w+` as it was/);
  expect(everyKind['.env.example']).toContain('MY_SQL_URL=');
  expect(JSON.stringify(everyKind)).not.toContain('internal.example');
});

test('[PJ5] what has no code is a function that says so', () => {
  const { index, unwritten } = activitiesOf(new Set(['own.price', 'log']), [], [], {});
  expect(index).toContain("'own.price': unwritten('own.price'),");
  expect(index).toContain("import { unwritten } from './unwritten';");
  expect(unwritten).toEqual(['own.price']);
});

test('[PJ3] the calls of a race that another branch won are answered after they were cancelled', async () => {
  const { document, connections } = templateOf('travel-booking')!;
  const files = await exportedProject(document, connections);
  const [well] = JSON.parse(files['test/trials.json']!) as { answers: Record<string, { cancelled?: true }> }[];
  const cancelled = Object.entries(well!.answers).filter(([, answer]) => answer.cancelled);
  expect(cancelled.map(([id]) => id)).toEqual(['road-car']);
});

test('[PJ3] in a race only what another branch overtakes is cancelled, and the winner waits for the others', async () => {
  const step = (id: string) => ({
    id,
    kind: 'action',
    title: id,
    activity: 'http.request',
    effect: 'none',
    input: { method: 'GET', connection: 'shop', path: '/' },
  });
  const branches = [
    { id: 'long', title: 'Long', steps: [step('a1'), step('a2'), step('a3')] },
    { id: 'short', title: 'Short', steps: [step('b1'), step('b2')] },
    { id: 'sleeps', title: 'Sleeps', steps: [{ id: 'night', kind: 'wait', title: 'Night', duration: '8h' }] },
  ];
  const files = await exportedProject(
    {
      format: 2,
      name: 'first',
      title: 'First',
      input: { type: 'object' },
      steps: [{ id: 'race', kind: 'race', title: 'Race', branches }],
    },
    []
  );
  const [well] = JSON.parse(files['test/trials.json']!) as { answers: Record<string, Record<string, unknown>> }[];
  const orders = Object.entries(well!.answers).map(([id, { cancelled, after }]) => [id, cancelled ?? after]);
  expect(Object.fromEntries(orders)).toEqual({
    a1: undefined,
    a2: true,
    b1: undefined,
    b2: ['a1', 'a2'],
  });
});

test('[PJ6] what people wrote is plain text in the README', () => {
  const document = { title: 'A <b>\n# *new* `x` \u202e', description: '```\n- one_two\n1. [a](b)\n    code\n> & | \\' };
  const none = { below: [], hasApprovals: false, hasScripts: false, unwritten: [], copied: [], toCopy: [] };
  const manifest = { document, workflowType: 'a_v1', sha: '' } as unknown as FlowManifest;
  expect(readmeOf(manifest, [], none).split('\n').slice(0, 7)).toEqual([
    '# A \\<b> # \\*new\\* \\`x\\` ⟨U+202E⟩',
    '',
    '\\`\\`\\`',
    '\\- one\\_two',
    '1\\. \\[a\\](b)',
    'code',
    '\\> \\& \\| \\\\',
  ]);
});

test('[PJ10] the README registers the searchable fields of the flow, and of those that it runs', () => {
  const searchable = { OrderId: { title: 'Order', type: 'Keyword', value: 'input.id' } };
  const manifest = { document: { title: 'A', searchable }, workflowType: 'a_v1', sha: '' } as unknown as FlowManifest;
  const readme = readmeOf(manifest, [], {
    below: [
      { title: 'B', type: 'b_v1', path: 'b-v1', searchable: { Fee: { title: 'Fee', type: 'Double', value: '1' } } },
    ],
    hasApprovals: false,
    hasScripts: false,
    unwritten: [],
    copied: [],
    toCopy: [],
  });
  expect(readme).toContain(
    'start-dev --search-attribute SagaPhase=Keyword --search-attribute SagaStanding=Int --search-attribute OrderId=Keyword --search-attribute Fee=Double'
  );
  expect(readme).toContain(
    'search-attribute create --name SagaPhase --type Keyword --name SagaStanding --type Int --name OrderId --type Keyword --name Fee --type Double'
  );
});

test('[PJ9] a step is refused whose flow calls another version of an operation than the rest', () => {
  const operation = EVERY_KIND.called[0]!;
  const [now] = operation.operations.map((each) => frozen(each, operation.connection));
  const older = { ...now!, title: 'As it was' };
  const flow = (name: string, nodes: object = {}) =>
    ({ flow: name, workflowType: `${name}_v1`, nodes }) as FlowManifest;
  const child = { id: 'pay', child: { workflowType: 'middle_v1', below: ['leaf'] } };
  const root = { manifest: flow('root', { pay: child }), frozen: [now!] };
  const middle = { manifest: flow('middle'), frozen: [now!] };
  expect(notExported(root, [middle, { manifest: flow('leaf'), frozen: [now!] }])).toEqual([]);
  expect(notExported(root, [middle, { manifest: flow('leaf'), frozen: [older] }])).toMatchObject([
    { code: 'other-operation', nodeId: 'pay', message: expect.stringMatching(/^'leaf' calls /) as string },
  ]);
});

test('[PJ11] a project has the code of every flow of the tree, and one worker serves all', () => {
  expect(family['src/workflows/index.ts']).toBe(`export { sellBike_v1 } from './workflow';
export { takeFee_v1 } from './take-fee-v1/workflow';
export { takeDeposit_v1 } from './take-deposit-v1/workflow';
export { sendReceipt_v1 } from './send-receipt-v1/workflow';
`);
  expect(family['src/workflows/take-deposit-v1/workflow.ts']).toContain("from '../../saga'");
  expect(family['src/activities/index.ts']).not.toContain('unwritten');
  expect(family['README.md']).toContain(
    '| `src/workflows/take-fee-v1` | `takeFee_v1`: Take the fee, which runs as a child |\n'
  );
  const trials = JSON.parse(family['test/trials.json']!) as { expect: { calls: string[]; output?: unknown } }[];
  expect(trials.map((trial) => trial.expect)).toEqual([
    {
      calls: ['register', 'sendReceipt_v1.mail', 'takeDeposit_v1.hold', 'takeFee_v1.charge'],
      output: { receipt: expect.stringMatching(/^fee of /) as string },
    },
    {
      calls: ['deposit/fee/charge:undo', 'deposit/hold:undo', 'register', 'takeDeposit_v1.hold', 'takeFee_v1.charge'],
      failure: 'NotApplied',
    },
  ]);
});
