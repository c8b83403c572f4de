/**
 * The run whose code is executed: the library reads its activator from a global. That global is an accessor over a
 * variable of this module, so it can be set to another run while the global object is frozen.
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
