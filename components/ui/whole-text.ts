'use client';

/**
 * Text that is cut with '…' is shown whole on hover and on focus, wherever it is cut: one listener for the document
 * looks whether what the pointer is over really is cut, and gives it its text as a title.
 */
const CUT = '.truncate, [class*="line-clamp-"]';
/** Marks titles that were put there by this listener: those go when the text fits again. */
const OURS = 'data-whole-text';

/** Returns how to stop. */
export function showWholeText(document: Document): () => void {
  const onEnter = ({ target }: Event) => {
    const cut = target instanceof Element ? (target.closest(CUT) ?? target.querySelector(CUT)) : null;
    if (!(cut instanceof HTMLElement)) return;
    if (isCut(cut)) {
      if (cut.title && !cut.hasAttribute(OURS)) return;
      cut.title = cut.textContent.replace(/\s+/g, ' ').trim();
      cut.setAttribute(OURS, '');
    } else if (cut.hasAttribute(OURS)) {
      cut.removeAttribute('title');
      cut.removeAttribute(OURS);
    }
  };
  document.addEventListener('pointerover', onEnter);
  document.addEventListener('focusin', onEnter);
  return () => {
    document.removeEventListener('pointerover', onEnter);
    document.removeEventListener('focusin', onEnter);
  };
}

const isCut = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }: HTMLElement): boolean =>
  scrollWidth > clientWidth || scrollHeight > clientHeight + 1;
