/**
 * Records what a real Temporal server answers, three times, each on a server of its own. What does not agree with
 * itself is not kept. Run: npm run record:differential
 */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommands } from './cli';
import { COMMANDS } from './commands';
import { findAll } from './filters';
import { activities, playHistories } from './histories';
import { agreed, REQUESTS, writeRecording } from './recording';
import { recordRequests, type Asked } from './requests';
import { NAMESPACE, SERVED_QUEUE } from './scenario';
import { SCENARIOS } from './scenarios/index';
import { buildBinary, findBinary, startServer } from './server';
import { playAll, prepare } from './session';
import { Wire } from './wire';

const ROUNDS = 3;
const WORKFLOWS = fileURLToPath(new URL('workflows.ts', import.meta.url));

const binary = findBinary() ?? buildBinary();
const parts = process.argv.slice(2);

/** What a fresh server gives, three times; kept under `kind` by the names of its entries. */
async function record<Entry>(kind: string, play: (wire: Wire, address: string) => Promise<Record<string, Entry>>) {
  if (parts.length > 0 && !parts.includes(kind)) return;
  const rounds: Record<string, Entry>[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const server = await startServer(binary);
    const wire = new Wire(server.address);
    try {
      await prepare(wire);
      rounds.push(await play(wire, server.address));
    } finally {
      wire.close();
      await server.stop();
    }
  }
  const names = Object.keys(rounds[0]!);
  const kept = Object.fromEntries(names.map((name) => [name, agreed(rounds.map((round) => round[name]!))]));
  const unsteady = names.filter((name) => JSON.stringify(kept[name]).includes('"unsteady"'));
  writeRecording(kind, kept);
  console.log(`${kind}: ${names.length} recorded, not the same in every round: ${unsteady.join(', ') || 'none'}`);
}

Runtime.install({ logger: new DefaultLogger('ERROR') });

await record('scenarios', (wire) => playAll(wire, SCENARIOS));
/** The words of errors of the first round. */
let said: Record<string, string | undefined> | null = null;
await record('commands', async (_wire, address) => {
  const printed = await runCommands(binary, address, COMMANDS, sleep);
  said ??= Object.fromEntries(Object.entries(printed).map(([name, { says }]) => [name, says]));
  for (const [name, each] of Object.entries(printed)) each.says = said[name];
  return printed;
});
/** The requests of the first round: others differ in the ids that the CLI makes up. */
let asked: Record<string, Asked[]> | null = null;
await record(REQUESTS, async (_wire, address) => {
  const exchanges = await recordRequests(binary, address, COMMANDS, sleep);
  asked ??= Object.fromEntries(Object.entries(exchanges).map(([name, each]) => [name, each.map(([first]) => first)]));
  for (const [name, each] of Object.entries(exchanges))
    for (const [index, exchange] of each.entries()) exchange[0] = asked[name]?.[index] ?? exchange[0];
  return exchanges;
});
await record('filters', (wire) => findAll(wire));
await record('histories', async (wire, address) => {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: SERVED_QUEUE.name,
    workflowsPath: WORKFLOWS,
    activities: activities(),
  });
  const histories = await worker.runUntil(() => playHistories(wire));
  await connection.close();
  return histories;
});
