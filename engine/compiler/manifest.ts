/**
 * The data that is stored with the code: the nodes in the form that screens need, and the sha of everything that
 * runs.
 */
import { createHash } from 'node:crypto';
import { flowEntryOf, type Catalogue } from '../flow/catalogue';
import { workflowType, type FlowDocument } from '../flow/document';
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import { effectOf, lateCallsOf, type SagaStep } from '../flow/nodes/step';
import { factsOf, type FlowNode } from '../flow/nodes/table';
import { pivotPlaces } from '../flow/pivots';
import { allNodes } from '../flow/tree';
import type { Finished } from './finish';

export interface ManifestOptions {
  version: number;
  revision?: string;
  catalogue: Catalogue;
  saga: Readonly<Record<string, string>>;
}

export function manifestOf(flow: FlowDocument, { code, lines }: Finished, options: ManifestOptions): FlowManifest {
  const { version, revision = `v${version}.0`, catalogue } = options;
  const places = pivotPlaces(flow.steps);
  const nodes = Object.fromEntries(
    allNodes(flow.steps).map((node): [string, NodeManifest] => {
      const step = factsOf(node).step(node);
      const undo = step?.undo;
      const calls = step ? callsOf(step, catalogue) : {};
      return [
        node.id,
        {
          id: node.id,
          kind: node.kind,
          title: node.title,
          activity: step?.activity ?? null,
          effect: step ? effectOf(step, catalogue) : 'none',
          undo: undo ? { title: undo.title, activity: undo.activity, armed: undo.armed } : null,
          ...(step ? lateCallsOf(step, catalogue) : {}),
          pivot: step?.pivot ?? false,
          afterPivot: places.get(node.id) === 'after',
          lines: lines.get(node.id) ?? [1, 1],
          output: step?.output ?? calls.do?.output ?? null,
          ...(Object.keys(calls).length > 0 ? { calls } : {}),
          ...childOf(node, catalogue),
        },
      ];
    })
  );
  const sha = shaOf(flow, code, options);
  const type = workflowType(flow.name, version);
  return {
    format: 1,
    flow: flow.name,
    version,
    revision,
    workflowType: type,
    document: flow,
    nodes,
    checksValues: true,
    handsOver: true,
    sha,
  };
}

/** Screens mask and show what these calls send and receive by the schemas of their operations. */
function callsOf({ activity, undo, unknown }: SagaStep, catalogue: Catalogue): NonNullable<NodeManifest['calls']> {
  const look = unknown?.policy === 'check' ? unknown.activity : undefined;
  const named = { do: activity, undo: undo?.activity, check: look };
  return Object.fromEntries(
    Object.entries(named).flatMap(([role, name]) => {
      const entry = name !== undefined && Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
      if (entry?.sha === undefined || entry.output === 'per-step') return [];
      return [[role, { input: entry.input, output: entry.output }]];
    })
  );
}

function childOf(node: FlowNode, catalogue: Catalogue): Pick<NodeManifest, 'child'> {
  const bound = node.kind === 'child' ? flowEntryOf(node.flow, catalogue)?.flow : undefined;
  if (node.kind !== 'child' || !bound) return {};
  const { name, tooOld: _, ...more } = bound;
  return { child: { flow: name, ...more, waits: node.waits } };
}

/** Generated code, saga library, and the declarations of every activity that the flow can call. */
function shaOf(flow: FlowDocument, code: string, { catalogue, saga }: ManifestOptions): string {
  const hash = createHash('sha256').update(code).update('\0');
  for (const name of Object.keys(saga).sort()) hash.update(`${name}\0${saga[name]}\0`);
  const activities = new Set(allNodes(flow.steps).flatMap((node) => factsOf(node).activities(node)));
  for (const name of [...activities].sort())
    hash.update(`${catalogue[name]?.sha ?? JSON.stringify(catalogue[name] ?? null)}\0`);
  return hash.digest('hex');
}
