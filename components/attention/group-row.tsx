'use client';

import { BellOff, Check, Ellipsis, MessageSquare, RotateCw, UserRound } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { AttentionGroup } from '@/app/_contract/attention';
import { pages, routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { useSend } from '@/components/live/use-send';
import { usePerson, useWhyNot } from '@/components/people/person';
import { StatusMark } from '@/components/status/status-mark';
import { Button, IconButton } from '@/components/ui/button';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { Badge } from '@/components/ui/surface';
import { Instant, RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { useCount } from '@/components/ui/writing';
import { NotesDialog } from './notes-dialog';
import { RetryDialog } from './retry-dialog';
import { groupWords, KIND_WORDS } from './words';

/** Lies above the link that covers the row. */
const OWN = 'relative z-10';

const SNOOZES = [
  { minutes: 60, label: 'For an hour' },
  { minutes: 4 * 60, label: 'For four hours' },
  { minutes: 24 * 60, label: 'For a day' },
  { minutes: 7 * 24 * 60, label: 'For a week' },
];

/** `away`: why nothing can be changed now. */
export function GroupRow({ group, away }: { group: AttentionGroup; away: string | null }) {
  const { mark, noun, since } = KIND_WORDS[group.kind];
  const { place, error } = groupWords(group);
  const count = useCount();
  const counted = `${count(group.count)} ${noun}${group.count === 1 ? '' : 's'}`;
  return (
    <li className="relative grid gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 hover:bg-ink/3 md:grid-cols-[minmax(0,1fr)_auto] md:items-center">
      <div className="flex min-w-0 gap-3">
        <StatusMark state={mark} attempt={2} maximumAttempts={4} size={16} word="none" className="mt-0.5 self-start" />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <Link
              href={group.search === null ? pages.inbox() : pages.runs(group.search)}
              data-row
              className="rounded-sm text-sm font-medium wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
            >
              {place === null ? error : place}
            </Link>
            {place === null ? null : <span className="font-mono text-xs wrap-anywhere">{error}</span>}
          </p>
          <p className="text-xs text-ink-2">
            <span className="figures font-medium text-ink">{counted}</span>
            {' · '}
            {since} <Instant atMs={group.firstMs} to="minute" />
            {group.firstVersion === null ? null : `, first in v${group.firstVersion}`}
            {group.count > 1 ? (
              <>
                {' · latest '}
                <RelativeTime atMs={group.lastMs} className={OWN} />
              </>
            ) : null}
            {' · '}
            {group.title ?? group.flow}
          </p>
          {group.text ? (
            <p className="mt-0.5 line-clamp-2 text-xs text-ink-2 wrap-anywhere">
              <span className="sr-only">The latest says: </span>
              {group.text}
            </p>
          ) : null}
          <Said group={group} />
        </div>
      </div>
      <Acts group={group} name={place === null ? error : `${place}: ${error}`} away={away} />
    </li>
  );
}

/** What people have said about the group. */
function Said({ group: { owner, acknowledged, fresh, snoozed, notes } }: { group: AttentionGroup }) {
  const count = useCount();
  const [latest] = notes;
  if (!owner && !acknowledged && !snoozed && !latest) return null;
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-2">
      {owner ? (
        <Badge>
          <UserRound aria-hidden />
          <span className="sr-only">Owner: </span>
          {owner.name}
        </Badge>
      ) : null}
      {fresh === null ? null : <Badge tone="fail">{count(fresh)} new since</Badge>}
      {acknowledged ? (
        <span>
          Acknowledged by {acknowledged.by} <RelativeTime atMs={acknowledged.atMs} className={OWN} />
        </span>
      ) : null}
      {snoozed ? (
        <span>
          Snoozed by {snoozed.by} until <Instant atMs={snoozed.untilMs} to="minute" />: its alerts tell nobody until
          then
        </span>
      ) : null}
      {latest ? (
        <span className="min-w-0 basis-full truncate">
          {latest.by}: {latest.text}
        </span>
      ) : null}
    </div>
  );
}

function Acts({ group, name, away }: { group: AttentionGroup; name: string; away: string | null }) {
  const person = usePerson();
  const mayNot = useWhyNot('attention.acknowledge', group.may.operate ? group.flow : null);
  const why = away ?? (group.may.operate ? null : mayNot);
  const { pending, send } = useSend(['attention']);
  const [isNoting, setNoting] = useState(false);
  const [isRetrying, setRetrying] = useState(false);
  const { flow, key } = group;
  const isMine = group.owner?.id === person.id;
  const isKnown = group.acknowledged !== null && group.fresh === null;
  const say = async (url: string, body: object, words: string) => {
    const receipt = await send<Receipt>(url, { flow, key, ...body });
    if (receipt) toast.success(words);
    else toast.error('That was not kept. Try again.');
  };
  const acknowledge = (acknowledged: boolean) =>
    say(routes.acknowledgeGroup(), { acknowledged }, acknowledged ? 'Acknowledged.' : 'No longer acknowledged.');
  return (
    <div className={`${OWN} flex flex-wrap items-center gap-2 max-md:pl-7`}>
      <Button
        size="sm"
        aria-label={`Notes on ${name}: ${group.notes.length}`}
        variant="ghost"
        onClick={() => setNoting(true)}
      >
        <MessageSquare aria-hidden />
        <span className="figures">{group.notes.length}</span>
      </Button>
      <Button
        size="sm"
        aria-label={`${isKnown ? 'Do not acknowledge' : 'Acknowledge'} ${name}`}
        pending={pending}
        disabledReason={why}
        onClick={() => void acknowledge(!isKnown)}
      >
        {isKnown ? null : <Check aria-hidden />}
        {isKnown ? 'Take back' : 'Acknowledge'}
      </Button>
      <Menu
        trigger={
          <IconButton size="sm" label={`More for ${name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        <MenuItem
          icon={<UserRound aria-hidden />}
          disabled={why !== null}
          description={group.owner && !isMine ? `It is ${group.owner.name}'s now.` : undefined}
          onSelect={() =>
            void say(routes.ownGroup(), { own: !isMine }, isMine ? 'It is nobody’s now.' : 'It is yours now.')
          }
        >
          {isMine ? 'Give it up' : 'Take it'}
        </MenuItem>
        <MenuItem asChild>
          <Link href={pages.run(group.example.workflowId, group.example.runId)}>Open the latest run</Link>
        </MenuItem>
        {group.kind === 'retries' ? (
          <MenuItem
            icon={<RotateCw aria-hidden />}
            disabled={why !== null}
            description="The next attempt begins at once in every run."
            onSelect={() => setRetrying(true)}
          >
            Try all now…
          </MenuItem>
        ) : null}
        <MenuSeparator />
        <MenuLabel>Snooze, and silence its alerts</MenuLabel>
        {group.snoozed ? (
          <MenuItem
            icon={<BellOff aria-hidden />}
            disabled={why !== null}
            onSelect={() => void say(routes.snoozeGroup(), { minutes: null }, 'No longer snoozed.')}
          >
            Not any more
          </MenuItem>
        ) : null}
        {SNOOZES.map(({ minutes, label }) => (
          <MenuItem
            key={minutes}
            icon={<BellOff aria-hidden />}
            disabled={why !== null}
            onSelect={() => void say(routes.snoozeGroup(), { minutes }, `Snoozed ${label.toLowerCase()}.`)}
          >
            {label}
          </MenuItem>
        ))}
      </Menu>
      {isRetrying ? <RetryDialog group={group} name={name} onClose={() => setRetrying(false)} /> : null}
      {isNoting ? <NotesDialog group={group} name={name} why={why} onClose={() => setNoting(false)} /> : null}
    </div>
  );
}
