/** The sandbox thread: takes batches of activations, answers each with commands or a failure. Holds only what can be replayed. */
import { parentPort, workerData } from 'node:worker_threads';
import { SandboxHost } from './host';
import type { ActivationResult, FromThread, ThreadData, ToThread } from './protocol';

const { baseScript, progress } = workerData as ThreadData;
const counters = new Int32Array(progress);
const host = new SandboxHost(baseScript);
const answer = (message: FromThread) => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'load') return host.load(message.bundleId, message.code);
  if (message.kind === 'dispose') {
    for (const runKey of message.runKeys) host.dispose(runKey);
    return;
  }
  const results: ActivationResult[] = message.activations.map((activation, index) => {
    Atomics.store(counters, 1, index);
    Atomics.add(counters, 0, 1);
    return host.activate(activation);
  });
  // Rejections that nobody handled are reported once the microtasks of this turn are through.
  setImmediate(() => {
    message.activations.forEach((activation, index) => {
      const failure = host.unhandledFailure(activation.runKey);
      if (failure) results[index] = { failure };
    });
    answer({ kind: 'activated', batch: message.batch, results });
  });
});
answer({ kind: 'ready' });
