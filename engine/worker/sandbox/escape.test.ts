/** The isolation of the sandbox: what workflow code can reach, and what one run can do to another. */
import { ApplicationFailure } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { ActivityExecutor } from '../activities/executor';
import { baseScript } from '../bundle/base';
import { bundleWorkflows, type WorkflowBundle } from '../bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../embedded-worker';
import { WorkflowUnderTest } from '../testing/run-workflow';
import { Realm } from './realm-host';

// These workflows are not replayed by the official replayer, because half of these attacks escape from the official
// sandbox.
provesHistories('scripted');
const entry = fileURLToPath(new URL('../testing/workflows/escapes.ts', import.meta.url));
const executor = new ActivityExecutor({
  activities: {
    bytes: () => new Uint8Array([1, 2, 3]),
    take: () => 'taken',
    work: () => {},
    fail: () => Promise.reject(ApplicationFailure.nonRetryable('no', 'No', { detail: 1 })),
  },
});
let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let nextKey = 1;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry });
  worker = createEmbeddedWorker({
    bundles: { find: () => bundle, onChange: () => () => {} },
    // One activation tries many attacks, perhaps on a busy machine.
    activationTimeoutMs: 20_000,
  });
});
afterAll(() => worker.close());
function start(workflowType: string, ...args: unknown[]): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(worker, executor, workflowType, args, { runKey, workflowId: `w-${runKey}` });
}

describe('[ES7] the sandbox', () => {
  it('refuses every known way to the host', async () => {
    const run = start('tryEverything');
    await run.run();
    expect(run.failures).toEqual([]);
    const outcome = run.result() as Record<string, string>;
    expect(Object.keys(outcome).length).toBeGreaterThan(55);
    expect(Object.entries(outcome).filter(([, what]) => what === 'reached')).toEqual([]);
  });

  it.each(['proxy', 'inspect', 'getter', 'unhandled'])('hides the host from an error (%s)', async (kind) => {
    const run = start('hostileError', kind);
    await run.run({ maxTaskFailures: 1 });
    expect(run.failures).toHaveLength(1);
    expect(run.failures[0]?.failure.message).not.toMatch(/sandbox thread ended|ended its sandbox/);
    await expect(run.query('reached')).rejects.toThrow();
  });

  it('fails only the task of a run whose command is not plain data', async () => {
    const [bad, good] = [start('functionAmongOptions'), start('quiet')];
    await Promise.all([bad.run({ maxTaskFailures: 1 }), good.run()]);
    expect(bad.failures[0]?.failure.message).toMatch(/not plain data/);
    expect(good.failures).toEqual([]);
  });
});

describe('the second barrier', () => {
  /** Code that no bundler would produce: `import()` rejects with an error of the host's realm. */
  const code = `var __WORKFLOWS__ = { async main() {
    const error = await import('node:fs').catch((caught) => caught);
    if (error instanceof Error) return 'no error of the host';
    const tries = {
      function: () => error.constructor.constructor('return process')(),
      asyncFunction: () => (async () => {}).constructor.call.constructor('return process')(),
      climbed: () => Object.getPrototypeOf(error.constructor.call).constructor('return process')(),
      sites: () => { error.constructor.prepareStackTrace = () => {}; return { versions: 1 }; },
      pollute: () => { Object.getPrototypeOf(Object.getPrototypeOf(error)).polluted = 1; return { versions: 1 }; },
    };
    const outcome = {};
    for (const [name, way] of Object.entries(tries)) {
      try { outcome[name] = way()?.versions ? 'reached' : 'nothing'; } catch (refused) { outcome[name] = 'refused'; }
    }
    return outcome;
  } };`;

  it('stops an error of the host that V8 passes into the sandbox', async () => {
    const raw = { id: 'f'.repeat(64), code, workflowTypes: ['main'], revision: '' };
    const own = createEmbeddedWorker({ bundles: { find: () => raw, onChange: () => () => {} } });
    try {
      const run = new WorkflowUnderTest(own, executor, 'main', [], { workflowId: 'second-wall' });
      await run.run();
      expect(Object.entries(run.result() as object).filter(([, what]) => what !== 'refused')).toEqual([]);
    } finally {
      await own.close();
    }
  });
});

