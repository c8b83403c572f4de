/**
 * Journeys through the started product in a real browser. Three parts side by side, each with a product of its own, in
 * which its journeys follow each other.
 */
import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/product/browser';
import { PARTS } from './e2e/product/start';

const { executablePath, args } = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.backstitch/journeys',
  globalSetup: './e2e/product/start.ts',
  projects: Object.entries(PARTS).map(([name, testMatch]) => ({ name, testMatch, workers: 1 })),
  workers: Object.keys(PARTS).length,
  fullyParallel: false,
  forbidOnly: true,
  // Journeys that take minutes have a command of their own.
  grepInvert: process.env.BACKSTITCH_LONG_JOURNEYS === '1' ? [] : /@long/,
  retries: 0,
  // Three products, three browsers and the compiler share two processors.
  timeout: 180_000,
  expect: { timeout: 40_000 },
  reporter: [['list'], ['json', { outputFile: '.backstitch/journeys.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath, args },
    // What was asked and answered; the page is in the picture and in the context of the error.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
});
