/** The shop as a process of its own. Environment: DATABASE_URL, BACKSTITCH_SHOP_PORT. */
import { runRole } from '../../launcher/role';
import { startShop } from './server';

void runRole(async () => {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('The shop needs DATABASE_URL.');
  const port = Number(process.env.BACKSTITCH_SHOP_PORT ?? 3100);
  const shop = await startShop({ databaseUrl, port, onError: (error) => console.error(error) });
  return { address: shop.url, stop: shop.close };
});
