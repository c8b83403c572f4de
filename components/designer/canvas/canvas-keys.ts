/** The keys of a drawing that is edited, before those that follow the structure of the flow. */
import type { KeyboardEvent } from 'react';
import type { Act } from './actions';
import { nextSlot } from './slots';

interface Keys {
  /** Something is being moved, and its slot is chosen by keys. */
  moving: boolean;
  cancel: () => void;
  drawing: HTMLElement | null;
  acts: ReadonlyMap<string, Act>;
  search: () => void;
  /** Selects one more step, or one less. False: nothing is selected. */
  extend: (by: 1 | -1) => boolean;
  /** The key's action is not possible now. */
  onWhyNot: (why: string) => void;
  onRevert: () => void;
  onAgain: () => void;
}
const EXTENDS: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** True: the key was handled. */
export function canvasKey(event: KeyboardEvent, keys: Keys): boolean {
  const { moving, acts } = keys;
  const done = (run?: () => void) => {
    run?.();
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  if (moving && event.key === 'Escape') return done(keys.cancel);
  if (event.target instanceof HTMLElement && event.target.dataset.slot !== undefined)
    return moving && nextSlot(event, keys.drawing) && done();
  const act = [...acts.values()].find(({ match }) => match?.(event));
  if (act) return done(act.whyNot === null ? act.run : () => keys.onWhyNot(act.whyNot!));
  const control = event.metaKey || event.ctrlKey;
  const key = event.key.toLowerCase();
  if ((control && key === 'f') || (!control && key === '/')) return done(keys.search);
  const by = EXTENDS[event.key];
  if (by !== undefined && event.shiftKey && !control && !event.altKey && keys.extend(by)) return done();
  if (control && key === 'z') return done(event.shiftKey ? keys.onAgain : keys.onRevert);
  if (control && key === 'y') return done(keys.onAgain);
  return false;
}
