'use client';

/** Settings, People: the accounts, their roles and groups, and the links that can still be used. */
import {
  Ellipsis,
  KeyRound,
  KeySquare,
  ShieldCheck,
  Smartphone,
  UserPlus,
  UserRoundCheck,
  UserRoundX,
  Users,
} from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { InvitationRow, MadeLink, PeopleList, PersonRow } from '@/app/_contract/people';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { usePerson } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Button, IconButton } from '@/components/ui/button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { InviteDialog } from './invite-dialog';
import { LinkMade } from './link-made';
import { DeactivateDialog, ResetDialog, RolesDialog, SecondFactorDialog } from './person-dialogs';
import { RoleBadges } from './roles';
import { SecondFactorRuleCard } from './second-factor-rule-card';
import { SearchField } from '@/components/ui/search-field';
import { useRows } from '@/components/ui/use-rows';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next person, previous person' },
  { keys: ['Enter'], does: 'Roles and groups of the person' },
  { keys: ['/'], does: 'Search by name or e-mail address' },
  { keys: ['Esc'], does: 'Leave the search, then the row' },
];
type Asked = { kind: 'roles' | 'reset' | 'secondFactor' | 'deactivate'; person: PersonRow } | { kind: 'invite' };

export function PeoplePage({ prefetched }: { prefetched: Prefetched<PeopleList> }) {
  const { data, failure, readAtMs, retry } = useList('people', routes.people(), prefetched);
  const away = useAway();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [link, setLink] = useState<MadeLink | null>(null);
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const rows = useRows({ keys: KEYS, search });
  const close = () => setAsked(null);
  const made = (next: MadeLink) => {
    close();
    setLink(next);
  };
  const client = useQueryClient();
  const letIn = async (person: PersonRow) => {
    try {
      await postJson(routes.reactivate(person.id), {});
      toast(`${person.name} may sign in again.`);
    } catch (error) {
      const { message, whatToDo } = failureFrom(error);
      toast.error(message, { description: whatToDo });
    }
    await client.invalidateQueries({ queryKey: ['people'] });
  };
  const wanted = text.trim().toLowerCase();
  const people = data?.people.filter(
    ({ name, email }) => name.toLowerCase().includes(wanted) || email.toLowerCase().includes(wanted)
  );
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold">People</h1>
        <div className="ml-auto flex items-center gap-2 max-sm:ml-0 max-sm:w-full">
          <SearchField
            ref={search}
            aria-label="Search by name or e-mail address"
            aria-keyshortcuts="/"
            placeholder="Name or e-mail…"
            value={text}
            onValue={setText}
            onRows={() => rows.current?.querySelector<HTMLElement>('[data-row]')?.focus()}
            className="sm:w-56"
          />
          <Button
            variant="primary"
            disabledReason={away?.reason ?? (data ? null : 'The list could not be read.')}
            onClick={() => setAsked({ kind: 'invite' })}
          >
            <UserPlus aria-hidden />
            Invite
          </Button>
        </div>
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data && people ? (
        <>
          <Card>
            <CardHeader title="Accounts" description={`${data.people.length} in all`} />
            <div ref={rows} data-rows>
              {people.length === 0 ? (
                <EmptyState
                  className="py-8"
                  icon={<Users aria-hidden />}
                  title="Nobody matches"
                  action={<Button onClick={() => setText('')}>Clear the search</Button>}
                />
              ) : (
                <ul className="divide-y divide-hairline">
                  {people.map((person) => (
                    <Account
                      key={person.id}
                      person={person}
                      needsFactor={data.secondFactorRule.forAll}
                      onAsk={setAsked}
                      onLetIn={(who) => void letIn(who)}
                    />
                  ))}
                </ul>
              )}
            </div>
          </Card>
          <OpenLinks links={data.invitations} />
          <SecondFactorRuleCard list={data} away={away?.reason ?? null} />
        </>
      ) : null}
      {data && asked?.kind === 'invite' ? <InviteDialog list={data} onMade={made} onClose={close} /> : null}
      {data && asked?.kind === 'roles' ? <RolesDialog person={asked.person} list={data} onClose={close} /> : null}
      {data && asked?.kind === 'reset' ? (
        <ResetDialog person={asked.person} list={data} onMade={made} onClose={close} />
      ) : null}
      {data && asked?.kind === 'secondFactor' ? (
        <SecondFactorDialog person={asked.person} list={data} onClose={close} />
      ) : null}
      {data && asked?.kind === 'deactivate' ? (
        <DeactivateDialog person={asked.person} list={data} onClose={close} />
      ) : null}
      {link ? <LinkMade link={link} onClose={() => setLink(null)} /> : null}
    </>
  );
}

