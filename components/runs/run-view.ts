'use client';

/**
 * The run in the form that every part of its page uses: the live data, its projection, and what can be done to it
 * now.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { RunDetail, RunLive } from '@/app/_contract/runs';
import { useRunLive } from '@/components/live/use-run-live';
import { useWhyNot } from '@/components/people/person';
import { useNow } from '@/components/ui/time';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { RunFacts, RunProjection } from '@/engine/run-view/model';
import { project } from '@/engine/run-view/project';
import { blankManifest } from './blank-manifest';
import { useAway, type Away } from './use-away';
import { usePaced } from './use-paced';

export interface RunView {
  detail: RunDetail;
  live: RunLive;
  /** Null for a workflow that is not a published flow. */
  manifest: FlowManifest | null;
  /** The manifest for reading the history. Never null: a workflow without a flow gets an empty one. */
  readBy: FlowManifest;
  projection: RunProjection;
  away: Away | null;
  /** Why nothing can be changed about the run now; null if it can. */
  blocked: string | null;
  /** Why nothing can be decided or updated now, which a pause refuses too; null if it can. */
  undecided: string | null;
  /** Why the run cannot be queried now; null if it can. */
  mute: string | null;
  /** It is shown as it was at an earlier moment (use-moment.ts): why nothing can be done to it there. Null: now. */
  past: string | null;
  /** It comes from a file: its neighbours are not here. */
  isFile?: true;
}

/** Changes of a busy run within this time are shown together. */
const PACE_MS = 250;
/** The projection uses the clock to detect steps that no worker picks up, so it is computed again at this interval. */
const CLOCK_MS = 5_000;

const PAUSED = 'The run is paused: resume it first.';

export function useRunView(initial: RunDetail): RunView {
  const { workflowId, runId } = initial.summary;
  const { detail, live: latest, refused } = useRunLive(workflowId, runId, initial);
  const live = usePaced(latest, PACE_MS);
  const away = useAway(refused);
  const whyNot = useWhyNot('runs.signal', initial.summary.flow);
  const { manifest } = detail;
  useNewRevision(detail, live.summary.revision);
  const readBy = useMemo(
    () => manifest ?? blankManifest(initial.summary.workflowType),
    [manifest, initial.summary.workflowType]
  );
  const open = live.summary.closeMs === null;
  const now = useNow();
  const ticked = !open || away || now === null ? 0 : Math.floor(now / CLOCK_MS) * CLOCK_MS;
  const projection = useMemo(() => project(factsOf(live, detail, ticked), readBy), [live, detail, readBy, ticked]);
  const blocked = !open ? 'This run has ended.' : (whyNot ?? away?.reason ?? null);
  const undecided = blocked ?? (projection.pause ? PAUSED : null);
  return {
    detail,
    live,
    manifest,
    readBy,
    projection,
    away,
    blocked,
    undecided,
    mute: away?.reason ?? null,
    past: null,
  };
}

/** A run that switches to another revision is shown with the drawing of that revision. */
function useNewRevision({ manifest, summary }: RunDetail, revision: string | null): void {
  const client = useQueryClient();
  const { workflowId, runId } = summary;
  const shown = manifest?.revision ?? null;
  useEffect(() => {
    if (shown === null || revision === null || shown === revision) return;
    void client.invalidateQueries({ queryKey: ['run', workflowId, runId] });
  }, [client, workflowId, runId, shown, revision]);
}

/** Everything that is known of the run. */
export function factsOf(
  live: RunLive,
  { settlements, handedOver }: Pick<RunDetail, 'settlements'> & Partial<Pick<RunDetail, 'handedOver'>>,
  ticked = 0
): RunFacts {
  const { lateAnswers = [], passedOn = null } = live.summary;
  return { ...live, settlements, handedOver, lateAnswers, passedOn, nowMs: Math.max(live.asOfMs, ticked) };
}

/** The parts of a run that the canvas and the list draw. */
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
