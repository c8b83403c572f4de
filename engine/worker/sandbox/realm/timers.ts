/**
 * The library's setTimeout, with a separate map of timers for each run. The library has one map for all runs of a
 * context, with numbers that every run counts from 1. So a clearTimeout of one run would cancel a timer of another
 * run.
 */
import { CancellationScope, sleep } from '@temporalio/workflow';
import { SdkFlags } from '@temporalio/workflow/lib/flags';
import { getActivator } from '@temporalio/workflow/lib/global-attributes';
import type { Activator } from '@temporalio/workflow/lib/internals';
import { untrackPromise } from '@temporalio/workflow/lib/stack-helpers';

type Callback = (...args: unknown[]) => unknown;

export function keepTimersApart(): void {
  const timers = globalThis as unknown as {
    setTimeout(callback: Callback, ms: number, ...args: unknown[]): number;
    clearTimeout(handle: number): void;
  };
  const { setTimeout: olderSet, clearTimeout: olderClear } = timers;
  const ofRuns = new WeakMap<Activator, Map<number, CancellationScope>>();

  timers.setTimeout = (callback, ms, ...args) => {
    const activator = getActivator();
    if (!activator.hasFlag(SdkFlags.NonCancellableScopesAreShieldedFromPropagation))
      return olderSet(callback, ms, ...args);
    const scopes = ofRuns.get(activator) ?? new Map<number, CancellationScope>();
    ofRuns.set(activator, scopes);
    // The number that the next `sleep` will take.
    const seq = activator.nextSeqs.timer;
    const scope = new CancellationScope({ cancellable: true });
    const slept = scope.run(() => sleep(Math.max(1, ms)));
    slept.then(
      () => {
        scopes.delete(seq);
        callback(...args);
      },
      () => scopes.delete(seq)
    );
    untrackPromise(slept);
    scopes.set(seq, scope);
    return seq;
  };
  timers.clearTimeout = (handle) => {
    const scopes = ofRuns.get(getActivator());
    const scope = scopes?.get(handle);
    if (!scope) return olderClear(handle);
    scopes?.delete(handle);
    scope.cancel();
  };
}
