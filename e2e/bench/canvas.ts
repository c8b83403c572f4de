/**
 * `npm run bench:canvas`: how smooth the drawing of a large flow is, in a real browser on a production build. Starts a product
 * of its own, publishes a flow of 300 nodes and prints, for both directions: the time until the first card is painted, and the
 * frames while a person zooms, pans, and walks through the steps with the arrow keys.
 *
 * A frame that comes later than 1.5 times the browser's interval is late. Software rendering (no GPU) makes all figures worse
 * than on a person's machine, so compare them only with an earlier run on the same machine.
 */
import { chromium, type Page } from '@playwright/test';
import { routes } from '../../app/_contract/routes';
import type { FlowDocument } from '../../engine/flow/document';
import { findBrowser } from '../product/browser';
import { signIn } from '../product/journey';
import { startProduct } from '../product/product';

const NODES = 300;
const MOVES = 90;

/** The measuring code of the page, as a text, because a compiler may add functions that the page does not have. */
const IN_PAGE = `globalThis.bench = {
  watchPaint() {
    this.painted = new Promise((resolve) => {
      addEventListener('click', () => {
        const start = performance.now();
        const look = () => {
          const found = document.querySelector('.react-flow__node [id^="face-"]');
          requestAnimationFrame(found ? () => resolve(performance.now() - start) : look);
        };
        look();
      }, { capture: true, once: true });
    });
  },
  watchFrames() {
    const watched = (this.times = []);
    const tick = (time) => {
      if (this.times !== watched) return;
      watched.push(time);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  },
  endFrames() {
    const watched = this.times;
    this.times = null;
    return watched;
  },
}`;

interface Frames {
  fps: number;
  p50: number;
  p95: number;
  worst: number;
  late: number;
}

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
    for (const direction of ['down', 'sideways']) {
      await page.addInitScript({ content: `${IN_PAGE}; localStorage.setItem('drawing-direction', '${direction}')` });
      process.stdout.write(`${direction}: first card painted after ${await firstPaint(page)} ms\n`);
      table[`${direction}: zoom`] = await framesOf(page, () => wheel(page, 'Control', 40));
      table[`${direction}: pan`] = await framesOf(page, () => wheel(page, null, 120));
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

/** Steps with and without undo, variables, choices and parallel branches between them. */
function largeFlow(nodes: number): FlowDocument {
  const call = (path: string) => ({ connection: 'shop', method: 'POST', path, body: {} });
  const step = (id: string, undone: boolean) => ({
    id,
    kind: 'action',
    title: `Step ${id}`,
    activity: 'http.request',
    input: call(`/${id}`),
    effect: undone ? 'reversible' : 'none',
    undo: undone ? { title: `Undo ${id}`, activity: 'http.request', input: call('/undo') } : undefined,
  });
  const steps: unknown[] = [];
  let count = 0;
  const id = (kind: string) => `${kind}-${++count}`;
  while (count < nodes - 5) {
    steps.push(step(id('s'), true), step(id('s'), false));
    if (count % 10 < 4) {
      const branches = [0, 1].map((index) => ({
        id: `b-${count}-${index}`,
        title: `Branch ${index}`,
        steps: [step(id('s'), true)],
      }));
      steps.push({ id: id('p'), kind: 'parallel', title: 'At once', branches });
    }
  }
  while (count < nodes) steps.push(step(id('s'), false));
  return { format: 1, name: 'large', title: 'Large', input: { type: 'object' }, steps } as unknown as FlowDocument;
}

/** From the click on the flow to its first painted card, in milliseconds. */
async function firstPaint(page: Page): Promise<number> {
  await page.goto('/flows');
  const link = page.getByRole('link', { name: 'Large' }).first();
  await link.waitFor();
  await page.evaluate('bench.watchPaint()');
  await link.click();
  return Math.round(await page.evaluate<number>('bench.painted'));
}

/** The intervals between frames while something is done. */
async function framesOf(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate('bench.watchFrames()');
  await act();
  const times = await page.evaluate<number[]>('bench.endFrames()');
  const gaps = times
    .slice(1)
    .map((time, index) => time - times[index]!)
    .sort((a, b) => a - b);
  const at = (share: number) => Number((gaps[Math.floor(gaps.length * share)] ?? 0).toFixed(1));
  const whole = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    fps: Number(((1000 * gaps.length) / whole).toFixed(1)),
    p50: at(0.5),
    p95: at(0.95),
    worst: at(0.999),
    late: gaps.filter((gap) => gap > 25).length,
  };
}

async function wheel(page: Page, held: 'Control' | null, by: number): Promise<void> {
  await page.mouse.move(500, 500);
  if (held) await page.keyboard.down(held);
  for (let move = 0; move < MOVES; move++) {
    await page.mouse.wheel(0, Math.floor(move / 15) % 2 === 0 ? by : -by / 2);
    await nextFrame(page);
  }
  if (held) await page.keyboard.up(held);
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
async function nextFrame(page: Page): Promise<void> {
  await page.evaluate('new Promise(requestAnimationFrame)');
}
