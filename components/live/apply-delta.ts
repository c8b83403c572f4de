/** A run's live state after a delta. Pure; the rules are those of app/_contract/live.ts. */
import type { RunDelta } from '@/app/_contract/live';
import type { RunLive } from '@/app/_contract/runs';

export function applyDelta(live: RunLive, delta: RunDelta): RunLive {
  const last = live.events.at(-1)?.id ?? 0;
  const fresh = delta.events?.filter((event) => event.id > last) ?? [];
  return {
    ...live,
    token: delta.token,
    asOfMs: delta.asOfMs,
    ...(fresh.length > 0 ? { events: [...live.events, ...fresh] } : {}),
    ...(delta.pending ? { pending: delta.pending } : {}),
    ...(delta.workflowTask !== undefined ? { workflowTask: delta.workflowTask } : {}),
    ...(delta.nodes ? { nodes: delta.nodes.report, nodesProblem: delta.nodes.problem } : {}),
    ...(delta.summary ? { summary: delta.summary, status: delta.summary.status } : {}),
  };
}
