/**
 * Playwright's global setup: starts the products of the journeys. The journeys are two halves that run side by side,
 * each with one product and in the order of its files, because a journey waits more than it computes.
 */
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from '@playwright/test';
import { startProduct, type Product } from './product';

/** The names of the halves with the files of each. Files that others do not build on make both about as long. */
export const HALVES = {
  operating:
    /\/(?!7-|5-pausing|5-told|6-events|6-second-factor|6-passkey|6-open-history|6-provider|8-processes|8-two-webs)\d-[\w-]+\.spec\.ts$/,
  designing:
    /\/(?:7-[\w-]+|5-pausing|5-told|6-events|6-second-factor(?:-rule)?|6-passkey|6-open-history|6-provider|8-processes|8-two-webs)\.spec\.ts$/,
} as const;
type Half = keyof typeof HALVES;
const HALF_NAMES = Object.keys(HALVES) as Half[];

const LOGS = '.backstitch/journey-logs';

const urlName = (half: string) => `BACKSTITCH_JOURNEY_URL_${half.toUpperCase()}`;

/** The address of the product of the journey that runs now. */
export function productUrl(): string {
  const url = process.env[urlName(test.info().project.name)];
  if (!url) throw new Error('No product: journeys are run by `npm run test:journeys`.');
  return url;
}

export default async function start(): Promise<() => Promise<void>> {
  const products: [Half, Product][] = [];
  const end = async () => {
    await rm(LOGS, { recursive: true, force: true });
    for (const [half, product] of products) {
      await product.stop();
      // A failed journey needs these files beside its picture.
      await cp(path.join(product.dataDir, 'logs'), path.join(LOGS, half), { recursive: true });
      await product.remove();
    }
  };
  try {
    // One after the other: the first one builds what both run.
    for (const half of HALF_NAMES) {
      const product = await startProduct();
      products.push([half, product]);
      process.env[urlName(half)] = product.url;
    }
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
