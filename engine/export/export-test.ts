/**
 * `npm run test:export [flow…]`: exports every example, every template, a flow with every kind of connection and a flow
 * with children as a project, installs it from the registry, type-checks it, and runs its test with the official worker on Temporal's test
 * server, which skips waiting times.
 *
 * The server is the one that TEMPORAL_TEST_SERVER names; without it, the same server from Maven Central, where `java`
 * and `mvn` are; otherwise the SDK downloads it. What was proved is printed; the command fails if anything was not.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { EXAMPLES, TEMPLATES } from '../examples/registry';
import order from '../examples/order-fulfilment/order-fulfilment.flow.json';
import { EVERY_KIND } from './testing/every-kind';
import { exportedProject } from './testing/exported';
import { FAMILY } from './testing/family';
import { againstRealBooks } from './testing/real-books';

const SERVER = 'io.temporal:temporal-test-server:1.31.0';
const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');

const FLOWS = [
  ...EXAMPLES.map(({ flow, document, connection }) => ({ flow: `example:${flow}`, document, called: [connection] })),
  ...TEMPLATES.map(({ name, document, connections }) => ({ flow: name, document, called: connections })),
  { flow: 'every-kind', ...EVERY_KIND },
  { flow: 'family', called: [], ...FAMILY },
].map((each) => ({ children: [] as readonly unknown[], ...each }));

async function main(): Promise<void> {
  const only = process.argv.slice(2);
  const server = testServer();
  print(`server: ${server ?? 'downloaded by the SDK'}`);
  let failed = 0;
  for (const { flow, document, called, children } of FLOWS.filter(
    (each) => only.length === 0 || only.includes(each.flow)
  )) {
    const folder = mkdtempSync(path.join(tmpdir(), `export-${flow}-`));
    try {
      const files = await exportedProject(document, called, {}, children);
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), text);
      }
      run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
      run(folder, 'npm', ['run', '--silent', 'check']);
      const tests = run(folder, 'npm', ['test', '--silent'], server === null ? {} : { TEMPORAL_TEST_SERVER: server });
      const passed = /^# pass (\d+)$/m.exec(tests)?.[1] ?? '0';
      if (passed === '0') throw new Error(`no test ran:\n${tests}`);
      print(`${flow}: installed, type-checked, ${passed} tests passed with the official worker`);
      if (flow !== order.name) continue;
      if (server === null) print('  not run against the shop: name the test server in TEMPORAL_TEST_SERVER');
      else for (const line of await againstRealBooks(folder, server, order.scenarios)) print(`  ${line}`);
    } catch (error) {
      failed++;
      console.error(`${flow}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Its output. Throws with it. */
function run(cwd: string, command: string, args: string[], environment: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...process.env, ...environment },
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed\n${stdout}\n${stderr}`);
}

/** The path of a program that is called with a port, as the SDK does; null: the SDK downloads one. */
function testServer(): string | null {
  const named = process.env.TEMPORAL_TEST_SERVER;
  if (named) return named;
  const folder = path.join(cache, 'backstitch', SERVER.replaceAll(':', '-'));
  const program = path.join(folder, 'temporal-test-server');
  if (existsSync(program)) return program;
  if (!answers('java', ['-version']) || !answers('mvn', ['-version'])) return null;
  const [groupId, artifactId, version] = SERVER.split(':');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>backstitch</groupId><artifactId>test-server</artifactId><version>1</version>
<dependencies><dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency></dependencies></project>
`
  );
  execFileSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], { cwd: folder });
  writeFileSync(program, `#!/bin/sh\nexec java -cp '${folder}/lib/*' io.temporal.testserver.TestServer "$@"\n`);
  chmodSync(program, 0o755);
  return program;
}

const print = (line: string) => void process.stdout.write(`${line}\n`);
const answers = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

void main();
