/** Playwright's global setup: starts the product once for all journeys and publishes its address. */
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { startProduct } from './product';

export const ENV_URL = 'BACKSTITCH_JOURNEY_URL';

const LOGS = '.backstitch/journey-logs';

export default async function start(): Promise<() => Promise<void>> {
  const product = await startProduct();
  process.env[ENV_URL] = product.url;
  return async () => {
    await product.stop();
    // A failed journey needs these files beside its picture.
    await rm(LOGS, { recursive: true, force: true });
    await cp(path.join(product.dataDir, 'logs'), LOGS, { recursive: true });
    await product.remove();
  };
}
