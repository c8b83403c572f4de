/** The flows of a crash test, and the workflow that is no flow. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBackstitchClient, type VersionContent } from '../api/client';
import orderFulfilment from '../examples/order-fulfilment/order-fulfilment.flow.json';
import type { FlowManifest } from '../flow/manifest';
import { insertVersion } from '../versions/version-table';
import { bundleWorkflows } from '../worker/bundle/bundle';
import type { Cluster } from './cluster';
import { BASKET, COLLECTION, ERRAND, WAITER } from './flows';
import { PROGRAM_TYPE } from './program';
import type { WorkflowCode } from './proof';

/** The example with a signal for which it never waits: acknowledged signals must be in the history all the same. */
const REMARKED = { ...orderFulfilment, signals: { remark: { title: 'A remark', schema: {} } } };
/** A child comes before its parent. */
const FLOWS = { order: REMARKED, errand: ERRAND, basket: BASKET, waiter: WAITER, collection: COLLECTION };
const PROGRAM = fileURLToPath(new URL('../worker/testing/workflows/plans.ts', import.meta.url));

export interface Published {
  types: Record<keyof typeof FLOWS, string>;
  /** Of flows, by workflow type. */
  manifests: ReadonlyMap<string, FlowManifest>;
  code: WorkflowCode[];
}

export async function publish(cluster: Cluster): Promise<Published> {
  const client = createBackstitchClient(cluster.door.address, cluster.key);
  const versions: VersionContent[] = [];
  try {
    for (const document of Object.values(FLOWS)) {
      const { version, diagnostics } = await client.putVersion(document, 'the crash test');
      if (!version) throw new Error(`${document.name} cannot be published: ${JSON.stringify(diagnostics)}`);
      versions.push(await client.getVersion(version.flow, version.version));
    }
  } finally {
    client.close();
  }
  const [order, errand, basket, waiter, collection] = versions.map(({ version }) => version.workflowType);
  await insertProgram(cluster, versions[1]!.manifest);
  return {
    types: { order: order!, errand: errand!, basket: basket!, waiter: waiter!, collection: collection! },
    manifests: new Map(versions.map(({ version, manifest }) => [version.workflowType, manifest])),
    code: [
      ...versions.map(({ version, code }) => ({ type: version.workflowType, code })),
      { file: path.resolve(PROGRAM) },
    ],
  };
}

/** As the first version of a flow without steps. Engines read it when they start. */
async function insertProgram(cluster: Cluster, manifest: FlowManifest): Promise<void> {
  const bundle = await bundleWorkflows({ entry: PROGRAM });
  const name = PROGRAM_TYPE;
  const signals = { tell: { title: 'Tell', schema: {} } };
  const document = { ...manifest.document, name, title: name, input: {}, signals, steps: [] };
  await insertVersion(cluster.pool, {
    flow: name,
    version: 1,
    revision: manifest.revision,
    workflowType: name,
    contentSha: bundle.id,
    createdBy: 'the crash test',
    note: '',
    code: '',
    files: {},
    manifest: { ...manifest, flow: name, workflowType: name, document, nodes: {}, sha: bundle.id },
    bundle: { ...bundle, revision: manifest.revision },
  });
  await cluster.leader.process.stop();
  await cluster.startLeaderAgain();
}
