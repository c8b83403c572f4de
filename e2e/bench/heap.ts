/**
 * The memory that the page of a draft keeps while somebody edits for long: the heap after a forced collection, at the
 * beginning and after every hundred edits. Each edit is one gesture: steps are inserted, titled, described, moved,
 * duplicated and deleted, and edits are reverted and done again.
 */
import type { Page } from '@playwright/test';

export interface HeapAt {
  edits: number;
  megabytes: number;
}

const EVERY = 100;

export async function heapWhileEditing(page: Page, edits: number): Promise<HeapAt[]> {
  const session = await page.context().newCDPSession(page);
  const measured = async (done: number): Promise<HeapAt> => {
    // What was closed with the last edit is let go in the next idle time.
    await page.waitForTimeout(500);
    for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { edits: done, megabytes: Number((usedSize / 1024 / 1024).toFixed(1)) };
  };
  const found: HeapAt[] = [];
  let done = 0;
  // What is loaded once, editors and checks, is there after the first ones.
  done += await someEdits(page, 'first');
  found.push(await measured(done));
  while (done < edits) {
    done += await someEdits(page, String(done));
    if (Math.floor(done / EVERY) > Math.floor(found.at(-1)!.edits / EVERY) || done >= edits)
      found.push(await measured(done));
  }
  return found;
}

/** Ten edits, after which the draft is as before. */
async function someEdits(page: Page, name: string): Promise<number> {
  const { keyboard } = page;
  const title = page.locator('[data-designer-canvas] input[aria-label="Title"]');
  const face = (id: string) => page.locator(`#face-${id}`);
  const made = `heap-${name}`;
  await page.getByRole('button', { name: 'Fit the drawing' }).click();
  await face('s-2').click();
  await keyboard.press('a');
  await page.locator('[cmdk-input]:focus').waitFor();
  await keyboard.type('wait');
  await keyboard.press('Enter');
  await title.waitFor();
  await keyboard.type(`Heap ${name}`);
  await keyboard.press('Enter');
  await face(made).waitFor();
  await keyboard.press('F2');
  await title.waitFor();
  await keyboard.press('End');
  await keyboard.type(' again');
  await keyboard.press('Enter');
  await face(`${made}-again`).waitFor();
  await keyboard.press('Control+ArrowDown');
  await keyboard.press('Control+ArrowUp');
  await keyboard.press('Control+d');
  await face(`${made}-again-2`).waitFor();
  await keyboard.press('Delete');
  await face(`${made}-again-2`).waitFor({ state: 'detached' });
  await keyboard.press('Control+z');
  await face(`${made}-again-2`).waitFor();
  await keyboard.press('Control+Shift+z');
  await face(`${made}-again-2`).waitFor({ state: 'detached' });
  await face(`${made}-again`).click();
  await keyboard.press('Enter');
  await page.locator('[data-inspector] input:focus').waitFor();
  await keyboard.press('End');
  await keyboard.type('!');
  await face(`${made}-again`).click();
  await keyboard.press('Delete');
  await face(`${made}-again`).waitFor({ state: 'detached' });
  return 10;
}
