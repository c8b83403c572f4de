import { afterAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../bundle/bundle';
import type { Activation } from './protocol';
import { Sandbox, SandboxLostError } from './sandbox';

const sandbox = new Sandbox({ activationTimeoutMs: 5_000, maxHeapMb: 128, onLost: () => {} });
afterAll(() => sandbox.close());

function activation(runKey: number, bundleId: string): Activation {
  const info = { workflowId: 'w', runId: 'r', workflowType: 'main', unsafe: {} };
  return {
    runKey,
    timestampMs: 0,
    isReplaying: false,
    historyLength: 3,
    historySizeBytes: 0,
    continueAsNewSuggested: false,
    flags: [],
    create: { bundleId, info, randomnessSeed: [0, 0, 0, 0, 0, 0, 0, 1] },
    jobs: [{ variant: 'initializeWorkflow', initializeWorkflow: { workflowType: 'main', arguments: [], headers: {} } }],
  };
}

test('[W16] a run that the thread does not have is lost, not failed, and is replayed', async () => {
  const later = { ...activation(7, ''), create: undefined };
  await expect(sandbox.activate(later)).rejects.toBeInstanceOf(SandboxLostError);
});

test('[W16] a bundle that is loaded during the start is available, and an unloaded one is not', async () => {
  const own = new Sandbox({ activationTimeoutMs: 5_000, maxHeapMb: 128, onLost: () => {} });
  const modules = { 'main.ts': 'export async function main() { return 1; }' };
  const bundle = await bundleWorkflows({ entry: 'main.ts', modules });
  const early = own.activate({ ...activation(1, ''), create: undefined }).catch(() => {});
  own.load(bundle);
  expect(await own.activate(activation(2, bundle.id))).toHaveProperty('commands.length', 1);
  own.unload(bundle.id);
  expect(await own.activate(activation(3, bundle.id))).toHaveProperty(
    'failure.message',
    `bundle ${bundle.id} is not loaded`
  );
  await early;
  await own.close();
});

test('[W16] requests to a closing sandbox are refused', async () => {
  const own = new Sandbox({ activationTimeoutMs: 5_000, maxHeapMb: 128, onLost: () => {} });
  const asked = own.activate(activation(1, 'a'));
  await own.close();
  await expect(asked).rejects.toBeInstanceOf(SandboxLostError);
});
