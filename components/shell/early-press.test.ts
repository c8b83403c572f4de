// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EARLY_PRESS_SCRIPT, pressAgain } from './early-press';

const pressed: string[] = [];
/** The page as it comes from the server, before its code is there. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  pressed.length = 0;
  document.body.innerHTML = `
    <button id="go"><span>Go</span></button><button id="other">Other</button><a id="link" href="#there">There</a>
    <form><input name="name" /></form>`;
  new Function(EARLY_PRESS_SCRIPT)();
});
afterEach(() => {
  window.takeEarlyPress?.();
  vi.useRealTimers();
});
/** The page's code arrives. */
function listen(): void {
  for (const each of document.querySelectorAll('button')) each.addEventListener('click', () => pressed.push(each.id));
  document.querySelector('form')!.addEventListener('submit', (event) => {
    event.preventDefault();
    pressed.push('form');
  });
  pressAgain();
}
const at = (selector: string) => document.querySelector<HTMLElement>(selector)!;

test('[EP1] the last button that was pressed before the code was there is pressed once', () => {
  at('#other').click();
  at('#go span').click();
  listen();
  expect(pressed).toEqual(['go']);
  pressAgain();
  at('#other').click();
  expect(pressed).toEqual(['go', 'other']);
});

test('[EP1] a form that was sent before the code was there is sent once, with what was typed', () => {
  document.querySelector('input')!.value = 'Ada';
  document.querySelector('form')!.requestSubmit();
  listen();
  expect(pressed).toEqual(['form']);
  expect(document.querySelector('input')!.value).toBe('Ada');
});

test('[EP2] a link is followed at once', () => {
  expect(at('#link').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))).toBe(true);
  listen();
  expect(pressed).toEqual([]);
});

test('[EP3] a button that is gone, or was pressed long ago, is not pressed', () => {
  at('#go').click();
  at('#go').remove();
  listen();
  expect(pressed).toEqual([]);

  new Function(EARLY_PRESS_SCRIPT)();
  at('#other').click();
  vi.setSystemTime(Date.now() + 20_001);
  pressAgain();
  expect(pressed).toEqual([]);
});
