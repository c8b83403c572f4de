'use client';

/** A run as every part of its page sees it: the live data, its projection, and what may be done to it now. */
import { useMemo } from 'react';
import type { RunDetail, RunLive } from '@/app/_contract/runs';
import { useRunLive } from '@/components/live/use-run-live';
import { useWhyNot } from '@/components/people/person';
import { useNow } from '@/components/ui/time';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { RunProjection } from '@/engine/run-view/model';
import { project } from '@/engine/run-view/project';
import { blankManifest } from './blank-manifest';
import { useAway, type Away } from './use-away';
import { usePaced } from './use-paced';

export interface RunView {
  detail: RunDetail;
  live: RunLive;
  /** Null for a workflow that is no published flow. */
  manifest: FlowManifest | null;
  /** Never null: what such a workflow is read by. */
  readBy: FlowManifest;
  projection: RunProjection;
  away: Away | null;
  /** Why nothing can be changed about the run now; null when it can. */
  blocked: string | null;
  /** Why it cannot even be asked. */
  mute: string | null;
}

/** Pulses of a busy run are shown together. */
const PACE_MS = 250;
/** The projection looks at the clock for steps that nobody picks up; it need not look often. */
const CLOCK_MS = 5_000;

export function useRunView(initial: RunDetail): RunView {
  const { workflowId, runId } = initial.summary;
  const { detail, live: latest, refused } = useRunLive(workflowId, runId, initial);
  const live = usePaced(latest, PACE_MS);
  const away = useAway(refused);
  const whyNot = useWhyNot('runs.signal', initial.summary.flow);
  const { manifest } = detail;
  const readBy = useMemo(
    () => manifest ?? blankManifest(initial.summary.workflowType),
    [manifest, initial.summary.workflowType]
  );
  const open = live.summary.closeMs === null;
  const now = useNow();
  const ticked = !open || away || now === null ? 0 : Math.floor(now / CLOCK_MS) * CLOCK_MS;
  const projection = useMemo(
    () => project({ ...live, settlements: detail.settlements, nowMs: Math.max(live.asOfMs, ticked) }, readBy),
    [live, detail.settlements, readBy, ticked]
  );
  const blocked = !open ? 'This run has ended.' : (whyNot ?? away?.reason ?? null);
  return { detail, live, manifest, readBy, projection, away, blocked, mute: away?.reason ?? null };
}

/** What canvas and list draw of a run. */
export function pictureOf({ readBy, manifest, projection, live }: RunView) {
  return {
    document: readBy.document,
    manifest,
    states: projection.nodes,
    branches: projection.branches,
    ledger: projection.ledger,
    status: live.status,
  };
}
