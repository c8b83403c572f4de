/**
 * `npm run test:crash`: the crash test in the requested size. The same seed makes the same choices: what runs, what is
 * answered and asked for, and what is broken after how many events. Exits with 1 if a promise was not kept.
 */
import { parseArgs } from 'node:util';
import { runCrashTest, type CrashReport } from './crash-test';
import { whole } from './options';

const USAGE = `npm run test:crash [-- options]

  --runs N             runs that clients and schedules start (500); children and next runs of chains come on top
  --kills N            kill -9 of the engine (15)
  --postgres-kills N   kill -9, or an immediate shutdown, of PostgreSQL (2)
  --takeovers N        an engine stopped, taken over, continued (1)
  --seed N             repeat the choices of a run; otherwise a new one`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    kills: { type: 'string', default: '15' },
    'postgres-kills': { type: 'string', default: '2' },
    takeovers: { type: 'string', default: '1' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const PROGRESS_MS = 3_000;
const MOST_WORDS = 40;

function tell(report: CrashReport): void {
  const { outcomes, statuses, effects, acknowledged, violations } = report;
  const list = (counts: object) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const rows: [string, string][] = [
    ['orders', list(outcomes)],
    ['runs', `${list(statuses)}; ${report.deleted} deleted`],
    [
      'broken',
      `${report.engineKills} engine kills, ${report.postgresKills} PostgreSQL kills, ${report.takeovers} takeovers of a stopped engine`,
    ],
    [
      'commits',
      `${report.commits} in ${report.epochs} epochs; ${report.staleCommits} stale, ${report.refusedCommits} refused by the fence; ${report.fenced} engines fenced`,
    ],
    ['effects', `${list(effects)}`],
    ['kept', `${list(acknowledged)}`],
    ['histories', `${report.events} events; ${report.replayed} checked and replayed`],
    ['seed', `${report.seed}`],
    ['time', `${report.seconds.toFixed(1)} s`],
  ];
  console.log();
  for (const [name, text] of rows) console.log(`  ${name.padEnd(10)} ${text}`);
  console.log();
  for (const words of violations.slice(0, MOST_WORDS)) console.error(`  VIOLATION  ${words}`);
  if (violations.length > MOST_WORDS) console.error(`  and ${violations.length - MOST_WORDS} more`);
  console.log(
    violations.length === 0
      ? '  Everything that was promised was kept.\n'
      : `\n  ${violations.length} violations; logs: ${report.folder}\n`
  );
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : whole('seed', values.seed);
  const options = {
    runs: whole('runs', values.runs),
    engineKills: whole('kills', values.kills),
    postgresKills: whole('postgres-kills', values['postgres-kills']),
    takeovers: whole('takeovers', values.takeovers),
    seed,
  };
  console.log(`\nCrash test, seed ${seed}\n`);
  const from = Date.now();
  let toldAt = 0;
  const report = await runCrashTest(process.cwd(), options, {
    say: (line) => console.log(`  ${line} …`),
    progress(done, waiting, events, broken) {
      if (Date.now() - toldAt < PROGRESS_MS) return;
      toldAt = Date.now();
      const seconds = String(Math.round((toldAt - from) / 1_000)).padStart(4);
      console.log(
        `  ${seconds} s  ${done} orders and others through, ${waiting} wait, ${events} events, ${broken} breaks`
      );
    },
  });
  tell(report);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

await main();
