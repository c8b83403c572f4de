/**
 * `npm run bench [runs at once…]`, `npm run bench:parked [runs]`: builds the benchmark in the way the product is built,
 * and runs it with the engine's own flags, so that it measures what `npm start` runs. With `--profile` it leaves a CPU profile of the
 * engine's thread in .backstitch/bench.
 */
import { spawn } from 'node:child_process';
import { bundle, bundleProcesses } from '../launcher/build';

const OUT = '.backstitch/bench';
const args = process.argv.slice(2);
const program = args.includes('--parked') ? 'parked' : 'steps';
const profile = args.includes('--profile') ? ['--cpu-prof', `--cpu-prof-dir=${OUT}`] : [];

await bundleProcesses(process.cwd(), OUT, ['sandbox-thread']);
await bundle(process.cwd(), OUT, { [program]: `engine/bench/${program}.ts` });
const numbers = args.filter((arg) => !arg.startsWith('--'));
const flags = ['--max-semi-space-size=32', ...(program === 'parked' ? ['--expose-gc'] : []), ...profile];
const child = spawn(process.execPath, [...flags, `${OUT}/${program}.mjs`, ...numbers], { stdio: 'inherit' });
child.once('close', (code) => (process.exitCode = code ?? 1));
