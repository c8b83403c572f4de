'use client';

/**
 * The check of a revision from its start until it is live: begun, watched over the socket while it runs, ended when its
 * reader leaves.
 *
 * Rules
 * [UGT1] What is live remains live: a report that was sent before and arrives late has no effect.
 * [UGT2] A report counts only while its check is watched.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { GateAnswer, GateReport, GoLive, StartGate } from '@/app/_contract/gates';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { heard, liveSocket } from '@/components/live/link';

const ASK_AGAIN_MS = 1_500;
/** The revision may have gone live all the same. The same request again has the same answer ([GT6]). */
const UNANSWERED: readonly AppFailure['code'][] = ['engineAway', 'databaseAway', 'outcomeUnknown'];

export interface UseGate {
  report: GateReport | null;
  /** The start or going live is under way. */
  pending: boolean;
  failure: AppFailure | null;
  /** Going live had no answer; it is asked for again until there is one. */
  unanswered: boolean;
  start: (body: StartGate) => Promise<void>;
  goLive: (body: GoLive) => Promise<GateReport | null>;
}

export function useGate(flow: string): UseGate {
  const [report, setNewest] = useState<GateReport | null>(null);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [unanswered, setUnanswered] = useState(false);
  const left = useRef(new AbortController());
  const running = useRef<GateReport | null>(null);
  const isChecking = report?.phase === 'checking';
  /** [UGT1] */
  const setReport = useCallback(
    (next: GateReport | null) =>
      setNewest((before) => (before?.phase === 'live' && (next === null || next.id === before.id) ? before : next)),
    []
  );

  useEffect(() => {
    running.current = report;
  }, [report]);
  const checkedId = isChecking ? report.id : null;
  useEffect(() => {
    if (checkedId === null) return;
    const id = checkedId;
    const socket = liveSocket();
    /** [UGT2] */
    let isWatched = true;
    const lost = (error: AppFailure) => {
      if (!isWatched) return;
      setFailure(error);
      // A check that is gone has no next report. Otherwise it is watched again with the next connection.
      if (error.code === 'gateNotFound') setReport(null);
    };
    const take = (next: GateReport) => {
      heard();
      if (isWatched && next.id === id) setReport(next);
    };
    const watch = () =>
      void socket.emit('watchGate', { flow, id }, (answer) =>
        answer.kind === 'watching' ? take(answer.report) : lost(answer.error)
      );
    const onLost = (message: { id: string; error: AppFailure }) => {
      if (message.id === id) lost(message.error);
    };
    socket.on('connect', watch);
    socket.on('gateReport', take);
    socket.on('gateLost', onLost);
    // A socket that is not connected yet asks when it is.
    if (socket.connected) watch();
    return () => {
      isWatched = false;
      socket.off('connect', watch);
      socket.off('gateReport', take);
      socket.off('gateLost', onLost);
      if (socket.connected) socket.emit('unwatchGate', { id });
    };
  }, [flow, checkedId, setReport]);
  useEffect(() => {
    const leaving = (left.current = new AbortController());
    return () => {
      leaving.abort();
      const { id, phase } = running.current ?? {};
      if (id && phase !== 'live') void postJson(routes.endGate(flow, id), {}).catch(() => {});
    };
  }, [flow]);

  const send = async (url: string, body: StartGate | GoLive): Promise<GateReport | AppFailure> => {
    setPending(true);
    try {
      const answer = await postJson<GateAnswer>(url, body);
      setReport(answer.report);
      setFailure(null);
      return answer.report;
    } catch (error) {
      const why = failureFrom(error);
      setFailure(why);
      return why;
    } finally {
      setPending(false);
    }
  };
  return {
    report,
    pending: pending || unanswered,
    failure,
    unanswered,
    async start(body) {
      setFailure(null);
      await send(routes.gates(flow), body);
    },
    async goLive(body) {
      const { id = '', revision } = report ?? {};
      const { signal } = left.current;
      setFailure(null);
      for (let sent = navigator.onLine; ; sent ||= navigator.onLine) {
        const answer = await send(routes.goLive(flow, id), body);
        const ask = sent && 'code' in answer && UNANSWERED.includes(answer.code);
        setUnanswered(ask);
        if ('phase' in answer) return answer;
        if (!ask) {
          if (answer.code === 'gateNotFound')
            setFailure({ ...answer, message: `${revision} did not go live: the check was lost. Nothing was changed.` });
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
        if (signal.aborted) return null;
      }
      // More runs may break by now than the person saw.
      await getJson<GateAnswer>(routes.gate(flow, id)).then(
        (now) => setReport(now.report),
        () => setReport(null)
      );
      return null;
    },
  };
}
