/**
 * Journeys through the started product in a real browser. Two halves side by side, each with a product of its own, in
 * which its journeys follow each other.
 */
import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/product/browser';
import { HALVES } from './e2e/product/start';

const { executablePath, args } = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.backstitch/journeys',
  globalSetup: './e2e/product/start.ts',
  projects: Object.entries(HALVES).map(([name, testMatch]) => ({ name, testMatch, workers: 1 })),
  workers: Object.keys(HALVES).length,
  fullyParallel: false,
  forbidOnly: true,
  // Journeys that take minutes have a command of their own.
  grepInvert: process.env.BACKSTITCH_LONG_JOURNEYS === '1' ? [] : /@long/,
  retries: 0,
  // Two products, two browsers and the compiler share two processors.
  timeout: 180_000,
  expect: { timeout: 40_000 },
  reporter: [['list'], ['json', { outputFile: '.backstitch/journeys.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath, args },
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
});
