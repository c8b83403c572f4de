'use client';

/** Values of the newest run of the flow; before there is one that this person may see, those of the last try. */
import { useEffect, useMemo, useState } from 'react';
import type { RunDetail, RunsPage } from '@/app/_contract/runs';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import type { TrialResult } from '@/engine/trial/result';
import { samplesOfRun, samplesOfTry, type Samples } from './samples';

/** The page comes first. */
const PAUSE_MS = 1_500;

/** `flow`: of the draft, once it was published; null: there are no runs. `maySee`: the right to read its runs. */
export function useSamples(flow: string | null, maySee: boolean, tried: TrialResult | null): Samples | null {
  const [ofRun, setOfRun] = useState<Samples | null>(null);
  useEffect(() => {
    if (flow === null || !maySee) return;
    const left = new AbortController();
    const read = async () => {
      const search = new URLSearchParams({ flow, pageSize: '1' });
      const { runs } = await getJson<RunsPage>(routes.runs(String(search)), left.signal);
      const newest = runs[0];
      if (!newest) return;
      const { live } = await getJson<RunDetail>(routes.run(newest.workflowId, newest.runId), left.signal);
      if (!left.signal.aborted) setOfRun(samplesOfRun(newest.workflowId, live.events));
    };
    // Without it everything but the samples works.
    const timer = setTimeout(() => void read().catch(() => undefined), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [flow, maySee]);
  const ofTry = useMemo(() => (tried ? samplesOfTry(tried.events, tried.manifest) : null), [tried]);
  return ofRun ?? ofTry;
}
