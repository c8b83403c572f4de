/**
 * The exported order project against real services: its own worker polls Temporal's test server, in real time, and its
 * activities call the shop of the examples over HTTP. Then the ledger that the saga library keeps is compared with the
 * shop's own books.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { migrate } from '../../../prisma/migrate';
import type { ShopLedgerReport } from '../../examples/order-fulfilment/ledger';
import { judge, judgeBooks, type RunClaim, type Verdict } from '../../examples/order-fulfilment/oracle';
import { startExamples } from '../../examples/server';
import { startPostgres } from '../../launcher/postgres';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { keyOwner } from '../../run-view/step-keys';
import type { LedgerReport } from '../../saga/contract';

/** What the project's own client prints for an approval: the command that decides it. */
const DECIDE = /npm run decide -- (\S+ \S+ \S+ approve)/;
const EXPECTED = ['reserve-inventory', 'charge-payment', 'create-shipment', 'send-confirmation'];
/** How the run of each scenario ends. */
const ENDS: Readonly<Record<string, Verdict['kind']>> = {
  'goes-well': 'completed',
  'card-declined': 'unwound',
  'shipment-down': 'unwound',
  'answer-lost': 'completed',
  'applies-after-timeout': 'completed',
  'refund-fails': 'waits',
  'large-order': 'completed',
  'no-amount': 'unwound',
};
const MOST_MS = 60_000;

interface Scenario {
  name: string;
  input: Record<string, unknown>;
}

/**
 * `folder`: the installed project. `server`: the program of the test server. Returns one line for each run; throws if
 * the books say anything else than the saga.
 */
export async function againstRealBooks(
  folder: string,
  server: string,
  scenarios: readonly Scenario[]
): Promise<string[]> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const data = await mkdtemp(path.join(tmpdir(), 'backstitch-books-'));
    closers.push(() => rm(data, { recursive: true, force: true }));
    await chmod(data, 0o755);
    const postgres = await startPostgres({ dataDir: path.join(data, 'postgres') });
    closers.push(() => postgres.stop());
    await migrate(postgres.url);
    const shop = await startExamples({ databaseUrl: postgres.url, port: 0 });
    closers.push(() => shop.close());
    const address = `127.0.0.1:${await freePort()}`;
    const service = spawn(server, [address.split(':')[1]!], { detached: true, stdio: 'ignore' });
    closers.push(async () => killed(service));
    const connection = await connected(address);
    closers.push(() => connection.close());
    // Keyword and Int: what the saga library writes while effects are undone.
    await connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { SagaPhase: 2, SagaStanding: 3 },
    });

    const environment = { ...process.env, TEMPORAL_ADDRESS: address, SHOP_URL: shop.url };
    const decided = new Set<string>();
    const program = (script: string, args: string[]): ChildProcess => {
      const child = spawn('npx', ['tsx', `src/${script}.ts`, ...args], {
        cwd: folder,
        env: environment,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      closers.push(async () => killed(child));
      child.stdout?.setEncoding('utf8');
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        const [, command] = DECIDE.exec(text) ?? [];
        if (command === undefined || decided.has(command)) return;
        decided.add(command);
        program('decide', command.split(' '));
      });
      return child;
    };

    program('worker', []);
    // The run itself refuses an input that its schema refuses.
    const inputs = [...scenarios, { name: 'no-amount', input: { ...scenarios[0]!.input, amount: 0 } }];
    for (const { name, input } of inputs)
      writeFileSync(path.join(folder, `${name}.json`), JSON.stringify({ ...input, orderId: name }));
    // The project's own client starts one of them, and the official client the others.
    program('client', [inputs[0]!.name, `${inputs[0]!.name}.json`]);
    const client = new Client({ connection });
    const handles = inputs.map(({ name }) => client.workflow.getHandle(name));
    for (const { name, input } of inputs.slice(1))
      await client.workflow.start('orderFulfilment_v1', {
        taskQueue: 'order-fulfilment',
        workflowId: name,
        args: [{ ...input, orderId: name }],
      });

    const lines: string[] = [];
    const all: ShopLedgerReport['keys'] = [];
    for (const handle of handles) {
      const claim = await claimOf(connection, handle);
      const books = await booksOf(shop.url, handle.workflowId);
      all.push(...books.keys);
      const verdict = judge(claim, books);
      const booked = books.keys.filter(({ applied }) => applied > 0).length;
      const words = verdict.kind === 'violation' ? verdict.words.join('; ') : verdict.kind;
      if (verdict.kind !== ENDS[handle.workflowId]) throw new Error(`${handle.workflowId}: ${words}`);
      lines.push(`${handle.workflowId}: ${words}, as the shop's books say (effects booked: ${booked})`);
    }
    const faults = judgeBooks(await booksOf(shop.url), all);
    if (faults.length > 0) throw new Error(faults.join('; '));
    return lines;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function connected(address: string): Promise<Connection> {
  let connection: Connection | null = null;
  await until('the test server answers', async () => {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    return true;
  });
  return connection!;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** What the saga says, once the run has ended or asks a person. */
async function claimOf(connection: Connection, handle: WorkflowHandle): Promise<RunClaim> {
  let ledger: LedgerReport['entries'] = [];
  let status: RunClaim['status'] = 'running';
  const asks = () => ledger.some(({ state }) => state === 'undoFailed');
  await until(`${handle.workflowId} ends or asks`, async () => {
    const { name } = (await handle.describe()).status;
    status = name === 'COMPLETED' ? 'completed' : name === 'FAILED' ? 'failed' : 'running';
    const query = () => handle.query<LedgerReport>('__ledger');
    ledger = (await connection.withDeadline(Date.now() + 5_000, query)).entries;
    return status !== 'running' || asks();
  });
  const { runId } = await handle.describe();
  const events = eventsFromHistory(await handle.fetchHistory());
  const ownerOf = keyOwner(events, { workflowId: handle.workflowId, runId });
  return { ownerOf, status, expected: EXPECTED, ledger, waitsForPerson: asks() };
}

async function booksOf(shop: string, order?: string): Promise<ShopLedgerReport> {
  const response = await fetch(`${shop}/ledger${order === undefined ? '' : `?order=${order}`}`);
  return (await response.json()) as ShopLedgerReport;
}

/** Asks again until it is so. An error, such as that of a service that does not answer yet, is no answer. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  let last: unknown = null;
  for (const end = Date.now() + MOST_MS; Date.now() < end; await delay(200)) {
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`not in time: ${what}`, { cause: last });
}

/** With the programs that it has started. */
function killed({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}
