/**
 * Builds what `npm start` runs: the Prisma client, one JavaScript file per process, and the Next.js app. Builds again
 * only if a source file changed: the stamp is a digest of the contents of all source files.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** Processes and threads by name. Each becomes `.backstitch/build/<name>.mjs`. */
export const ENTRIES: Record<string, string> = {
  engine: 'engine/launcher/engine-main.ts',
  shop: 'engine/examples/main.ts',
  web: 'app/_server/main.ts',
  'sandbox-thread': 'engine/worker/sandbox/thread.ts',
  'script-thread': 'engine/activities/script/thread.ts',
  'code-process': 'engine/activities/code/code-process.ts',
  'code-reader': 'engine/activities/code/read/reader-process.ts',
  'build-version': 'engine/processes/build-process.ts',
  trial: 'engine/processes/trial-process.ts',
  gate: 'engine/versions/gate/gate-process.ts',
};

const SOURCE_FOLDERS = ['app', 'components', 'engine', 'prisma', 'public'];
const SOURCE_FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'next.config.ts', 'postcss.config.mjs'];
const IGNORED = new Set(['node_modules', 'client', 'golden']);

/** True if the web process is part of this checkout. */
export function hasWeb(root: string): boolean {
  return existsSync(path.join(root, ENTRIES.web ?? ''));
}

export interface BuildOptions {
  root: string;
  /** The environment of the build steps. */
  env: NodeJS.ProcessEnv;
  onProgress(line: string): void;
  /** Asked before something is built; if it throws, nothing is. */
  mayBuild?(): Promise<void>;
}

/**
 * Builds if the sources differ from those of the last build. Resolves to whether it built. Throws with the output of
 * the step that failed.
 */
export async function buildIfChanged(options: BuildOptions): Promise<boolean> {
  const stampFile = path.join(options.root, '.backstitch/build/stamp');
  const stamp = await digestSources(options.root);
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  await options.mayBuild?.();

  options.onProgress('generating the database client');
  await run('node', ['prisma/generate.mjs'], options);
  options.onProgress('compiling the engine');
  await bundleProcesses(options.root);
  if (hasWeb(options.root)) {
    options.onProgress('building the web app, about half a minute the first time');
    await run('node', ['node_modules/next/dist/bin/next', 'build'], options);
  }
  await mkdir(path.dirname(stampFile), { recursive: true });
  await writeFile(stampFile, stamp);
  return true;
}

/** Builds one JavaScript file for each of these processes, or for all processes that are part of this checkout. */
export async function bundleProcesses(
  root: string,
  outdir = '.backstitch/build',
  names = Object.keys(ENTRIES)
): Promise<void> {
  const present = Object.entries(ENTRIES).filter(
    ([name, file]) => names.includes(name) && existsSync(path.join(root, file))
  );
  await bundle(root, outdir, Object.fromEntries(present));
}

/** Builds JavaScript files in the same way as the product's own. `entries`: source file by name of the built file. */
export async function bundle(root: string, outdir: string, entries: Readonly<Record<string, string>>): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([name, file]) => ({ in: file, out: name })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    loader: { '.proto': 'text', '.sql': 'text' },
    logLevel: 'error',
  });
}

async function run(command: string, args: string[], options: BuildOptions): Promise<void> {
  const output: string[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(command === 'node' ? process.execPath : command, args, {
      cwd: options.root,
      env: { ...options.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`\`${[command, ...args].join(' ')}\` failed (exit ${code}):\n${output.join('')}`);
}

async function digestSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(process.version);
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(path.join(root, relative), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (IGNORED.has(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
      const file = path.join(relative, entry.name);
      if (entry.isDirectory()) await visit(file);
      else hash.update(file).update(await readFile(path.join(root, file)));
    }
  };
  for (const folder of SOURCE_FOLDERS) await visit(folder);
  for (const file of SOURCE_FILES) hash.update(file).update(await readFile(path.join(root, file)).catch(() => ''));
  return hash.digest('hex');
}
