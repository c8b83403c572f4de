/**
 * What the benchmarks of drawings measure in the page: the time from a person's act until it is painted, and frames.
 */
import type { Page } from '@playwright/test';

/**
 * The measuring code of the page, as a text, because a compiler may add functions that the page does not have. A frame
 * is painted before the first task that is posted in it; with this priority it does not wait for work that the page put
 * off until after the frame.
 */
const IN_PAGE = `globalThis.bench = {
  watch(event, isThere) {
    this.painted = new Promise((resolve) => {
      addEventListener(event, ({ timeStamp }) => {
        const look = () => {
          if (!isThere()) return requestAnimationFrame(look);
          scheduler.postTask(() => resolve(performance.now() - timeStamp), { priority: 'user-blocking' });
        };
        requestAnimationFrame(look);
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

/** In every page that is loaded from now on. */
export async function addMeasures(page: Page, direction: 'down' | 'sideways'): Promise<void> {
  await page.addInitScript({ content: `${IN_PAGE}; localStorage.setItem('drawing-direction', '${direction}')` });
}

/**
 * Milliseconds from the event to the frame in which a condition holds. `isThere`: an expression of the page. The act
 * must cause the event only once.
 */
export async function painted(
  page: Page,
  event: 'click' | 'keydown',
  isThere: string,
  act: () => Promise<void>
): Promise<number> {
  await page.evaluate(`bench.watch('${event}', () => ${isThere})`);
  await act();
  return page.evaluate<number>('bench.painted');
}

export interface Frames {
  fps: number;
  p50: number;
  p95: number;
  p99: number;
  worst: number;
  late: number;
}

/** The intervals between frames while something is done. */
export async function framesOf(page: Page, act: () => Promise<void>): Promise<Frames> {
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
    p99: at(0.99),
    worst: at(0.999),
    late: gaps.filter((gap) => gap > 25).length,
  };
}

export async function wheel(page: Page, moves: number, held: 'Control' | null, by: number): Promise<void> {
  await page.mouse.move(500, 500);
  if (held) await page.keyboard.down(held);
  for (let move = 0; move < moves; move++) {
    await page.mouse.wheel(0, Math.floor(move / 15) % 2 === 0 ? by : -by / 2);
    await nextFrame(page);
  }
  if (held) await page.keyboard.up(held);
}
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate('new Promise(requestAnimationFrame)');
}
