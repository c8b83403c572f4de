// `npm start`: compiles the launcher (a few milliseconds) and runs it. This is plain JavaScript, so that Node can run
// it directly.
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Backstitch needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const outfile = path.join(root, '.backstitch/build/launcher.mjs');
await build({
  entryPoints: [path.join(root, 'engine/launcher/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'error',
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
