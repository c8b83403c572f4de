/** The services of the examples as a process of its own. Environment: DATABASE_URL, BACKSTITCH_SHOP_PORT. */
import { runRole } from '../role';
import { startExamples } from './server';

void runRole(async () => {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('The services of the examples need DATABASE_URL.');
  const port = Number(process.env.BACKSTITCH_SHOP_PORT ?? 3100);
  const served = await startExamples({ databaseUrl, port, onError: (error) => console.error(error) });
  return { address: served.url, stop: served.close };
});
