/** Applies a delta to the live state of a run. Pure; the rules are in app/_contract/live.ts. */
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
    ...(delta.pending ? { pending: delta.pending, seenAttempts: seenAttempts(live) } : {}),
    ...(delta.workflowTask !== undefined ? { workflowTask: delta.workflowTask } : {}),
    ...(delta.nodes ? { nodes: delta.nodes.report, nodesProblem: delta.nodes.problem } : {}),
    ...(delta.summary ? { summary: delta.summary, status: delta.summary.status } : {}),
  };
}

/** Attempts are kept after an activity has closed, so that the timeline can still mark them. */
export function seenAttempts({ seenAttempts: before, pending }: RunLive): RunLive['seenAttempts'] {
  const seen = pending.filter(({ attempts }) => attempts.length > 0);
  if (seen.length === 0) return before;
  return { ...before, ...Object.fromEntries(seen.map((each) => [each.scheduledEventId, each.attempts])) };
}
