/**
 * Runs the tests of flows in a folder: `npm run test:flows -- ../my-flows`. The folder needs no packages of its own:
 * 'vitest' and 'backstitch/test-kit' are those of this installation.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const here = fileURLToPath(new URL('../..', import.meta.url));
const [folder = 'engine/test-kit/example', ...filters] = process.argv.slice(2);
const root = path.resolve(folder);
if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`There is no folder ${root}. Usage: npm run test:flows -- <folder> [names of test files]`);
  process.exit(2);
}

const vitest = await startVitest(
  'test',
  filters,
  {
    root,
    config: false,
    watch: false,
    include: ['**/*.test.{ts,mts,js,mjs}'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
  {
    // Nothing is written into the folder.
    cacheDir: path.join(here, 'node_modules/.vite/flows'),
    resolve: {
      alias: [
        { find: /^vitest$/, replacement: path.join(here, 'node_modules/vitest/dist/index.js') },
        { find: 'backstitch/test-kit', replacement: path.join(here, 'engine/test-kit/index.ts') },
      ],
    },
    server: { fs: { strict: false } },
  }
);
await vitest.close();
