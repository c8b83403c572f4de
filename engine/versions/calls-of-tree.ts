/**
 * What a document calls, with all flows that run below it as children, each in the version to which it is bound: for code
 * that leaves this installation. A version has its children bound; a draft gets those of the moment, as if it were
 * published now.
 */
import type pg from 'pg';
import { callsOfFlow, type CallsOfFlow } from '../connections/calls-of-flow';
import type { ServiceCalls } from '../connections/connections';
import type { Catalogue } from '../flow/catalogue';
import type { FlowBelow } from '../trial/parts';
import { flowEntriesBoundBy, flowEntriesFor } from './flow-entries';
import { readManifest } from './version-table';

export interface CallsOfTree extends CallsOfFlow {
  below: FlowBelow[];
}

/** `workflowType`: of a published version; null for a draft. */
export async function callsOfTree(
  pool: pg.Pool,
  document: unknown,
  workflowType: string | null,
  calls?: ServiceCalls
): Promise<CallsOfTree> {
  const base = workflowType === null ? null : await readManifest(pool, workflowType, '');
  const flows = base ? await flowEntriesBoundBy(pool, base, document) : await flowEntriesFor(pool, document);
  const own = await callsOfFlow(pool, document, workflowType, calls);
  const below = new Map<string, FlowBelow>();
  const open = typesIn(flows);
  while (open.length > 0) {
    const type = open.pop()!;
    const manifest = below.has(type) ? null : await readManifest(pool, type, '');
    if (!manifest) continue;
    const children = await flowEntriesBoundBy(pool, manifest, manifest.document);
    const called = await callsOfFlow(pool, manifest.document, type, calls);
    const { version, revision } = manifest;
    below.set(type, {
      ...called,
      document: manifest.document,
      version,
      revision,
      operations: { ...called.operations, ...children },
    });
    open.push(...typesIn(children));
  }
  return { ...own, operations: { ...own.operations, ...flows }, below: [...below.values()] };
}

const typesIn = (flows: Catalogue): string[] =>
  Object.values(flows).flatMap(({ flow }) => (flow ? [flow.workflowType] : []));
