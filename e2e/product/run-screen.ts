/** The run page, by the names that are shown on it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Api } from './journey';

export class RunScreen {
  constructor(readonly page: Page) {}

  /** Below the header: what the run does or needs now. */
  get now(): Locator {
    return this.page.getByRole('region', { name: 'What now' });
  }
  /** Its visible sentence; screen readers get the same words from another element. */
  says(words: RegExp): Locator {
    return this.now.getByText(words).first();
  }
  get ledger(): Locator {
    return this.page.getByRole('region', { name: 'Ledger' });
  }
  status(words: string | RegExp): Locator {
    return this.page.locator('main header').getByText(words, { exact: true });
  }
  /** A step of the drawing. */
  card(title: string): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${title},`) }).first();
  }
  async tab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  }
  address(): { workflowId: string; runId: string } {
    const [, workflowId = '', runId = ''] = /\/runs\/([^/]+)\/([^/?]+)/.exec(this.page.url()) ?? [];
    return { workflowId: decodeURIComponent(workflowId), runId };
  }

  /** The events on the screen are those of the history: none missing, none twice, in order. */
  async isWhole(api: Api): Promise<void> {
    await this.tab('Events');
    const { live } = await api.run(this.address());
    const wanted = live.events.map(({ id, type }) => `${id} ${type}`);
    await expect(this.page.getByText(`${wanted.length} events`, { exact: true })).toBeVisible();
    expect(await this.#eventsShown()).toEqual(wanted);
  }
  async #eventsShown(): Promise<string[]> {
    const box = this.page.getByRole('region', { name: 'Events' });
    const shown: string[] = [];
    // The list contains only its visible rows, so it is read page by page.
    await box.evaluate((element) => element.scrollTo({ top: 0 }));
    for (;;) {
      await this.page.waitForFunction(() => document.querySelectorAll('[data-event]').length > 0);
      const rows = await box.locator('[data-event]').evaluateAll((items) =>
        items.map((item) => ({
          id: Number((item as HTMLElement).dataset.event),
          text: [...item.querySelectorAll('button > span')].map((span) => span.textContent.trim()),
        }))
      );
      for (const { id, text } of rows.sort((a, b) => a.id - b.id)) {
        const row = `${id} ${text[2] ?? ''}`;
        if (!shown.includes(row)) shown.push(row);
      }
      const moved = await box.evaluate(async (element) => {
        const before = element.scrollTop;
        element.scrollBy({ top: element.clientHeight });
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        return element.scrollTop !== before;
      });
      if (!moved) return shown;
    }
  }

  /** Leaves a mark that a reload would remove. */
  async staysUnloaded(): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  }
  async wasNeverReloaded(): Promise<void> {
    expect(await this.page.evaluate(() => 'stillTheSamePage' in globalThis), 'the page was reloaded').toBe(true);
  }
}
