/** How journeys look at a page: it fits, axe finds no fault, and a picture is kept for people. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { repeatedButtons } from './repeated-buttons';

/** `.backstitch` is not in the repository. */
const PICTURES = '.backstitch/screens';
export const SIZES = {
  wide: { width: 1440, height: 900 },
  tablet: { width: 1000, height: 800 },
  phone: { width: 390, height: 844 },
};
const SCHEMES = ['light', 'dark'] as const;
/** Pages for people who are not signed in. */
const OUTSIDE = /^(join|sign-in|first-account|guest|unsubscribe)/;

/** Pages that say that there is nothing; every other one shows what it is for. */
const REFUSED = /^(missing|join-used|guest-over|unsubscribe)$/;

/** Pixels below all parts of the page that it can be scrolled by, because of something that nobody sees. */
const blankBelow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const main = document.querySelector('main');
    if (!main) return 0;
    const lowest = Math.max(
      main.clientHeight,
      ...[...main.children].map((child) => {
        const { bottom } = child.getBoundingClientRect();
        const { paddingBottom, marginBottom } = getComputedStyle(child);
        return (
          bottom -
          main.getBoundingClientRect().top +
          main.scrollTop +
          Math.max(parseFloat(paddingBottom), parseFloat(marginBottom))
        );
      })
    );
    return main.scrollHeight - lowest;
  });

/** It fits, in both schemes, and axe finds nothing serious. */
export async function look(page: Page, name: string, url: string, size: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  // Pages outside of the product's frame have no live indicator.
  if (!OUTSIDE.test(name)) {
    await expect(page.getByText('Live', { exact: true }).or(page.locator('[data-link=live]')).first()).toBeVisible();
  }
  if (!REFUSED.test(name))
    await expect(page.getByRole('main').getByRole('alert'), `${name} shows a failure`).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  expect.soft(await repeatedButtons(page), `${name} shows these buttons twice`).toEqual([]);
  for (const colorScheme of SCHEMES) {
    // Without motion, colours have changed when axe looks.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `${PICTURES}/${name}-${size}-${colorScheme}.png` });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, `${name} runs over the right edge, ${colorScheme}`).toBeLessThanOrEqual(0);
    expect(await blankBelow(page), `${name} can be scrolled to where nothing is`).toBeLessThanOrEqual(1);
    // The same page in other colours: only what depends on them can differ, and not on the size of the window.
    if (colorScheme === 'dark' && size !== 'wide') continue;
    // Without frames to collect from, axe needs no page of its own for that.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await axe.analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
      `axe on ${name}, ${colorScheme}`
    ).toEqual([]);
  }
}
