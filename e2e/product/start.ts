/**
 * Playwright's global setup: starts the products of the journeys. The journeys are parts that run side by side, each with
 * one product and in the order of its files, because a journey waits more than it computes.
 */
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from '@playwright/test';
import { startProduct, type Product } from './product';

/** The parts with the files of each. Files that others do not build on make all about as long. */
export const PARTS = {
  operating: /\/(?!5-pausing|5-told)[1-59]-[\w-]+\.spec\.ts$/,
  designing: /\/7-[\w-]+\.spec\.ts$/,
  administering: /\/(?:5-pausing|5-told|[68]-[\w-]+)\.spec\.ts$/,
} as const;
type Part = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as Part[];

const LOGS = '.backstitch/journey-logs';

const urlName = (part: string) => `BACKSTITCH_JOURNEY_URL_${part.toUpperCase()}`;

/** The address of the product of the journey that runs now. */
export function productUrl(): string {
  const url = process.env[urlName(test.info().project.name)];
  if (!url) throw new Error('No product: journeys are run by `npm run test:journeys`.');
  return url;
}

export default async function start(): Promise<() => Promise<void>> {
  const products: [Part, Product][] = [];
  const end = async () => {
    await rm(LOGS, { recursive: true, force: true });
    for (const [part, product] of products) {
      await product.stop();
      // A failed journey needs these files beside its picture.
      await cp(path.join(product.dataDir, 'logs'), path.join(LOGS, part), { recursive: true });
      await product.remove();
    }
  };
  try {
    // One after the other: the first one builds what all run.
    for (const part of PART_NAMES) {
      const product = await startProduct();
      products.push([part, product]);
      process.env[urlName(part)] = product.url;
    }
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
