/**
 * The sandbox thread: receives batches of activations and answers each activation with commands or a failure. It
 * holds only what can be replayed.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SandboxHost } from './host';
import { lockdown } from './lockdown';
import type { ActivationResult, FromThread, ThreadData, ToThread } from './protocol';
import { SourceStacks } from './stacks';

const { baseScript, progress } = workerData as ThreadData;
const counters = new Int32Array(progress);
const stacks = new SourceStacks();
const host = new SandboxHost(baseScript, () => stacks.here());
stacks.install();
const port = parentPort;
const later = setImmediate;
const clone = structuredClone;
const tell = (message: FromThread) => port?.postMessage(message);

function answer(batch: number, results: ActivationResult[]): void {
  try {
    tell({ kind: 'activated', batch, results });
  } catch {
    // A workflow requested something that cannot be copied, e.g. a function among the options of an activity. Only
    // its own task fails.
    tell({ kind: 'activated', batch, results: results.map((result) => (isPortable(result) ? result : NOT_PORTABLE)) });
  }
}

function isPortable(result: ActivationResult): boolean {
  try {
    clone(result);
    return true;
  } catch {
    return false;
  }
}

const NOT_PORTABLE: ActivationResult = {
  failure: {
    message:
      'The workflow asked for something that is not plain data, e.g. a function among the options of an activity.',
    source: 'Backstitch',
    applicationFailureInfo: { type: 'TypeError' },
  },
  logs: [],
};

function activate({ batch, activations }: Extract<ToThread, { kind: 'activate' }>): void {
  Atomics.store(counters, 1, batch);
  const results = activations.map((activation, index): ActivationResult => {
    Atomics.store(counters, 2, index);
    Atomics.add(counters, 0, 1);
    return host.activate(activation);
  });
  Atomics.store(counters, 2, -1);
  // Unhandled rejections are reported after the microtasks of this turn have run.
  later(() => {
    activations.forEach((activation, index) => {
      const failure = host.unhandledFailure(activation.runKey);
      if (failure) results[index] = { failure, logs: [] };
    });
    answer(batch, results);
  });
}

port?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'load':
      stacks.add(message.bundleId, message.code);
      return host.load(message.bundleId, message.code);
    case 'unload':
      stacks.remove(message.bundleId);
      return host.unload(message.bundleId);
    case 'dispose':
      return message.runKeys.forEach((runKey) => host.dispose(runKey));
    case 'activate':
      return activate(message);
  }
});
lockdown();
tell({ kind: 'ready' });
