import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    include: ['{app,components,engine,prisma}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '.next/**', '.backstitch/**'],
    globalSetup: ['engine/launcher/testing/postgres.ts'],
    setupFiles: ['engine/sim/property-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The tests share two cores with a PostgreSQL server and worker threads of their own.
    maxWorkers: 2,
    pool: 'forks',
  },
});
