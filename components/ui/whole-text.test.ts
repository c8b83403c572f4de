// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from 'vitest';
import { showWholeText } from './whole-text';

let stop: () => void;
beforeEach(() => (stop = showWholeText(document)));
afterEach(() => {
  stop();
  document.body.replaceChildren();
});

/** jsdom has no layout, so this sets the width of the text in a box of width 100. */
function put(html: string, width: number): HTMLElement {
  document.body.innerHTML = html;
  const cut = document.querySelector<HTMLElement>('.truncate, .line-clamp-2');
  if (!cut) throw new Error('nothing is cut here');
  Object.defineProperty(cut, 'clientWidth', { value: 100 });
  Object.defineProperty(cut, 'scrollWidth', { value: width, configurable: true });
  return cut;
}
const enter = (element: Element) => element.dispatchEvent(new Event('pointerover', { bubbles: true }));

test('[WT1] a cut text gets its whole text as title when the pointer is over it or over a part of it', () => {
  const name = put('<p class="truncate">order-fulfilment\n <b>v12</b></p>', 200);
  enter(name.querySelector('b')!);
  expect(name.title).toBe('order-fulfilment v12');
});

test('[WT2] a button with a cut label gets the whole label as title when it has the focus', () => {
  const label = put('<button><span class="line-clamp-2">A long label</span></button>', 200);
  document.querySelector('button')?.focus();
  expect(label.title).toBe('A long label');
});

test('[WT3] a text that fits has no title, even if it was cut before', () => {
  const name = put('<p class="truncate">order</p>', 100);
  enter(name);
  expect(name.hasAttribute('title')).toBe(false);
  Object.defineProperty(name, 'scrollWidth', { value: 200, configurable: true });
  enter(name);
  expect(name.title).toBe('order');
  Object.defineProperty(name, 'scrollWidth', { value: 90, configurable: true });
  enter(name);
  expect(name.hasAttribute('title')).toBe(false);
});

test('[WT4] a title that says more than the text is kept', () => {
  const name = put('<p class="truncate" title="To be decided by finance">for finance</p>', 200);
  enter(name);
  expect(name.title).toBe('To be decided by finance');
});
