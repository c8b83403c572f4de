'use client';

/** The check of a revision from its start until it is live: begun, read again while it runs, ended when its reader leaves. */
import { useEffect, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { GateAnswer, GateReport, GoLive, StartGate } from '@/app/_contract/gates';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';

/** Short enough that the counts move under the eye. */
const READ_AGAIN_MS = 400;

export interface UseGate {
  report: GateReport | null;
  /** The start or going live is under way. */
  pending: boolean;
  failure: AppFailure | null;
  start: (body: StartGate) => Promise<void>;
  goLive: (body: GoLive) => Promise<GateReport | null>;
}

export function useGate(flow: string): UseGate {
  const [report, setReport] = useState<GateReport | null>(null);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const running = useRef<GateReport | null>(null);
  const isChecking = report?.phase === 'checking';

  useEffect(() => {
    running.current = report;
  }, [report]);
  useEffect(() => {
    if (!isChecking || !report) return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      getJson<GateAnswer>(routes.gate(flow, report.id), left.signal).then(
        (answer) => setReport(answer.report),
        (error: unknown) => {
          if (left.signal.aborted) return;
          const why = failureFrom(error);
          setFailure(why);
          // The next reading follows; a check that is gone has no next one.
          setReport(why.code === 'gateNotFound' ? null : { ...report });
        }
      );
    }, READ_AGAIN_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [flow, report, isChecking]);
  useEffect(
    () => () => {
      const { id, phase } = running.current ?? {};
      if (id && phase !== 'live') void postJson(routes.endGate(flow, id), {}).catch(() => {});
    },
    [flow]
  );

  const send = async (url: string, body: StartGate | GoLive): Promise<GateReport | null> => {
    setPending(true);
    setFailure(null);
    try {
      const answer = await postJson<GateAnswer>(url, body);
      setReport(answer.report);
      return answer.report;
    } catch (error) {
      setFailure(failureFrom(error));
      return null;
    } finally {
      setPending(false);
    }
  };
  return {
    report,
    pending,
    failure,
    start: async (body) => void (await send(routes.gates(flow), body)),
    async goLive(body) {
      const id = report?.id ?? '';
      const live = await send(routes.goLive(flow, id), body);
      // More runs may break by now than the person saw.
      if (!live)
        await getJson<GateAnswer>(routes.gate(flow, id)).then(
          (now) => setReport(now.report),
          () => setReport(null)
        );
      return live;
    },
  };
}
