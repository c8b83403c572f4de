/**
 * The V8 context that all runs of a thread share, as the host sees it. The shared objects in it are frozen
 * (realm/index.ts). The modules of a bundle are evaluated separately for each run.
 *
 * Invariants:
 * - No code is created from strings in the context, and nothing is compiled in it except the base and bundles.
 * - Code of the context is called only through `call`, which runs the context's own microtasks before it returns.
 *   Returned values are not inspected here, because that could call getters and proxies of a workflow with arguments
 *   from the host.
 */
import vm from 'node:vm';
import { hostBridge } from './host-bridge';
import type { Guest } from './realm/guest';

/** Evaluates the modules of a bundle. The result is an object of the realm. */
export type Evaluate = () => Record<string, unknown>;

const microtasks = new vm.Script('0', { filename: 'microtasks' });

export class Realm {
  readonly guest: Guest;
  /** The global object of the realm; for tests. */
  readonly global: object;
  readonly #context: vm.Context;

  constructor(base: vm.Script) {
    // This is not a contextified object, so lookups of globals are fast and the global object can be frozen.
    this.#context = vm.createContext(vm.constants.DONT_CONTEXTIFY as unknown as vm.Context, {
      microtaskMode: 'afterEvaluate',
      codeGeneration: { strings: false, wasm: false },
    });
    this.global = this.#context;
    let guest: Guest | undefined;
    const bridge = hostBridge((given) => (guest = given));
    Object.defineProperty(this.#context, '__BACKSTITCH_BRIDGE__', { value: bridge, configurable: true });
    base.runInContext(this.#context);
    if (!guest) throw new Error('the base script made no guest');
    this.guest = guest;
  }

  /** `filename` is shown in stack traces. Throws a SyntaxError. */
  compile(code: string, filename: string): Evaluate {
    // On the same line as the first line of the code, so that the lines of the code's source map remain correct.
    const body = `"use strict";${code}\nreturn __WORKFLOWS__;`;
    return vm.compileFunction(body, [], { parsingContext: this.#context, filename }) as unknown as Evaluate;
  }

  call<A, B, C, Result>(work: (a: A, b: B, c: C) => Result, a: A, b: B, c: C): Result;
  call<A, B, Result>(work: (a: A, b: B) => Result, a: A, b: B): Result;
  call<A, Result>(work: (a: A) => Result, a: A): Result;
  call<Result>(work: (a?: unknown, b?: unknown, c?: unknown) => Result, a?: unknown, b?: unknown, c?: unknown): Result {
    // The arguments are not spread, because this is called several times for every activation.
    try {
      return work(a, b, c);
    } finally {
      microtasks.runInContext(this.#context);
    }
  }
}
