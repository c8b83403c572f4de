/**
 * Activity ids of generated code (design D7): `node[~i[.j…]][:undo|:open|:close|:check]`. Summaries of timers have
 * the same form.
 */
import type { ActivityRole } from '../saga/contract';

export interface ParsedActivityId {
  nodeId: string;
  /** Item or iteration path, from 1; empty outside loops. */
  path: number[];
  role: ActivityRole;
}
const SHAPE = /^([a-z][a-z0-9-]{0,62})(?:~(\d+(?:\.\d+)*))?(?::(undo|open|close|check))?$/;

/** Null for ids that generated code never makes. */
export function parseActivityId(id: string): ParsedActivityId | null {
  const match = SHAPE.exec(id);
  if (!match) return null;
  return {
    nodeId: match[1]!,
    path: match[2] ? match[2].split('.').map(Number) : [],
    role: (match[3] as ActivityRole | undefined) ?? 'do',
  };
}
/** The id of the forward activity to which an id belongs: `charge~2:undo` → `charge~2`. */
export function forwardIdOf({ nodeId, path }: ParsedActivityId): string {
  return path.length > 0 ? `${nodeId}~${path.join('.')}` : nodeId;
}
/** The step that a person is asked about, or whose wait may be ended: the id of its forward activity. */
export function stepOfWait({ nodeId, activityId }: { nodeId: string; activityId: string }): string {
  const parsed = parseActivityId(activityId);
  return parsed ? forwardIdOf(parsed) : nodeId;
}