function Account({
  person,
  needsFactor,
  onAsk,
  onLetIn,
}: {
  person: PersonRow;
  /** Everybody needs a second factor. */
  needsFactor: boolean;
  onAsk: (asked: Asked) => void;
  onLetIn: (person: PersonRow) => void;
}) {
  const me = usePerson();
  const own = me.id === person.id;
  return (
    <li className="flex items-center gap-x-4 px-4 py-2.5">
      <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(0,1fr)] md:items-center">
        <div className="min-w-0">
          <button
            type="button"
            data-row
            onClick={() => onAsk({ kind: 'roles', person })}
            className="block max-w-full truncate rounded-sm text-left text-sm font-medium underline-offset-2 hover:underline"
          >
            {person.name}
            {own ? <span className="font-normal text-ink-2"> (you)</span> : null}
          </button>
          <p className="truncate text-xs text-ink-2">{person.email}</p>
        </div>
        <div className="flex flex-wrap items-center gap-1">
          {person.deactivatedMs ? (
            <Badge>
              <UserRoundX aria-hidden />
              Deactivated
            </Badge>
          ) : (
            <RoleBadges grants={person.grants} none={person.groups.length ? 'Roles of groups only' : 'No role'} />
          )}
          {person.secondFactor ? (
            <Badge>
              <Smartphone aria-hidden />
              Second factor
            </Badge>
          ) : null}
          {person.passkeys > 0 ? (
            <Badge>
              <KeySquare aria-hidden />
              Passkey
            </Badge>
          ) : null}
          {needsFactor && person.lacksFactor && !person.deactivatedMs ? <Badge>No second factor yet</Badge> : null}
          {person.groups.map((group) => (
            <Badge key={group}>
              <Users aria-hidden />
              {group}
            </Badge>
          ))}
        </div>
        <p className="text-xs text-ink-2">
          {person.deactivatedMs ? (
            <RelativeTime prefix="since " atMs={person.deactivatedMs} />
          ) : person.lastSeenMs ? (
            <RelativeTime prefix="signed in " atMs={person.lastSeenMs} />
          ) : (
            'never signed in'
          )}
        </p>
      </div>
      <Menu
        trigger={
          <IconButton label={`What to do with ${person.name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={() => onAsk({ kind: 'roles', person })}>
          Roles and groups…
        </MenuItem>
        <MenuItem
          icon={<KeyRound aria-hidden />}
          disabled={person.deactivatedMs !== null}
          onSelect={() => onAsk({ kind: 'reset', person })}
        >
          New password…
        </MenuItem>
        {person.secondFactor || person.passkeys > 0 ? (
          <MenuItem
            icon={<Smartphone aria-hidden />}
            disabled={own}
            description={own ? 'Turn off your own in your account.' : undefined}
            onSelect={() => onAsk({ kind: 'secondFactor', person })}
          >
            Take away the second factor…
          </MenuItem>
        ) : null}
        {person.deactivatedMs ? (
          <MenuItem icon={<UserRoundCheck aria-hidden />} onSelect={() => onLetIn(person)}>
            Reactivate
          </MenuItem>
        ) : (
          <MenuItem
            danger
            icon={<UserRoundX aria-hidden />}
            disabled={own}
            description={own ? 'Another administrator can deactivate you.' : undefined}
            onSelect={() => onAsk({ kind: 'deactivate', person })}
          >
            Deactivate…
          </MenuItem>
        )}
      </Menu>
    </li>
  );
}

function OpenLinks({ links }: { links: readonly InvitationRow[] }) {
  const { pending, failure, send } = useSend(['people']);
  return (
    <Card>
      <CardHeader
        title="Unused links"
        description="Each link can be used once. A newer link for the same person replaces it."
      />
      {failure ? <FailureBand failure={failure} className="m-3" /> : null}
      {links.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2">None. Invite somebody, or create a link for a new password.</p>
      ) : (
        <ul className="divide-y divide-hairline">
          {links.map((link) => (
            <li key={link.id} className="flex items-center gap-x-4 px-4 py-2.5">
              <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(0,1fr)] md:items-center">
                <div className="min-w-0">
                  <p className="truncate text-sm font-medium">{link.email}</p>
                  <p className="truncate text-xs text-ink-2">
                    {link.kind === 'invite' ? 'Invitation' : 'New password'} by {link.createdBy}
                  </p>
                </div>
                {link.kind === 'invite' ? <RoleBadges grants={link.grants} /> : <span />}
                <p className="text-xs text-ink-2">
                  <RelativeTime prefix="ends " atMs={link.expiresMs} />
                </p>
              </div>
              <Button
                size="sm"
                pending={pending}
                aria-label={`Withdraw the link for ${link.email}`}
                onClick={() => void send(routes.withdrawInvitation(link.id), {})}
              >
                Withdraw
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