describe('the global objects of the sandbox', () => {
  const library = `export async function main() {}
    export const apply = (made, args) => made(...args);
    export const construct = (made, args) => new made(...args);
    export const samples = [[], ['http://a.b/?c=d'], [1], [{}], [[]], [() => 1], [new Uint8Array(2)]];`;
  let realm: Realm;
  let evaluate: () => Record<string, unknown>;
  /** Arguments for the calls; they are objects of the realm, too. */
  let samples: unknown[][];
  /** Calls that are made inside the realm, because the error of a refused call belongs to the realm of the caller. */
  let calls: ((made: unknown, args: unknown[]) => unknown)[];
  beforeAll(async () => {
    realm = new Realm(new vm.Script(await baseScript()));
    const made = await bundleWorkflows({ entry: 'a.ts', modules: { 'a.ts': library } });
    evaluate = realm.compile(made.code, 'a.js');
    const inside = evaluate();
    samples = inside.samples as typeof samples;
    calls = [inside.apply, inside.construct] as typeof calls;
  });
  const makeRun = () =>
    realm.call(
      realm.guest.create,
      {
        bundleId: 'a',
        randomnessSeed: [1, 2, 3, 4, 5, 6, 7, 8],
        info: { workflowId: 'w', runId: 'r', workflowType: 'main', startTime: new Date(0), unsafe: {} },
      },
      0,
      evaluate
    );

  /** Intrinsics of this test's realm: an object that inherits from one of them came from outside. */
  const hostPrototypes = new Set<unknown>(
    [
      Object,
      Function,
      Array,
      Error,
      TypeError,
      RangeError,
      Promise,
      Map,
      Set,
      Date,
      RegExp,
      Uint8Array,
      ArrayBuffer,
      URL,
    ]
      .map((host): unknown => host.prototype)
      .concat(
        Object.getPrototypeOf(async () => {}),
        Object.getPrototypeOf(function* () {})
      )
  );
  function* partsOf(value: object, errors: boolean): Generator<[name: string, part: unknown]> {
    yield ['(prototype)', Object.getPrototypeOf(value)];
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      const name = String(key);
      yield [name, property?.value];
      yield [`get ${name}`, property?.get];
      yield [`set ${name}`, property?.set];
      try {
        const read = (value as Record<PropertyKey, unknown>)[key];
        // A value that is created anew at every read is not shared state.
        if (read === (value as Record<PropertyKey, unknown>)[key]) yield [name, read];
      } catch (error) {
        if (errors) yield [`error of ${name}`, error];
      }
    }
  }
  const ignore = () => {};
  /** Calls a function with every sample of arguments; yields what it returns and what it throws. */
  function* callsOf(made: unknown): Generator<unknown> {
    for (const args of samples) {
      for (const call of calls) {
        try {
          yield realm.call((given: unknown) => {
            const result = call(given, args);
            if (Object.prototype.toString.call(result) === '[object Promise]')
              (result as Promise<unknown>).catch(ignore);
            return result;
          }, made);
        } catch (error) {
          yield error;
        }
      }
    }
  }
  function crawl(root: unknown, withCalls: boolean): Map<object, string> {
    const found = new Map<object, string>();
    const queue: [object, string, number][] = [];
    const visit = (value: unknown, path: string, calls: number) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value)) return;
      found.set(value, path);
      queue.push([value, path, calls]);
    };
    visit(root, 'root', 0);
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [value, path, calls] = next;
      if (hostPrototypes.has(value)) continue;
      for (const [name, part] of partsOf(value, withCalls)) visit(part, `${path}.${name}`, calls);
      if (withCalls && typeof value === 'function' && calls < 2) {
        for (const result of callsOf(value)) visit(result, `${path}()`, calls + 1);
      }
    }
    return found;
  }

  it('never give an object of the host, by any property or call', () => {
    const { activator } = makeRun();
    const found = crawl({ global: realm.global, activator }, true);
    const host = [...found].filter(([value]) => hostPrototypes.has(value));
    expect(found.size).toBeGreaterThan(3_000);
    // The object at which this test begins belongs to the host, and so does its prototype. Nothing else may belong to
    // the host.
    expect(host.map(([, path]) => path)).toEqual(['root.(prototype)']);
  });

  it('are frozen if two runs can reach them', () => {
    const [first, second] = [makeRun(), makeRun()];
    const ofFirst = crawl(first.activator, false);
    const ofSecond = crawl(second.activator, false);
    // The global object leads to the current activator, so it is inspected while there is no current activator.
    realm.call(realm.guest.failure, undefined, null);
    const common = [...crawl(realm.global, false), ...[...ofFirst].filter(([value]) => ofSecond.has(value))];
    const open = common.filter(([value]) => !Object.isFrozen(value));
    expect(common.length).toBeGreaterThan(1_500);
    expect(open.map(([value, path]) => `${path}: ${Object.prototype.toString.call(value)}`)).toEqual([]);
  });
});
