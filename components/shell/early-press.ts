/**
 * A page is shown before its code is there: on a slow line for seconds. A button that is pressed in between would do
 * nothing, and a form would be sent by the browser itself and come back empty. Here the last press is kept, and
 * done once the page's code listens.
 *
 * [EP1] A button that was pressed, or a form that was sent, before the code was there is pressed or sent once, by then.
 * [EP2] Links work without code, so they are left to the browser.
 * [EP3] What is gone by then, or was pressed longer ago than somebody waits, is not pressed.
 */
const LONGEST_WAIT_MS = 20_000;

interface EarlyPress {
  /** A button or a form. */
  on: HTMLElement;
  /** ms since 1970 */
  at: number;
}
declare global {
  interface Window {
    /** Ends the keeping, and returns the last press. */
    takeEarlyPress?: () => EarlyPress | null;
  }
}

/** Runs in the head of the page, as text: it refers to nothing outside itself. */
function keepEarlyPress(): void {
  let last: EarlyPress | null = null;
  const keep = (event: Event) => {
    const target = event.target as Element;
    const on = target.closest<HTMLElement>(event.type === 'submit' ? 'form' : 'button');
    if (!on) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    last = { on, at: Date.now() };
    document.documentElement.style.cursor = 'progress';
  };
  document.addEventListener('click', keep, true);
  document.addEventListener('submit', keep, true);
  window.takeEarlyPress = () => {
    document.removeEventListener('click', keep, true);
    document.removeEventListener('submit', keep, true);
    document.documentElement.style.cursor = '';
    const taken = last;
    last = null;
    return taken;
  };
}
export const EARLY_PRESS_SCRIPT = `(${keepEarlyPress.toString()})()`;

/** To be called once the page listens. Where the script did not run, it does nothing. */
export function pressAgain(): void {
  const press = window.takeEarlyPress?.();
  if (!press?.on.isConnected || Date.now() - press.at > LONGEST_WAIT_MS) return;
  if (press.on instanceof HTMLFormElement) press.on.requestSubmit();
  else press.on.click();
}
