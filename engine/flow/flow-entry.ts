/** A published version of a flow as a catalogue has it: what a child that runs it takes and gives, and what it does. */
import { flowEntryName, type CatalogueActivity } from './catalogue';
import type { Effect } from './document';
import type { FlowManifest } from './manifest';
import { namesSensitive } from './values/mask';

export function flowEntry(manifest: FlowManifest): CatalogueActivity {
  const { flow, version, workflowType, document, handsOver } = manifest;
  const { title, description, input, output } = document;
  const nodes = Object.values(manifest.nodes);
  return {
    name: flowEntryName(flow),
    title,
    ...(description === undefined ? {} : { description }),
    effect: effectOfAll(nodes),
    input,
    output: output ?? {},
    flow: {
      name: flow,
      version,
      workflowType,
      below: flowsBelow(manifest),
      ...(namesSensitive(manifest) ? { sensitive: true } : {}),
      ...(handsOver ? {} : { tooOld: true }),
    },
    // A version never changes what callers see of it.
    sha: workflowType,
    internal: true,
    defaultOptions: {},
  };
}

/** The flows that its children run, and theirs. Whoever starts it needs the right to start all of them. */
export function flowsBelow({ nodes }: Pick<FlowManifest, 'nodes'>): string[] {
  const found = Object.values(nodes).flatMap(({ child }) => (child ? [child.flow, ...child.below] : []));
  return [...new Set(found)].sort();
}

/** After a point of no return nothing is undone, whatever the steps before it could undo. */
function effectOfAll(nodes: readonly Pick<FlowManifest['nodes'][string], 'effect' | 'undo' | 'pivot'>[]): Effect {
  const effects = nodes.filter(({ effect }) => effect !== 'none');
  if (effects.length === 0) return 'none';
  const isUndone = effects.some(({ effect, undo }) => effect === 'reversible' && undo !== null);
  return isUndone && !effects.some(({ pivot }) => pivot) ? 'reversible' : 'irreversible';
}

/** The flows that the children of a document name. It may be anything, because it is read afterwards. */
export function flowsNamed(value: unknown): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const { kind, flow, fields } = next as { kind?: unknown; flow?: unknown; fields?: { flow?: unknown } | null };
    if (kind === 'child') for (const name of [flow, fields?.flow]) if (typeof name === 'string') found.add(name);
    open.push(...Object.values(next as object));
  }
  return found;
}
