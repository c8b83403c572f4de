/**
 * `npm run bench:designer`: how quick the designer is under the hand, in a real browser on a production build. Starts a
 * product of its own, makes drafts of 50 and of 500 nodes and prints, for each: the time from a click on the draft to
 * its first painted card, the times from a key to the frame that shows its effect, and the frames while a person pans,
 * zooms and drags a step.
 *
 * The targets are for 500 nodes: open in 1 s, an edit or a menu painted within 50 ms, 60 frames a second (16.7 ms a
 * frame). A problem is marked at its step within 300 ms at 100 nodes: one that the page finds itself (a time that is
 * none), and one that only the compiler finds (an expression that names an unknown field). The growth from 50 to 500
 * nodes is a ratio of one run, so it can be compared between machines. `before` is the same figure of the last run on
 * this machine (.backstitch/bench-designer.json). The browser has no GPU here: software rendering makes all figures
 * worse than on a person's machine. Each part is printed as soon as it is measured; the whole takes three to four minutes.
 *
 * The last figure is the memory that the page keeps while somebody edits for long: the heap after a forced collection, at
 * every hundred of 500 edits (heap.ts). It may grow while the list of own edits fills (200 of them), and not after that.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { pages, routes } from '../../app/_contract/routes';
import type { FlowDocument } from '../../engine/flow/document';
import { findBrowser } from '../product/browser';
import { signIn } from '../product/journey';
import { startProduct } from '../product/product';
import { heapWhileEditing } from './heap';
import { addMeasures, framesOf, nextFrame, painted, wheel, type Frames } from './in-page';
import { flowWithTimes, largeFlow } from './large-flow';

const FEW = 50;
const MANY = 500;
const WITH_PROBLEMS = 100;
const TARGET_PROBLEM = 300;
/** As quick as people press keys that are not letters of one word. */
const BETWEEN_KEYS_MS = 100;
const OPENED = 4;
const EDITS = 8;
const MOVES = 60;
const LONG = 500;
/** What is not there by then does not come. */
const TOO_LONG_MS = 30_000;
const KEPT = '.backstitch/bench-designer.json';
const TARGETS: Record<string, number> = { open: 1_000 };
const TARGET_EDIT = 50;

type Times = Record<string, number[]>;
type Figures = Record<string, { median: number; p95: number }>;

const before = (existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, 'utf8')) : {}) as Record<string, number>;
const product = await startProduct();
try {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args });
  try {
    const context = await browser.newContext({ baseURL: product.url, viewport: { width: 1440, height: 900 } });
    await signIn(context.request);
    console.log(`A browser without a GPU (${browser.version()}), ${availableParallelism()} processors`);
    const many = await figuresOf(context, MANY);
    const few = await figuresOf(context, FEW);
    console.log(`Milliseconds until the effect is painted, ${MANY} nodes, ${EDITS} times each`);
    console.table(
      Object.fromEntries(
        Object.entries(many.times).map(([name, { median, p95 }]) => {
          const small = few.times[name]!.median;
          const last = before[name];
          const target = TARGETS[name] ?? TARGET_EDIT;
          const growth = Number((median / small).toFixed(2));
          const against = last === undefined ? '' : `${(median / last).toFixed(2)} x`;
          return [name, { median, p95, target, [`median at ${FEW}`]: small, growth, before: last ?? '', against }];
        })
      )
    );
    const told = await problemsTold(context);
    console.log(`Milliseconds until a problem is marked at its step, ${WITH_PROBLEMS} nodes, ${EDITS} times each`);
    console.table(
      Object.fromEntries(
        Object.entries(told).map(([name, each]) => [
          name,
          { ...each, target: TARGET_PROBLEM, before: before[name] ?? '' },
        ])
      )
    );
    console.log(`Milliseconds between frames (fps: frames a second; late: more than 25 ms)`);
    console.table(
      Object.fromEntries(
        [few, many].flatMap(({ nodes, frames }) =>
          Object.entries(frames).map(([name, each]) => [`${name}, ${nodes} nodes`, each])
        )
      )
    );
    const heap = await heapOf(context);
    console.log(`Megabytes of the page's heap after a collection, ${MANY} nodes, by the number of edits`);
    console.table(Object.fromEntries(heap.map(({ edits, megabytes }) => [`${edits} edits`, { megabytes }])));
    const [first, last] = [heap[1], heap.at(-1)];
    if (first && last)
      console.log(
        `After ${first.edits} edits ${first.megabytes} MB, after ${last.edits} edits ${last.megabytes} MB: ${(last.megabytes / first.megabytes).toFixed(2)} x`
      );
    const medians = Object.entries({ ...many.times, ...told }).map(([name, { median }]) => [name, median]);
    writeFileSync(KEPT, JSON.stringify(Object.fromEntries(medians), null, 2));
  } finally {
    await browser.close();
  }
} finally {
  await product.remove();
}

async function figuresOf(
  context: BrowserContext,
  nodes: number
): Promise<{ nodes: number; times: Figures; frames: Record<string, Frames> }> {
  const { id, page } = await drafted(context, largeFlow(nodes));
  const times: Times = {};
  const say = (what: string) => console.log(`${nodes} nodes: ${what}`);
  const note = async (name: string, ms: Promise<number>) => void (times[name] ??= []).push(await ms);
  for (let count = 0; count < OPENED; count++) await note('open', open(page, id));
  say(`opened in ${times.open!.map((ms) => Math.round(ms)).join(', ')} ms`);
  for (let count = 0; count < EDITS; count++) await edit(page, count, note);
  say(`an inserted step was painted after ${times.insert!.map((ms) => Math.round(ms)).join(', ')} ms`);
  await page.getByRole('button', { name: 'Fit the drawing' }).click();
  const frames: Record<string, Frames> = {};
  for (const [name, act] of Object.entries({
    pan: () => wheel(page, MOVES, null, 120),
    zoom: () => wheel(page, MOVES, 'Control', 40),
    drag: () => drag(page),
  })) {
    frames[name] = await framesOf(page, act);
    say(`${name} at ${frames[name].fps} frames a second`);
  }
  await page.close();
  return { nodes, times: figuresFrom(times), frames };
}

