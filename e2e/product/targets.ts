/** Controls that are too small for a finger, and what is cut or runs out of the screen. */
import type { Locator } from '@playwright/test';

export interface Fit {
  /** Controls whose own area, with that of their label or of what surrounds their text, is below 44 px. */
  small: string[];
  /** Parts that are wider than the screen, or than their own box. */
  cut: string[];
}

export function fitOf(part: Locator): Promise<Fit> {
  return part.evaluate((root) => {
    const LEAST = 44;
    const CONTROLS =
      'button, input, textarea, select, summary, [role=switch], [role=combobox], [contenteditable="true"]';
    const small: string[] = [];
    const cut: string[] = [];
    /** Of the element, and of the larger area that answers for it. */
    const sizes = (each: HTMLElement): { width: number; height: number }[] => {
      const after = getComputedStyle(each, '::after');
      const own = { width: parseFloat(after.width), height: parseFloat(after.height) };
      // A press beside the text of a list of words, or on a label, is for the control.
      const around = [each.closest('label'), each.closest('[data-press-for]'), each];
      const boxes = around.flatMap((box) => (box ? [box.getBoundingClientRect()] : []));
      return after.position === 'absolute' && after.content !== 'none' ? [...boxes, own] : boxes;
    };
    for (const each of root.querySelectorAll<HTMLElement>(CONTROLS)) {
      if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      // Half a pixel is lost to the zoom of the screen.
      if (sizes(each).some(({ width, height }) => Math.min(width, height) >= LEAST - 0.5)) continue;
      const { width, height } = each.getBoundingClientRect();
      const name =
        each.getAttribute('aria-label') ?? (each as HTMLInputElement).labels?.[0]?.innerText ?? each.innerText;
      small.push(`${each.tagName.toLowerCase()} '${name}': ${Math.round(width)} × ${Math.round(height)}`);
    }
    for (const each of root.querySelectorAll<HTMLElement>('*')) {
      if (!each.checkVisibility() || each.closest('.sr-only')) continue;
      const { right, width } = each.getBoundingClientRect();
      const isCut = width > 0 && right > innerWidth + 1;
      if (isCut) cut.push(`${each.tagName.toLowerCase()} '${each.innerText.slice(0, 40)}'`);
    }
    return { small, cut };
  });
}
