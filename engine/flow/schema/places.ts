/**
 * All places of a flow that contain schemas. Code that checks or compiles schemas uses this list, so that none is
 * missed.
 */
import type { FlowDocument, JsonSchema } from '../document';
import { factsOf } from '../nodes/table';
import { allNodes } from '../tree';

export interface SchemaPlace {
  schema: JsonSchema;
  /** Null for a schema of the flow itself. */
  nodeId: string | null;
  /** Inside the node, or inside the document. */
  path: (string | number)[];
}

export function schemasOf(document: FlowDocument): SchemaPlace[] {
  const places: SchemaPlace[] = [];
  const add = (schema: JsonSchema | undefined, nodeId: string | null, path: (string | number)[]) => {
    if (schema) places.push({ schema, nodeId, path });
  };
  add(document.input, null, ['input']);
  add(document.output, null, ['output']);
  for (const group of ['variables', 'signals', 'queries', 'updates'] as const)
    for (const [name, { schema }] of Object.entries(document[group])) add(schema, null, [group, name, 'schema']);
  for (const node of allNodes(document.steps))
    for (const { schema, path } of factsOf(node).schemas(node)) add(schema, node.id, path);
  return places;
}
