/**
 * `npm run test:books`: random flows on the product's real engine, which is killed meanwhile, as its database is,
 * against a service that fails in every way. At the end the ledger of every run must agree with the service's own
 * books: what was undone or did not happen is not in them, what remains is, and of the rest the run says that it may
 * remain. Then trials of the same flows are compared with real runs (foresight.ts). The same seed makes the same flows,
 * failures and answers. Exits with 1 if one run differs.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { createBackstitchClient } from '../../api/client';
import type { FlowManifest } from '../../flow/manifest';
import { Calls } from '../calls';
import { Cluster } from '../cluster';
import { whole } from '../options';
import { Random } from '../random';
import { within } from '../waiting';
import { differences } from './differences';
import { HostileRun } from './hostile-run';
import { foresee } from './foresight';
import { HostileService } from './hostile-service';
import { CONNECTION, LEAF, leafDocument, randomDocument } from './random-document';

const USAGE = `npm run test:books [-- options]

  --flows N   flows that are published (12)
  --runs N    runs of each (6)
  --kills N   kill -9 of the engine, or of PostgreSQL (6)
  --trials N  trials of each that are compared with real runs, and as many cells of its failure matrix (4)
  --seed N    repeat the choices of a run; otherwise a new one`;

const { values } = parseArgs({
  options: {
    flows: { type: 'string', default: '12' },
    runs: { type: 'string', default: '6' },
    kills: { type: 'string', default: '6' },
    trials: { type: 'string', default: '4' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const LIMIT_MS = 420_000;
const FLOW = 'flow-';
/** The service answers, and acts, at the latest then. */
const LATE_CALLS_MS = 8_000;
const BETWEEN_KILLS_MS = [2_000, 6_000] as const;
const say = (line: string) => console.log(`  ${line}`);

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const size: Size = {
    flows: whole('flows', values.flows),
    runs: whole('runs', values.runs),
    kills: whole('kills', values.kills),
    trials: whole('trials', values.trials),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e9) : whole('seed', values.seed),
  };
  const { seed } = size;
  console.log(`\nBooks test, seed ${seed}\n`);
  const service = await HostileService.open(seed);
  const cluster = await Cluster.start(process.cwd(), (line) => say(`${line} …`), { [CONNECTION]: service.url });
  let found = ['it did not come to its end'];
  try {
    found = await play({ cluster, service, ...size });
  } finally {
    await cluster.stop();
    service.close();
    if (found.length === 0) await cluster.remove();
    else say(`the logs stay in ${cluster.folder}`);
  }
  for (const words of found) console.error(`  DIFFERS  ${words}`);
  console.log(found.length === 0 ? '\n  Every ledger agrees with the books.\n' : `\n  ${found.length} differences\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

interface Size {
  seed: number;
  flows: number;
  runs: number;
  kills: number;
  trials: number;
}

async function play({ cluster, service, ...size }: Size & { cluster: Cluster; service: HostileService }) {
  const { seed } = size;
  const from = Date.now();
  const published = await publish(cluster, size);
  const manifests = [...published.values()].filter(({ flow }) => flow !== LEAF);
  const ended = new AbortController();
  const calls = new Calls(cluster, ended.signal);
  const all = manifests.flatMap((manifest) =>
    Array.from({ length: size.runs }, (_, index) => {
      const workflowId = `${manifest.flow}-${index}`;
      return new HostileRun(workflowId, published, manifest, { calls, service, random: Random.of(seed, workflowId) });
    })
  );
  say(`${manifests.length} flows, ${all.length} runs`);
  const over = new AbortController();
  const killed = killProcesses(cluster, Random.of(seed, 'kills'), size.kills, over.signal);
  if (all.length > 0) await within(LIMIT_MS, 'all runs to close', Promise.all(all.map((run) => run.play())));
  over.abort();
  const broken = await killed;
  if (all.length > 0) await delay(LATE_CALLS_MS);
  const around = { calls, service };
  const found = all.length > 0 ? await differences(around, published, `WorkflowId STARTS_WITH '${FLOW}'`) : [];
  const closed: Record<string, number> = {};
  for (const { run } of all) closed[run.status] = (closed[run.status] ?? 0) + 1;
  const sum = (what: 'answered' | 'decided') => all.reduce((count, run) => count + run[what], 0);
  say(`${JSON.stringify(closed)}, ${sum('answered')} questions answered, ${sum('decided')} approvals decided`);
  say(`${broken.engine} engines and ${broken.postgres} databases killed`);
  say(`${service.books.size} calls booked, ${Math.round((Date.now() - from) / 1_000)} s`);
  if (size.trials > 0) {
    const foreseenFrom = Date.now();
    const foreseen = await foresee(manifests, { around, published, seed, plans: size.trials });
    found.push(...foreseen.differences);
    const { runs, reordered, otherMoments, offPlan, cells } = foreseen;
    say(
      `${runs} runs compared with their trials, ${reordered} in another order, ${otherMoments} with answers at other moments, ${offPlan} off plan; ${cells} cells with theirs`
    );
    say(`${Math.round((Date.now() - foreseenFrom) / 1_000)} s for trials`);
  }
  ended.abort();
  return [...found, ...calls.complaints];
}

/**
 * By workflow type. Documents that are refused are left out, and others are made. Of three flows, two run only leaves as
 * children, because a trial says of those what a run does; the third runs the others, too.
 */
async function publish(cluster: Cluster, { seed, flows }: Size): Promise<Map<string, FlowManifest>> {
  const client = createBackstitchClient(cluster.door.address, cluster.key);
  const manifests: FlowManifest[] = [];
  try {
    const leaf = await client.putVersion(leafDocument, 'the books test');
    if (!leaf.version) throw new Error(`${LEAF} cannot be published: ${JSON.stringify(leaf.diagnostics)}`);
    manifests.push((await client.getVersion(LEAF)).manifest);
    for (let tried = 0; manifests.length <= flows; tried++) {
      const name = `${FLOW}${tried}`;
      const children = manifests.length % 3 === 0 ? manifests.map(({ flow }) => flow) : [LEAF];
      const document = randomDocument(name, Random.of(seed, name), children);
      const { version } = await client.putVersion(document, 'the books test');
      if (version) manifests.push((await client.getVersion(name)).manifest);
    }
  } finally {
    client.close();
  }
  return new Map(manifests.map((manifest) => [manifest.workflowType, manifest]));
}

type Killed = Record<'engine' | 'postgres', number>;

/** Kills the engine, and sometimes the database below it, and starts them again. */
async function killProcesses(cluster: Cluster, random: Random, most: number, over: AbortSignal): Promise<Killed> {
  const killed: Killed = { engine: 0, postgres: 0 };
  for (let count = 0; ; count++) {
    const isOver = await delay(random.between(...BETWEEN_KILLS_MS), false, { signal: over }).catch(() => true);
    if (isOver || count === most) return killed;
    const what = random.pick(['engine', 'engine', 'postgres'] as const);
    killed[what]++;
    if (what === 'postgres') {
      await cluster.killPostgres(random.pick(['SIGKILL', 'SIGQUIT']));
      await cluster.startPostgres();
    } else {
      await cluster.leader.process.signal('SIGKILL');
      await cluster.startLeaderAgain();
    }
  }
}

await main();
