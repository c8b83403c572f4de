'use client';

/**
 * The moment of the run that its page shows: the state after one event of its history, or now. It is in the URL, so that a
 * colleague sees the same.
 */
import { parseAsInteger, useQueryState } from 'nuqs';
import { useEffect, useMemo, useState } from 'react';
import type { RunDetail, RunLive } from '@/app/_contract/runs';
import type { FlowManifest } from '@/engine/flow/manifest';
import { Moments } from '@/engine/run-view/moments';
import { factsOf, type RunView } from './run-view';

const LOOKS_BACK = 'You look at an earlier moment of this run. Go back to now first.';
/** The address follows when the slider rests. */
const REST_MS = 250;

export interface MomentView {
  /** The run as it was then; now: the live run itself. */
  view: RunView;
  /** The number of the event after which the run is shown; null: now. */
  at: number | null;
  /** The number of its events. */
  events: number;
  go: (at: number | null) => void;
}

export function useMoment(now: RunView): MomentView {
  const [address, setAddress] = useQueryState('at', parseAsInteger.withOptions({ history: 'replace' }));
  const [asked, go] = useState(address);
  useEffect(() => {
    if (asked === address) return;
    const timer = setTimeout(() => void setAddress(asked), REST_MS);
    return () => clearTimeout(timer);
  }, [asked, address, setAddress]);
  const { live, detail, readBy } = now;
  const events = live.events.length;
  const at = asked === null || events === 0 ? null : Math.min(Math.max(1, asked), events);
  const [moments] = useState(() => new Moments());
  const then = useMemo(
    () => (at === null ? null : momentOf(moments, live, detail, readBy, at)),
    [moments, live, detail, readBy, at]
  );
  return { view: then ? { ...now, ...then } : now, at, events, go };
}

function momentOf(
  moments: Moments,
  live: RunLive,
  detail: RunDetail,
  readBy: FlowManifest,
  at: number
): Partial<RunView> {
  moments.update(live.events);
  const { facts, projection } = moments.at(at, factsOf(live, detail), readBy);
  const { status, events, pending, nowMs } = facts;
  const closeMs = status === 'running' ? null : nowMs;
  return {
    live: {
      ...live,
      status,
      events,
      pending,
      nodes: null,
      nodesProblem: null,
      workflowTask: null,
      asOfMs: nowMs,
      summary: { ...live.summary, status, closeMs },
    },
    projection,
    past: LOOKS_BACK,
    blocked: LOOKS_BACK,
    undecided: LOOKS_BACK,
    mute: LOOKS_BACK,
  };
}
