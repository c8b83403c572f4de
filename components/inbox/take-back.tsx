'use client';

/** Takes a decision back while its run waits for that. The time is the server's; when it is over the button goes away. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import type { AppFailure } from '@/app/_contract/errors';
import type { InboxTask, TakeBackReceipt, TakeBackTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { newId } from '@/components/live/request-id';
import { Button } from '@/components/ui/button';
import { Ahead, Instant, useNow } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

export const sendTakeBack = (taskId: string): Promise<TakeBackReceipt> => {
  const body: TakeBackTask = { requestId: newId() };
  return postJson<TakeBackReceipt>(routes.takeBackTask(taskId), body);
};

interface TakeBackState {
  send: () => void;
  sending: boolean;
  failure: AppFailure | null;
}

function useTakeBack({ taskId }: Pick<InboxTask, 'taskId'>): TakeBackState {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => sendTakeBack(taskId),
    meta: { shownByForm: true },
    retry: false,
    onSuccess: () => void toast('Taken back. It waits for a decision again.'),
    onSettled: () => client.invalidateQueries({ queryKey: ['inbox'] }),
  });
  return { send: () => mutate(), sending: isPending, failure: error && !isPending ? failureFrom(error) : null };
}

/** 'The run goes on in 2 minutes, at 14:05.' and, for whoever decided, the button. Nothing after that time. */
export function TakeBackLine({ task }: { task: InboxTask }) {
  const state = useTakeBack(task);
  const now = useNow();
  const { takeBackUntilMs, settled } = task;
  const goesOnAtMs = settled?.goesOnAtMs ?? null;
  const isOver = (atMs: number | null) => atMs === null || (now !== null && now >= atMs);
  if (isOver(goesOnAtMs) && isOver(takeBackUntilMs)) return null;
  const shown = goesOnAtMs ?? takeBackUntilMs!;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <p className="min-w-0">
          {goesOnAtMs === null ? 'You can take your vote back until' : 'The run goes on at'}{' '}
          <Instant atMs={shown} to="minute" className="font-medium" />{' '}
          <span className="text-ink-2">
            (<Ahead atMs={shown} />)
          </span>
          .
        </p>
        {isOver(takeBackUntilMs) ? null : (
          <Button size="sm" pending={state.sending} onClick={state.send}>
            <Undo2 aria-hidden />
            Take it back
          </Button>
        )}
      </div>
      {state.failure ? <FailureBand failure={state.failure} /> : null}
    </div>
  );
}

/** For a row of a list, above the link that covers it. */
export function TakeBackButton({ task }: { task: InboxTask }) {
  const state = useTakeBack(task);
  const now = useNow();
  const { takeBackUntilMs } = task;
  if (takeBackUntilMs === null || (now !== null && now >= takeBackUntilMs)) return null;
  return (
    <div className="relative z-10 mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
      <span className="text-ink-2">
        {task.settled ? 'Goes on at' : 'Can be taken back until'} <Instant atMs={takeBackUntilMs} to="minute" />
      </span>
      <Button size="sm" pending={state.sending} onClick={state.send}>
        <Undo2 aria-hidden />
        Take it back
      </Button>
      {state.failure ? <p className="basis-full text-fail">{state.failure.message}</p> : null}
    </div>
  );
}

/** The answer to a decision, with the way back as long as there is one. */
export function toastDecided(words: string, taskId: string, goesOnAtMs: number | null, description?: string): void {
  const leftMs = goesOnAtMs === null ? 0 : goesOnAtMs - Date.now();
  toast(words, {
    ...(description === undefined ? {} : { description }),
    ...(leftMs > 0
      ? {
          duration: Math.min(leftMs, TOAST_MOST_MS),
          action: {
            label: 'Take it back',
            onClick: () =>
              void sendTakeBack(taskId).then(
                () => toast('Taken back. It waits for a decision again.'),
                (error: unknown) => {
                  const { message, whatToDo } = failureFrom(error);
                  toast.error(message, { description: whatToDo });
                }
              ),
          },
        }
      : {}),
  });
}
const TOAST_MOST_MS = 20_000;
