/**
 * `npm run bench:canvas`: how smooth the drawing of a large flow is, in a real browser on a production build. Starts a
 * product of its own, publishes a flow of 300 nodes and prints, for both directions: the time until the first card is
 * painted, and the frames while a person zooms, pans, and walks through the steps with the arrow keys.
 *
 * A frame that comes later than 1.5 times the browser's interval is late. Software rendering (no GPU) makes all figures
 * worse than on a person's machine, so compare them only with an earlier run on the same machine.
 */
import { chromium, type Page } from '@playwright/test';
import { routes } from '../../app/_contract/routes';
import { findBrowser } from '../product/browser';
import { signIn } from '../product/journey';
import { startProduct } from '../product/product';
import { addMeasures, framesOf, nextFrame, painted, wheel, type Frames } from './in-page';
import { largeFlow } from './large-flow';

const NODES = 300;
const MOVES = 90;
const FIRST_CARD = `document.querySelector('.react-flow__node [id^="face-"]') !== null`;

const product = await startProduct();
try {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args });
  try {
    const context = await browser.newContext({ baseURL: product.url, viewport: { width: 1440, height: 900 } });
    await signIn(context.request);
    const published = await context.request.post(routes.publish(), { data: { document: largeFlow(NODES) } });
    if (!published.ok()) throw new Error(`The flow was not published: ${(await published.text()).slice(0, 1_000)}`);
    const page = await context.newPage();
    const table: Record<string, Frames> = {};
    for (const direction of ['down', 'sideways'] as const) {
      await addMeasures(page, direction);
      process.stdout.write(`${direction}: first card painted after ${await firstPaint(page)} ms\n`);
      table[`${direction}: zoom`] = await framesOf(page, () => wheel(page, MOVES, 'Control', 40));
      table[`${direction}: pan`] = await framesOf(page, () => wheel(page, MOVES, null, 120));
      table[`${direction}: arrow keys`] = await framesOf(page, () => walk(page));
      table[`${direction}: select`] = await framesOf(page, () => select(page));
    }
    console.table(table);
  } finally {
    await browser.close();
  }
} finally {
  await product.remove();
}

/** From the click on the flow to its first painted card, in milliseconds. */
async function firstPaint(page: Page): Promise<number> {
  await page.goto('/flows');
  const link = page.getByRole('link', { name: 'Large' }).first();
  await link.waitFor();
  return Math.round(await painted(page, 'click', FIRST_CARD, () => link.click()));
}

async function walk(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Fit the drawing' }).click();
  await page.locator('.react-flow__node [id^="face-"]').first().focus();
  const key =
    (await page.evaluate("localStorage.getItem('drawing-direction')")) === 'sideways' ? 'ArrowRight' : 'ArrowDown';
  for (let move = 0; move < 40; move++) {
    await page.keyboard.press(key);
    await nextFrame(page);
  }
}
async function select(page: Page): Promise<void> {
  for (let move = 0; move < 20; move++) {
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowUp');
    await nextFrame(page);
  }
}
