'use client';

/**
 * Where the focus is when what had it goes away: a row that a live list dropped, a button of a dialog that closed over
 * a page that changed meanwhile, a link to the page that is shown now. Browsers let it fall to the body, from where a
 * keyboard and a screen reader start over. Here it goes on to the nearest sensible place.
 *
 * Invariants: a focus that somebody took away by hand (a click beside everything) is not brought back; nothing scrolls
 * by itself.
 */

/**
 * Marks what is to have the focus, rather than a heading, when it came to the page with the change that took the focus
 * away.
 */
export const FOCUS_FIRST = 'data-focus-first';

/**
 * On what has the focus as long as the last press was one of a pointer. Libraries give the focus to what is pressed, and
 * browsers take that for the work of a key: globals.css shows no ring then, but where somebody types. It is not on the
 * root element: a change there makes a browser compute the styles of the whole page again.
 */
export const BY_POINTER = 'data-by-pointer';
/** Alone they move nothing. */
const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta'];

const HEADINGS = 'h1, h2, h3';
/** What is under way (a dialog that hands the focus back, a page that is being put in) ends first. */
const SETTLE_MS = 30;

/** Moves the focus to the heading of the page, e.g. when somebody leaves a row with Esc. */
export function focusHeading(document: Document = globalThis.document): boolean {
  const main = document.querySelector('main');
  return give(main?.querySelector('h1') ?? main?.querySelector(HEADINGS) ?? main);
}

export interface FocusKeeper {
  /** Another page is shown now: its heading gets the focus, unless the focus is on something of that page already. */
  arrived(): void;
  stop(): void;
}

/** Watches the document until it is stopped. One for a document. */
export function keepFocus(document: Document): FocusKeeper {
  /** What had the focus last, with what it was inside of; the second one leaves out dialogs and menus. */
  let last: Element[] = [];
  let lastOnPage: Element[] = [];
  let arriving = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let byPointer = false;
  const nowhere = () => document.activeElement === null || document.activeElement === document.body;

  const settle = () => {
    timer = null;
    const main = document.querySelector('main');
    if (arriving && main) {
      const { activeElement } = document;
      // A way to other pages is no part of the page that it led to.
      const inside = activeElement !== main && main.contains(activeElement) && !activeElement?.closest('nav');
      // What is open above the page, and was opened while the page was on its way, keeps it.
      const isAbove = Boolean(activeElement?.closest('[role="dialog"], [role="alertdialog"], [role="menu"]'));
      if (inside || isAbove || give(main.querySelector('h1'))) arriving = false;
      return;
    }
    const [lost] = last;
    if (!nowhere() || !lost || canHave(lost)) return;
    last = [];
    for (const each of [...lastOnPage.slice(0, 1), ...around(lastOnPage, main)]) if (give(each)) return;
    focusHeading(document);
  };
  const soon = () => {
    timer ??= setTimeout(settle, SETTLE_MS);
  };

  const onFocus = ({ target }: FocusEvent) => {
    if (!(target instanceof Element) || target === document.body) return;
    target.toggleAttribute(BY_POINTER, byPointer);
    arriving = false;
    last = withParents(target);
    if (target.closest('main')) lastOnPage = last;
  };
  const onBlur = ({ target, relatedTarget }: FocusEvent) => {
    if (!(target instanceof Element)) return;
    target.removeAttribute(BY_POINTER);
    if (relatedTarget) return;
    queueMicrotask(() => {
      // Still there and able to have the focus: somebody took it away by hand.
      if (nowhere() && canHave(target)) last = [];
      else if (nowhere()) soon();
    });
  };
  const press = (isPointer: boolean) => {
    byPointer = isPointer;
    if (!nowhere()) document.activeElement?.toggleAttribute(BY_POINTER, isPointer);
  };
  const onPointer = () => press(true);
  const onKey = ({ key }: KeyboardEvent) => {
    if (!MODIFIERS.includes(key)) press(false);
  };
  document.addEventListener('pointerdown', onPointer, true);
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('focusin', onFocus);
  document.addEventListener('focusout', onBlur);
  const observer = new MutationObserver(() => {
    if (arriving || (nowhere() && last.length > 0)) soon();
  });
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['disabled', 'hidden', 'inert', 'class'],
  });
  return {
    arrived() {
      arriving = true;
      soon();
    },
    stop() {
      observer.disconnect();
      document.removeEventListener('pointerdown', onPointer, true);
      document.removeEventListener('keydown', onKey, true);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', onBlur);
      if (timer) clearTimeout(timer);
    },
  };
}

function withParents(element: Element): Element[] {
  const all: Element[] = [];
  for (let each: Element | null = element; each; each = each.parentElement) all.push(each);
  return all;
}

/** From the nearest part of the page that is still there outwards: what asks for the focus, then a heading. */
function* around(parents: readonly Element[], main: Element | null): Generator<Element> {
  for (const part of parents) {
    if (!part.isConnected || !main?.contains(part)) continue;
    const first = part.querySelector(`[${FOCUS_FIRST}]`);
    if (first) yield first;
    const heading = part.querySelector(part === main ? 'h1' : HEADINGS);
    if (heading) yield heading;
  }
}

function canHave(element: Element): boolean {
  return element.isConnected && !element.matches(':disabled, [inert] *') && isVisible(element);
}

/** jsdom has no boxes: there everything that is not `hidden` counts as visible. */
const isVisible = (element: Element): boolean =>
  typeof element.checkVisibility === 'function' ? element.checkVisibility() : element.closest('[hidden]') === null;

function give(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement) || !canHave(element)) return false;
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return element.ownerDocument.activeElement === element;
}
