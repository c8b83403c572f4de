/**
 * Attacks on the sandbox: each one tries to reach the host's `process`, or an object of the host's realm, and returns
 * what it got. They cover everything that once came from the host, and what V8 itself lets through.
 */
import {
  AsyncLocalStorage,
  CancellationScope,
  log,
  proxyActivities,
  setHandler,
  defineQuery,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

/** The globals as JavaScript without types sees them. */
type Anything = ReturnType<typeof JSON.parse>;
const { bytes, fail, take } = proxyActivities<{
  bytes(): Promise<Uint8Array>;
  fail(): Promise<void>;
  take(input: unknown): Promise<string>;
}>({ startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } });

const the = globalThis as Anything;
/** The constructor of the constructor of any object is the Function of the object's realm. */
const climb = (value: Anything) => value.constructor.constructor('return process')();
const thrownBy = (work: () => unknown): Anything => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return {};
};
/** Runs `work` at every depth near the end of the stack; returns everything that was thrown. */
function exhaust(work: () => unknown): unknown[] {
  const thrown: unknown[] = [];
  const deeper = (): void => {
    try {
      deeper();
    } catch (error) {
      thrown.push(error);
    }
    if (thrown.length < 150) {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    }
  };
  deeper();
  return thrown;
}
/** The first attack of several that succeeds. */
const any = (values: unknown[], way: (value: Anything) => Anything) => {
  for (const value of values) {
    try {
      const reached = way(value);
      if (reached?.versions) return reached;
    } catch {
      // This attack failed.
    }
  }
  throw new TypeError('none of them leads out');
};
const seen: Anything[] = [];
/** A proxy that records everything with which it is called. */
const spy = (): Anything =>
  new Proxy(function () {}, {
    get: (_target, key, receiver) => {
      seen.push(key, receiver);
      return key === Symbol.toPrimitive ? undefined : spy();
    },
    apply: (_target, self, args) => {
      seen.push(self, args, ...args);
      return 'x';
    },
  });

export const escapes: Record<string, () => Anything> = {
  'URL.constructor': () => the.URL.constructor('return process')(),
  'URL instance': () => climb(new the.URL('http://a.b/?c=d')),
  'URL method': () => the.URL.prototype.toString.constructor('return process')(),
  'URL getter': () =>
    (Object.getOwnPropertyDescriptor(the.URL.prototype, 'href') as Anything).get.constructor('return process')(),
  'error of an invalid URL': () => climb(thrownBy(() => new the.URL('no url'))),
  'URLSearchParams iterator': () => climb(new the.URLSearchParams('a=b').entries()),
  'URLSearchParams entry': () => climb([...new the.URLSearchParams('a=b')][0]),
  'TextEncoder.constructor': () => the.TextEncoder.constructor('return process')(),
  'encoded bytes': () => climb(new the.TextEncoder().encode('a')),
  'buffer of encoded bytes': () => climb(new the.TextEncoder().encode('a').buffer),
  'result of encodeInto': () => climb(new the.TextEncoder().encodeInto('a', new Uint8Array(4))),
  'TextDecoder error': () =>
    climb(thrownBy(() => new the.TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])))),
  'TextDecoder of an unknown label': () => climb(thrownBy(() => new the.TextDecoder('no such'))),
  'AbortController.constructor': () => the.AbortController.constructor('return process')(),
  'abort signal': () => climb(new the.AbortController().signal),
  'abort reason': () => {
    const controller = new the.AbortController();
    controller.abort();
    return climb(controller.signal.reason);
  },
  'abort event': () => {
    const controller = new the.AbortController();
    const events: Anything[] = [];
    controller.signal.addEventListener('abort', function (this: Anything, event: Anything) {
      events.push(event, this);
    });
    controller.abort();
    return any(events, climb);
  },
  'console.log.constructor': () => the.console.log.constructor('return process')(),
  'console object': () => climb(the.console),
  'assert.constructor': () => the.assert.constructor('return process')(),
  AssertionError: () => climb(thrownBy(() => the.assert.strictEqual(1, 2))),
  'AsyncLocalStorage.constructor': () => the.AsyncLocalStorage.constructor('return process')(),
  'AsyncLocalStorage super class': () => Object.getPrototypeOf(the.AsyncLocalStorage)('return process')(),
  'AsyncLocalStorage callback': () => {
    const got: Anything[] = [];
    new AsyncLocalStorage<string>().run('s', function (this: Anything) {
      // eslint-disable-next-line prefer-rest-params -- what the host called with
      got.push(this, arguments);
    } as () => void);
    return any(got.filter(Boolean), climb);
  },
  'AsyncLocalStorage snapshot': () => climb((AsyncLocalStorage as Anything).snapshot()),
  'symbols on a promise': () => {
    const promise: Anything = new AsyncLocalStorage<object>().run({ mine: 1 }, () => Promise.resolve());
    return any(
      Object.getOwnPropertySymbols(promise).map((symbol) => promise[symbol]),
      climb
    );
  },
  'activator getter': () =>
    (Object.getOwnPropertyDescriptor(the, '__TEMPORAL_ACTIVATOR__') as Anything).get.constructor('return process')(),
  'activator clock': () => the.__TEMPORAL_ACTIVATOR__.getTimeOfDay.constructor('return process')(),
  'activator activity names': () => climb(the.__TEMPORAL_ACTIVATOR__.registeredActivityNames),
  'activator source map': () => climb(the.__TEMPORAL_ACTIVATOR__.sourceMap),
  'workflow info': () => climb(workflowInfo()),
  'workflow info start time': () => climb(workflowInfo().startTime),
  'workflow info unsafe': () => climb(workflowInfo().unsafe.now),
  importWorkflows: () => the.__TEMPORAL__.importWorkflows.constructor('return process')(),
  'base modules': () => climb(the.__BACKSTITCH_BASE__.modules),
  eval: () => the.eval('process'),
  'new Function': () => new the.Function('return process')(),
  'Function by Reflect': () => (Reflect.construct(climb.constructor as Anything, ['return process']) as Anything)(),
  AsyncFunction: () => (async () => {}).constructor('return process')(),
  GeneratorFunction: () => ((function* () {}.constructor as Anything)('return process')() as Anything).next().value,
  AsyncGeneratorFunction: () => async function* () {}.constructor('return process')(),
  'Error.prepareStackTrace': () => {
    const sites: Anything[] = [];
    the.Error.prepareStackTrace = (_error: unknown, trace: Anything) => sites.push(trace, ...trace);
    void new Error('x').stack;
    return any(
      sites.flatMap((site) => [site, site.getThis?.(), site.getFunction?.()]),
      climb
    );
  },
  'caller of a function': () => climb((climb as Anything).caller),
  'arguments.callee.caller': () =>
    (function () {
      // eslint-disable-next-line prefer-rest-params -- the way out that it is
      return climb((arguments as Anything).callee.caller);
    })(),
  'stack at its end in a URL': () =>
    any(
      exhaust(() => new the.URL('http://a.b')),
      climb
    ),
  'stack at its end in a storage': () => {
    const storage = new AsyncLocalStorage<number>();
    return any(
      exhaust(() => storage.run(1, () => 1)),
      climb
    );
  },
  'stack at its end in a stack trace': () =>
    any(
      exhaust(() => new Error('x').stack),
      climb
    ),
  'stack at its end in a promise': () =>
    any(
      exhaust(() => Promise.resolve().then(() => {})),
      climb
    ),
  'error of a closed class': () => climb(thrownBy(() => new (the.URL as Anything)())),
  require: () => the.require('node:process'),
  process: () => the.process,
  'globalThis.global': () => the.global.process,
  WebAssembly: () => climb(the.WebAssembly.Module),
  SharedArrayBuffer: () => climb(new the.SharedArrayBuffer(8)),
  'WeakRef error': () => climb(thrownBy(() => new the.WeakRef({}))),
  'Intl error': () => climb(thrownBy(() => new Intl.NumberFormat('no such locale!'))),
  'resolve function of a thenable': () => {
    const got: Anything[] = [];
    void Promise.resolve({ then: (...functions: Anything[]) => got.push(...functions) });
    return any(got, climb);
  },
};

