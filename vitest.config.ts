import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Files that leave something behind in their process: mocks, a browser's globals, hooks of all promises. */
const ALONE = [
  'components/**/*.test.{ts,tsx}',
  'engine/worker/**/*.test.ts',
  // Measures how work grows.
  'engine/run-view/loops.test.ts',
];

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
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
