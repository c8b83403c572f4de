/**
 * Activity ids of generated code (design D7): `node[~i[.j…]][:undo|:open|:ask|:back|:close|:check]`. Summaries of timers and of
 * children have the same form. The undo of an effect that a child handed over has the id of the child's step before the
 * id in the child: `pay~2/charge:undo` (saga/handed.ts).
 */
import type { ActivityRole } from '../saga/contract';

export interface ParsedActivityId {
  nodeId: string;
  /** Item or iteration path, from 1; empty outside loops. */
  path: number[];
  role: ActivityRole;
  /** In the child that the node runs: 'charge', or 'ship/label' of a child of the child. Null for the node itself. */
  within: string | null;
}
const STEP = '[a-z][a-z0-9-]{0,62}(?:~\\d+(?:\\.\\d+)*)?';
const SHAPE = new RegExp(
  `^([a-z][a-z0-9-]{0,62})(?:~(\\d+(?:\\.\\d+)*))?(?:/(${STEP}(?:/${STEP})*))?(?::(undo|open|ask|back|close|check))?$`
);

/** It tells the inbox of a task. */
export const isOfTask = (role: ActivityRole | undefined): boolean =>
  role === 'open' || role === 'ask' || role === 'close';

/** Null for ids that generated code never makes. */
export function parseActivityId(id: string): ParsedActivityId | null {
  const match = SHAPE.exec(id);
  if (!match) return null;
  return {
    nodeId: match[1]!,
    path: match[2] ? match[2].split('.').map(Number) : [],
    within: match[3] ?? null,
    role: (match[4] as ActivityRole | undefined) ?? 'do',
  };
}
/** The id of the run of the node: `pay~2/charge:undo` → `pay~2`. */
export function stepIdOfActivity({ nodeId, path }: Pick<ParsedActivityId, 'nodeId' | 'path'>): string {
  return path.length > 0 ? `${nodeId}~${path.join('.')}` : nodeId;
}
/** The id of the forward activity to which an id belongs: `charge~2:undo` → `charge~2`. */
export function forwardIdOf(parsed: Pick<ParsedActivityId, 'nodeId' | 'path' | 'within'>): string {
  const step = stepIdOfActivity(parsed);
  return parsed.within === null ? step : `${step}/${parsed.within}`;
}
/** The step that a person is asked about, or whose wait may be ended: the id of its forward activity. */
export function stepOfWait({ nodeId, activityId }: { nodeId: string; activityId: string }): string {
  const parsed = parseActivityId(activityId);
  return parsed ? forwardIdOf(parsed) : nodeId;
}
