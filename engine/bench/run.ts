/**
 * `npm run bench [runs at once…]`: builds the benchmark in the way the product is built, and runs it with the
 * engine's own flags, so that it measures what `npm start` runs. With `--profile` it leaves a CPU profile of the
 * engine's thread in .backstitch/bench.
 */
import { spawn } from 'node:child_process';
import { bundle, bundleProcesses } from '../launcher/build';

const OUT = '.backstitch/bench';
const args = process.argv.slice(2);
const profile = args.includes('--profile') ? ['--cpu-prof', `--cpu-prof-dir=${OUT}`] : [];

await bundleProcesses(process.cwd(), OUT, ['sandbox-thread']);
await bundle(process.cwd(), OUT, { steps: 'engine/bench/steps.ts' });
const levels = args.filter((arg) => arg !== '--profile');
const child = spawn(process.execPath, ['--max-semi-space-size=32', ...profile, `${OUT}/steps.mjs`, ...levels], {
  stdio: 'inherit',
});
child.once('close', (code) => (process.exitCode = code ?? 1));