async function problemsTold(context: BrowserContext): Promise<Figures> {
  const { id, page } = await drafted(context, flowWithTimes(WITH_PROBLEMS));
  await page.goto(pages.draft(id));
  const times: Times = {};
  const written = '[data-field="until"] :is(textarea, .cm-content)';
  for (const [name, step, ...fields] of [
    ['problem', 'amount', '[data-field="duration"] :is(input:not([type="radio"]), textarea)'],
    // The editor of expressions is loaded when the field is used.
    ['problem of types', 'moment', written, '[data-field="until"] .cm-content'],
  ] as const) {
    await page.locator(`#face-${step}`).click();
    for (const field of fields) await page.locator(field).click();
    await page.keyboard.press('End');
    const mark = `[data-problem-of="${step}"]`;
    // The first one also loads the compiler.
    for (let count = -1; count < EDITS; count++) {
      await idle(page);
      const ms = await painted(page, 'keydown', exists(mark), () => page.keyboard.press('x'));
      if (count >= 0) (times[name] ??= []).push(ms);
      await page.keyboard.press('Backspace');
      await page.locator(mark).waitFor({ state: 'detached' });
    }
  }
  await page.close();
  return figuresFrom(times);
}

async function heapOf(context: BrowserContext) {
  const { id, page } = await drafted(context, largeFlow(MANY));
  await page.goto(pages.draft(id));
  await page.locator('.react-flow__node [id^="face-"]').first().waitFor();
  const heap = await heapWhileEditing(page, LONG);
  await page.close();
  return heap;
}

async function drafted(context: BrowserContext, document: FlowDocument): Promise<{ id: string; page: Page }> {
  const id = crypto.randomUUID();
  const made = await context.request.post(routes.drafts(), { data: { id, from: { kind: 'document', document } } });
  if (!made.ok()) throw new Error(`The draft was not made: ${(await made.text()).slice(0, 1_000)}`);
  const page = await context.newPage();
  page.setDefaultTimeout(TOO_LONG_MS);
  await addMeasures(page, 'down');
  return { id, page };
}

function figuresFrom(times: Times): Figures {
  const figures = Object.entries(times).map(([name, each]) => [name, { median: at(each, 0.5), p95: at(each, 0.95) }]);
  return Object.fromEntries(figures) as Figures;
}

/** From the click in the list of flows. */
async function open(page: Page, id: string): Promise<number> {
  await page.goto(pages.flows());
  const link = page.locator(`a[href="${pages.draft(id)}"]`).first();
  await link.waitFor();
  await idle(page);
  return painted(page, 'click', exists('.react-flow__node [id^="face-"]'), () => link.click());
}

/** A step is inserted, named, selected, described, deleted and brought back; then everything is as before. */
async function edit(page: Page, count: number, note: (name: string, ms: Promise<number>) => Promise<void>) {
  const key = async (name: string, pressed: string, isThere: string, held?: string) => {
    // A key that is held is down before: its own keydown is not what is waited for.
    if (held) await page.keyboard.down(held);
    await note(
      name,
      painted(page, 'keydown', isThere, () => page.keyboard.press(pressed))
    );
    if (held) await page.keyboard.up(held);
    await idle(page);
  };
  const face = `#face-bench-${count}`;
  // What was selected kept its place, so the view may have moved.
  await page.getByRole('button', { name: 'Fit the drawing' }).click();
  await page.locator('#face-s-2').click();
  await key('select', 'ArrowUp', `${exists('#face-s-1[aria-pressed="true"]')}`);
  await key('menu', 'a', exists('[cmdk-input][placeholder="Search for a step"]:focus'));
  await page.keyboard.type('wait');
  await idle(page);
  await key('insert', 'Enter', exists('[data-designer-canvas] input[aria-label="Title"]'));
  await page.keyboard.type(`Bench ${count}`);
  await key('title', 'Enter', exists(face));
  await page.locator(face).click();
  await key('fields', 'Enter', exists('[data-inspector] input:focus'));
  await page.keyboard.press('End');
  await key('type', 'x', `document.querySelector('${face}')?.textContent.includes('Bench ${count}x')`);
  await page.keyboard.press('Backspace');
  await page.locator(face).click();
  await key('delete', 'Delete', `!${exists(face)}`);
  await key('revert', 'z', exists(face), 'Control');
  await page.locator(face).click();
  await page.keyboard.press('Delete');
  await page.getByText('Saved', { exact: true }).waitFor();
}

/** Over the drawing and back, without dropping it anywhere else. */
async function drag(page: Page): Promise<void> {
  const box = await page.locator('.react-flow__node [id^="face-"]').first().boundingBox();
  if (!box) throw new Error('No step is seen.');
  const [x, y] = [box.x + 40, box.y + 10];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let move = 0; move < MOVES; move++) {
    await page.mouse.move(x + Math.sin(move / 15) * 150, y + 40 + (move % 45) * 8);
    await nextFrame(page);
  }
  await page.keyboard.press('Escape');
  await page.mouse.up();
}

function exists(selector: string): string {
  return `(document.querySelector(${JSON.stringify(selector)}) !== null)`;
}
async function idle(page: Page): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, ${BETWEEN_KEYS_MS}), { timeout: 300 }))`
  );
}
function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
}
