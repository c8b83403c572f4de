/**
 * The V8 context that all runs of a thread share, seen from outside. What is shared in it is frozen (realm/index.ts); a bundle's
 * modules are evaluated for each run by itself.
 *
 * Invariants:
 * - No code is made from strings in it, and none is compiled but the base and bundles.
 * - Code of the context is entered through `call` only, which lets the context's own microtasks run before it returns. Nothing
 *   that comes back is touched here: getters and proxies of a workflow would be called with what the host passes them.
 */
import vm from 'node:vm';
import { hostBridge } from './host-bridge';
import type { Guest } from './realm/guest';

/** Evaluates a bundle's modules; the result is an object of the realm. */
export type Evaluate = () => Record<string, unknown>;

const microtasks = new vm.Script('0', { filename: 'microtasks' });

export class Realm {
  readonly guest: Guest;
  /** The global object, for tests: it belongs to the realm. */
  readonly global: object;
  readonly #context: vm.Context;

  constructor(base: vm.Script) {
    // Not a contextified object: lookups of globals stay fast, and the global object can be frozen.
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
    // On one line with the first of the code: the lines of its source map stay.
    const body = `"use strict";${code}\nreturn __WORKFLOWS__;`;
    return vm.compileFunction(body, [], { parsingContext: this.#context, filename }) as unknown as Evaluate;
  }

  call<A, B, C, Result>(work: (a: A, b: B, c: C) => Result, a: A, b: B, c: C): Result;
  call<A, B, Result>(work: (a: A, b: B) => Result, a: A, b: B): Result;
  call<A, Result>(work: (a: A) => Result, a: A): Result;
  call<Result>(work: (a?: unknown, b?: unknown, c?: unknown) => Result, a?: unknown, b?: unknown, c?: unknown): Result {
    // Not spread: it is called some times for every activation.
    try {
      return work(a, b, c);
    } finally {
      microtasks.runInContext(this.#context);
    }
  }
}
