import { labelId, type BranchRef } from './branch-places';

/** Gives the label of a branch the focus. Its place in the page may be another after the next paint. */
export function focusLabel(ref: BranchRef, frames = 10): void {
  requestAnimationFrame(() => {
    const found = document.getElementById(labelId(ref));
    if (found) found.focus();
    else if (frames > 0) focusLabel(ref, frames - 1);
  });
}
