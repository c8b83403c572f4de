/**
 * Whose code runs: the library looks for its activator in a global. It is an accessor over this module's variable, so that it can
 * be pointed at another run while the global object is frozen.
 */
import type { Activator } from '@temporalio/workflow/lib/internals';

let activator: Activator | undefined;

export const currentActivator = () => activator;
export function setCurrentActivator(next: Activator | undefined): void {
  activator = next;
}

Object.defineProperty(globalThis, '__TEMPORAL_ACTIVATOR__', {
  get: () => activator,
  set: (next: Activator | undefined) => (activator = next),
  enumerable: false,
  configurable: false,
});
