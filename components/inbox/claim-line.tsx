'use client';

/**
 * Whose the task is, and what this person can do about it: claim it, take it over, release it, or give it to somebody.
 * Only its owner decides a claimed task.
 */
import { useQuery } from '@tanstack/react-query';
import { Hand, UserPlus, UserX } from 'lucide-react';
import { useState } from 'react';
import type { CandidateList, InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { PickList, type PickItem } from '@/components/ui/pick-list';
import { Popover } from '@/components/ui/popover';
import { RelativeTime } from '@/components/ui/time';
import { InviteGuest } from './guests';
import { useClaim, type ClaimState } from './use-claim';

export function ClaimLine({ task, disabledReason }: { task: InboxTask; disabledReason: string | null }) {
  const state = useClaim();
  const whyNotAssign = useWhyNot('inbox.assign', task.flow);
  const { claim } = task;
  if (!claim && !task.mine && whyNotAssign) return null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-h-8 flex-wrap items-center gap-2 text-sm">
        <Hand aria-hidden className="size-4 shrink-0 text-mark" />
        <p role="status" className="mr-1 min-w-0 wrap-anywhere">
          {claim ? (
            <>
              {claim.own ? 'You have claimed this' : `${claim.name} has claimed this`}{' '}
              <RelativeTime atMs={claim.atMs} className="text-ink-2" />
            </>
          ) : (
            <span className="text-ink-2">Nobody has claimed this.</span>
          )}
        </p>
        {claim?.own ? (
          <Button
            size="sm"
            pending={state.sending === 'release'}
            disabledReason={disabledReason}
            onClick={() => state.release(task)}
          >
            Release
          </Button>
        ) : task.mine ? (
          <Button
            size="sm"
            pending={state.sending === 'claim'}
            disabledReason={disabledReason}
            aria-keyshortcuts={claim ? undefined : 'c'}
            onClick={() => state.claim(task)}
          >
            {claim ? 'Take over' : 'Claim'}
          </Button>
        ) : null}
        {whyNotAssign ? null : <Assign {...{ task, state, disabledReason }} />}
        {whyNotAssign ? null : <InviteGuest {...{ task, disabledReason }} />}
      </div>
      {state.failure ? <FailureBand failure={state.failure} /> : null}
    </div>
  );
}

const NOBODY = '-';

function Assign({
  task,
  state,
  disabledReason,
}: {
  task: InboxTask;
  state: ClaimState;
  disabledReason: string | null;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Give it to"
      open={open}
      onOpenChange={setOpen}
      className="w-72"
      trigger={
        <Button size="sm" variant="ghost" pending={state.sending === 'assign'} disabledReason={disabledReason}>
          <UserPlus aria-hidden />
          Assign
        </Button>
      }
    >
      {open ? (
        <Candidates
          task={task}
          onPick={(key) => {
            setOpen(false);
            state.assign(task, key === NOBODY ? null : key);
          }}
        />
      ) : null}
    </Popover>
  );
}

function Candidates({ task, onPick }: { task: InboxTask; onPick: (key: string) => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['inbox', 'candidates', task.taskId],
    queryFn: ({ signal }) => getJson<CandidateList>(routes.candidates(task.taskId), signal),
  });
  if (error) return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} />;
  if (!data) return <div aria-busy className="h-40" />;
  const nobody: PickItem[] = task.claim
    ? [{ key: NOBODY, label: 'Nobody', detail: 'Release it', icon: <UserX aria-hidden className="size-4" /> }]
    : [];
  return (
    <PickList
      label={data.asksAnew ? 'People who could decide this' : 'People who may decide this'}
      placeholder="Name"
      empty="Nobody else may decide this."
      items={[...nobody, ...data.people.map(({ id, name }) => ({ key: id, label: name }))]}
      chosen={task.claim?.id}
      onPick={onPick}
    />
  );
}
