/**
 * The door for other machines, as the official client meets it: a certificate made for this test, a key from everybody.
 * [DT1] With the certificate's authority and a key a run is started and read. [DT2] Without a key nobody is let in,
 * though the call comes from this machine. [DT3] A client that does not trust the certificate, or speaks without TLS,
 * is not connected, and its key does not cross the wire. [DT4] A role counts as at the local door, which stays as it is
 * beside this one.
 */
import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { ScriptedActivities } from '../../sim/scripted-worker';
import { MemoryStore } from '../../store/memory';
import type { EngineRole } from '../start-engine';
import { startTestEngine } from '../testing/test-engine';
import { UpdatingWorkflows } from '../testing/updating-workflows';
import { openGrpcDoor, type GrpcDoor } from './grpc';
import { Authority, parseKeys } from './keys';

provesHistories('scripted');

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const OPERATOR_KEY = 'bsk_the key of an operator';
const VIEWER_KEY = 'bsk_the key of a viewer';
const keys = parseKeys(
  JSON.stringify([
    { name: 'billing', role: 'operator', sha256: sha256(OPERATOR_KEY) },
    { name: 'wallboard', role: 'viewer', sha256: sha256(VIEWER_KEY) },
  ])
);

let role: EngineRole;
let door: GrpcDoor;
/** PEM of the certificate, which is its own authority. */
let authorityPem: Buffer;
const connections: Connection[] = [];

beforeAll(async () => {
  const pems = await generate([{ name: 'commonName', value: 'backstitch.test' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  authorityPem = Buffer.from(pems.cert);
  role = await startTestEngine({
    store: new MemoryStore(),
    workflowWorker: new UpdatingWorkflows({ open: () => [] }),
    activityWorker: new ScriptedActivities(),
  });
  door = await openGrpcDoor({
    service: role.service,
    authority: new Authority({ keys, localEnv: '/data/local.env' }),
    address: '127.0.0.1:0',
    public: { address: '127.0.0.1:0', certificate: authorityPem, privateKey: Buffer.from(pems.private) },
  });
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await door.close();
  await role.stop();
});

const publicAddress = () => door.publicAddress ?? '';
function connect(options: Partial<ConnectionOptions>): Connection {
  const connection = Connection.lazy({
    address: publicAddress(),
    tls: { serverRootCACertificate: authorityPem },
    ...options,
  });
  connections.push(connection);
  return connection;
}
const list = ({ workflowService }: Connection) => workflowService.listWorkflowExecutions({ namespace: 'default' });
const codeOf = (call: Promise<unknown>): Promise<status> =>
  call.then(
    () => status.OK,
    (error: { code: status }) => error.code
  );

it('[DT1] with the certificate and a key the official client starts a run and reads it', async () => {
  const connection = await Connection.connect({
    address: publicAddress(),
    tls: { serverRootCACertificate: authorityPem },
    apiKey: OPERATOR_KEY,
  });
  connections.push(connection);
  const { workflow } = new Client({ connection });
  const handle = await workflow.start('open', { workflowId: 'from-elsewhere', taskQueue: 'backstitch', args: [] });
  expect(await handle.describe()).toMatchObject({ status: { name: 'RUNNING' }, type: 'open' });
  const { events } = await handle.fetchHistory();
  // The identity comes from the key.
  expect(events?.[0]?.workflowExecutionStartedEventAttributes?.identity).toBe('billing');
});

it('[DT2] a call without a key or with a wrong key is refused', async () => {
  expect(await codeOf(list(connect({})))).toBe(status.UNAUTHENTICATED);
  expect(await codeOf(list(connect({ apiKey: 'bsk_a guess' })))).toBe(status.UNAUTHENTICATED);
  // The same call from the same machine at the local port.
  expect(await codeOf(list(connect({ address: door.address, tls: false })))).toBe(status.OK);
});

it.each([
  ['does not know the authority', true],
  ['is given another name than the certificate has', { serverNameOverride: 'elsewhere.test' }],
  ['does not speak TLS', false],
])('[DT3] a client that %s is not connected', async (_who, tls) => {
  const options = typeof tls === 'object' ? { ...tls, serverRootCACertificate: authorityPem } : tls;
  const asked = Connection.connect({
    address: publicAddress(),
    tls: options,
    apiKey: OPERATOR_KEY,
    connectTimeout: 500,
  });
  await expect(asked).rejects.toThrow(/Failed to connect/);
});

it('[DT3] traffic is encrypted, so no key and no id can be read', async () => {
  const [host = '', port = ''] = publicAddress().split(':');
  const seen: Buffer[] = [];
  const sockets: Socket[] = [];
  const wire = createServer((client) => {
    const server = new (client.constructor as typeof Socket)();
    server.connect(Number(port), host);
    client.on('data', (chunk) => seen.push(chunk));
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    sockets.push(client, server);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const { port: wirePort } = wire.address() as { port: number };
  const connection = connect({ address: `127.0.0.1:${wirePort}`, apiKey: OPERATOR_KEY });
  await connection.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId: 'from-elsewhere' },
  });
  const bytes = Buffer.concat(seen).toString('latin1');
  expect(bytes.length).toBeGreaterThan(0);
  for (const secret of [OPERATOR_KEY, 'from-elsewhere']) expect(bytes.includes(secret)).toBe(false);
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => wire.close(resolve));
});

it('[DT3] old protocols are refused', async () => {
  const [host = '', port = ''] = publicAddress().split(':');
  const answer = await new Promise<string>((resolve) => {
    const socket = connectTls({
      host,
      port: Number(port),
      ca: authorityPem,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    socket.on('secureConnect', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  expect(answer).not.toBe('connected');
});

it('[DT4] a role allows the same as on the local port', async () => {
  const { workflowService } = connect({ apiKey: VIEWER_KEY });
  expect(await codeOf(workflowService.listWorkflowExecutions({ namespace: 'default' }))).toBe(status.OK);
  const start = workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId: 'viewed',
    workflowType: { name: 'open' },
    taskQueue: { name: 'backstitch' },
  });
  expect(await codeOf(start)).toBe(status.PERMISSION_DENIED);
});