/** Attacks that need more than one activation. */
const slowly: Record<string, () => Promise<Anything>> = {
  'bytes from an activity': async () => climb(await bytes()),
  'failure of an activity': async () => {
    const error = (await fail().catch((caught: unknown) => caught)) as Anything;
    return any([error, error.failure, error.cause, error.cause?.failure, error.failure?.activityFailureInfo], climb);
  },
  'toJSON of an argument': async () => {
    const got: Anything[] = [];
    await take({
      toJSON(this: Anything, ...args: Anything[]) {
        got.push(this, ...args);
        return 1;
      },
    });
    return any(got, climb);
  },
  'attributes of a log line': async () => {
    log.info('hello', { evil: spy(), [Symbol.for('nodejs.util.inspect.custom')]: spy() });
    console.error(spy());
    await sleep(1);
    return any(seen.splice(0), climb);
  },
  'import()': async () => {
    const specifier = ['node', 'process'].join(':');
    const error = await import(specifier).catch((caught: unknown) => caught);
    return error.versions ? error : climb(error);
  },
  'rejection of a scope': async () =>
    climb(await CancellationScope.withTimeout(1, () => sleep(1000)).catch((error: unknown) => error)),
};

/** By name: 'reached', or why the attack failed. */
export async function tryEverything(): Promise<Record<string, string>> {
  const outcome: Record<string, string> = {};
  for (const [name, way] of [...Object.entries(escapes), ...Object.entries(slowly)]) {
    try {
      const reached = await way();
      outcome[name] = reached?.versions ? 'reached' : `nothing (${typeof reached})`;
    } catch (error) {
      outcome[name] = `refused: ${(error as Error).name}`;
    }
  }
  return outcome;
}

/** Errors that inspect the code that reads them. */
export async function hostileError(kind: string): Promise<void> {
  setHandler(defineQuery<string>('reached'), () => String(any(seen, climb)));
  await sleep(1);
  const error: Anything = kind === 'proxy' ? spy() : new Error('look at me');
  if (kind === 'inspect') error[Symbol.for('nodejs.util.inspect.custom')] = (...args: Anything[]) => seen.push(...args);
  if (kind === 'getter') {
    Object.defineProperty(error, 'message', {
      get(this: Anything) {
        seen.push(this);
        throw spy();
      },
    });
  }
  if (kind === 'unhandled') void Promise.reject(spy());
  else throw error;
  await sleep(1);
}

/** Requests something that is not plain data. */
export async function functionAmongOptions(): Promise<void> {
  await proxyActivities<{ work(): Promise<void> }>({
    startToCloseTimeout: '1s',
    taskQueue: (() => {}) as never,
  }).work();
}

export async function quiet(): Promise<void> {
  await sleep(1);
}
