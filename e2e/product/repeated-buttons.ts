/** Buttons that a page shows more than once: whoever reads it wonders which of them is the right one. */
import type { Page } from '@playwright/test';

/** Parts of a page that repeat: each has the same buttons, for another thing that it names. */
const PARTS =
  'li, tr, section, article, [role=row], [role=listitem], [role=option], [role=treeitem], [role=group], fieldset, details, [data-field]';
/** Names that repeat by nature: each value that is shown has its own JSON. */
const OF_EACH_VALUE: readonly string[] = ['Raw'];

/**
 * The names of buttons, and of links that look like buttons, that can be seen more than once outside of all parts that
 * repeat, or within one of them.
 */
export async function repeatedButtons(page: Page): Promise<string[]> {
  const repeated = await page.evaluate((parts) => {
    const counts = new Map<Element, Map<string, number>>();
    for (const each of document.querySelectorAll<HTMLElement>('button, [role=button], a[href]')) {
      const looksLikeText = each.matches('a') && getComputedStyle(each).userSelect !== 'none';
      if (looksLikeText || each.matches('[role=tab]') || each.closest('[aria-hidden=true], [inert]')) continue;
      if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const label =
        each instanceof HTMLButtonElement ? [...each.labels].map(({ innerText }) => innerText).join(' ') : '';
      const name = (each.getAttribute('aria-label') ?? `${label} ${each.innerText}`).trim().replace(/\s+/g, ' ');
      const part = each.parentElement?.closest(parts) ?? document.body;
      const names = counts.get(part) ?? new Map<string, number>();
      counts.set(part, names.set(name, (names.get(name) ?? 0) + 1));
    }
    return [...counts.values()].flatMap((names) => [...names].flatMap(([name, count]) => (count > 1 ? [name] : [])));
  }, PARTS);
  return repeated.filter((name) => !OF_EACH_VALUE.includes(name));
}
