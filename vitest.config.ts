import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Files that leave something behind in their process: hooks of all promises, sandboxes. */
const ALONE = [
  'engine/worker/**/*.test.ts',
  // Reads a stream of Node's own.
  'components/designer/trial/use-matrix.test.tsx',
  // Measures how work grows.
  'engine/run-view/loops.test.ts',
];
/** Files that leave mocks and a browser's globals behind: each has a context of its own, in a process that they share. */
const SCREENS = ['components/**/*.test.{ts,tsx}'];

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    setupFiles: ['engine/sim/property-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The tests share two cores with a PostgreSQL server and worker threads of their own.
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      // Reading the modules anew for each file took a fifth of the time.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{app,engine,prisma}/**/*.test.ts'],
          exclude: ALONE,
          globalSetup: ['engine/launcher/testing/postgres.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'screens',
          include: SCREENS,
          exclude: ALONE,
          // With that of all projects.
          setupFiles: ['components/ui/testing/patience.ts'],
          pool: 'vmForks',
          vmMemoryLimit: '1GB',
          // A context of its own cannot `require` an ES module, which Next does where Node can.
          execArgv: ['--no-experimental-require-module'],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
