'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { RunDetail, RunLive } from '@/app/_contract/runs';
import { useLatest } from '@/components/ui/use-latest';
import { getJson } from './api';
import { heard, liveSocket, unwatched } from './link';
import { RunStream } from './run-stream';

const REFUSED_RETRY_MS = 2_000;

export interface RunLiveState {
  detail: RunDetail;
  /** `detail.live`, kept current. */
  live: RunLive;
  /** Why the run cannot be watched now; the last data remains. */
  refused: AppFailure | null;
}

/**
 * A live run: the data that the page was served with, then every change over the socket. After a lost connection it
 * resumes with its token, without a gap and without a repeat.
 */
export function useRunLive(workflowId: string, runId: string, initial: RunDetail): RunLiveState {
  const client = useQueryClient();
  const [refused, setRefused] = useState<AppFailure | null>(null);
  // Where the page reads the run itself, this follows every change, and nothing is to be watched anew.
  const served = useLatest(() => initial);
  const { data: detail } = useQuery({
    queryKey: ['run', workflowId, runId],
    queryFn: ({ signal }) => getJson<RunDetail>(routes.run(workflowId, runId), signal),
    initialData: initial,
    // The socket keeps this data current.
    staleTime: Infinity,
    refetchOnReconnect: false,
  });

  useEffect(() => {
    const socket = liveSocket();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const key = ['run', workflowId, runId];
    const known = client.getQueryData<RunDetail>(key) ?? served();
    const stream = new RunStream(
      { workflowId, runId },
      known.live,
      { watch: (request, answer) => void socket.emit('watchRun', request, answer) },
      {
        onLive: (live) => {
          setRefused(null);
          client.setQueryData<RunDetail>(key, (now) => ({ ...(now ?? served()), live, summary: live.summary }));
        },
        onUpstream: heard,
        onRefused: (error) => {
          setRefused(error);
          if (error.code === 'engineAway' || error.code === 'databaseAway' || error.code === 'outcomeUnknown') {
            heard('engineAway');
            retry = setTimeout(ask, REFUSED_RETRY_MS);
          }
        },
      }
    );
    const ask = () => {
      if (socket.connected) stream.ask();
    };
    const onDelta: Parameters<typeof socket.on<'runDelta'>>[1] = (delta) => {
      heard();
      stream.delta(delta);
    };
    socket.on('connect', ask);
    socket.on('runDelta', onDelta);
    ask();
    return () => {
      clearTimeout(retry);
      unwatched();
      socket.off('connect', ask);
      socket.off('runDelta', onDelta);
      if (socket.connected) socket.emit('unwatchRun', { workflowId, runId });
    };
  }, [client, workflowId, runId, served]);

  return { detail, live: detail.live, refused };
}
