'use client';

/** Your account: the password, the second factor, passkeys, notifications, and where you are signed in. */
import { KeyRound, LogOut, MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';

import type { OwnAccount, OwnSession } from '@/app/_contract/account';
import type { OwnDevices, OwnNotifications } from '@/app/_contract/notifications';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { usePerson } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Badge, Card } from '@/components/ui/surface';
import { Instant, RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { browserWords } from './browser-words';
import { endedWords } from './ended-words';
import { DevicesCard } from './devices-card';
import { NotificationsCard } from './notifications-card';
import { Passkeys } from './passkeys';
import { ProviderCard } from './provider-card';
import { SecondFactor } from './second-factor';

export function AccountPage({
  prefetched,
  notifications,
  devices,
}: {
  prefetched: Prefetched<OwnAccount>;
  notifications: Prefetched<OwnNotifications>;
  devices: Prefetched<OwnDevices>;
}) {
  const person = usePerson();
  const { data, failure, readAtMs, retry } = useList('people', routes.account(), prefetched);
  const away = useAway();
  const [changing, setChanging] = useState(false);
  const others = data?.sessions.filter(({ current }) => !current) ?? [];
  const { pending, failure: refused, send } = useSend(['people']);
  const end = async (session: OwnSession | null) => {
    const answer = await send<{ ended: number }>(routes.endSessions(), { id: session?.id ?? null });
    if (answer) toast.success(session ? 'Signed out there.' : endedWords(answer.ended));
  };
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-4 p-4">
      <header>
        <h1 className="text-xl font-semibold">Your account</h1>
        <p className="text-sm text-ink-2 [overflow-wrap:anywhere]">
          {data?.name ?? person.name} · {data?.email ?? person.email}
        </p>
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {refused ? <FailureBand failure={refused} /> : null}
      <Card>
        <section aria-labelledby="password-heading" className="flex flex-wrap items-center gap-3 px-4 py-3">
          <KeyRound aria-hidden className="size-4 text-ink-2" />
          <div className="min-w-48 flex-1">
            <h2 id="password-heading" className="text-sm font-semibold">
              Password
            </h2>
            <p className="text-xs text-ink-2">
              {data?.password === false
                ? 'You have none: you sign in by the provider of your organisation, which asks for a second factor itself.'
                : 'A new one signs you out everywhere else.'}
            </p>
          </div>
          {data?.password === false ? null : (
            <Button disabledReason={away?.reason ?? null} onClick={() => setChanging(true)}>
              Change the password
            </Button>
          )}
        </section>
      </Card>
      {data?.provider ? <ProviderCard provider={data.provider} away={away?.reason ?? null} /> : null}
      {data?.password ? (
        <SecondFactor factor={data.secondFactor} forAll={data.secondFactorForAll} away={away?.reason ?? null} />
      ) : null}
      {data ? (
        <Passkeys
          passkeys={data.passkeys}
          host={data.passkeyHost}
          password={data.password}
          away={away?.reason ?? null}
        />
      ) : null}
      <NotificationsCard prefetched={notifications} away={away?.reason ?? null} />
      <DevicesCard prefetched={devices} away={away?.reason ?? null} />
      {data ? (
        <Card>
          <section aria-labelledby="sessions-heading">
            <header className="flex flex-wrap items-center gap-3 border-b border-hairline px-4 py-3">
              <MonitorSmartphone aria-hidden className="size-4 text-ink-2" />
              <div className="min-w-48 flex-1">
                <h2 id="sessions-heading" className="text-sm font-semibold">
                  Where you are signed in
                </h2>
                <p className="text-xs text-ink-2">End what you do not recognise, then change the password.</p>
              </div>
              {others.length > 0 ? (
                <Button pending={pending} disabledReason={away?.reason ?? null} onClick={() => void end(null)}>
                  Sign out everywhere else
                </Button>
              ) : null}
            </header>
            <ul className="divide-y divide-hairline">
              {data.sessions.map((session) => (
                <SessionRow key={session.id} session={session} away={away?.reason ?? null} onEnd={end} />
              ))}
            </ul>
          </section>
        </Card>
      ) : null}
      {changing ? <PasswordDialog email={person.email} onClose={() => setChanging(false)} /> : null}
    </div>
  );
}

function SessionRow({
  session,
  away,
  onEnd,
}: {
  session: OwnSession;
  away: string | null;
  onEnd: (session: OwnSession) => Promise<void>;
}) {
  const words = browserWords(session.userAgent);
  return (
    <li className="flex items-center gap-4 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium" title={session.userAgent ?? undefined}>
          {words}
          {session.current ? <Badge>This browser</Badge> : null}
        </p>
        <p className="text-xs text-ink-2">
          {session.address ? `${session.address} · ` : ''}signed in <RelativeTime atMs={session.signedInMs} />
          {' · '}ends <Instant atMs={session.expiresMs} to="minute" />
        </p>
      </div>
      {session.current ? null : (
        <Button
          size="sm"
          disabledReason={away}
          aria-label={`Sign out of ${words}, ${session.address ?? 'no address'}`}
          onClick={() => void onEnd(session)}
        >
          <LogOut aria-hidden />
          Sign out
        </Button>
      )}
    </li>
  );
}

function PasswordDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const { pending, failure, send } = useSend(['people']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const change = async () => {
    const answer = await send<{ ended: number }>(routes.changePassword(), { current, password });
    if (!answer) return;
    toast.success('The password is changed.', {
      description: answer.ended > 0 ? endedWords(answer.ended) : undefined,
    });
    onClose();
  };
  return (
    <FormDialog
      title="Change the password"
      description="You stay signed in here; all your other sessions end."
      action="Change the password"
      pending={pending}
      onSubmit={() => void change()}
      onClose={onClose}
    >
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      {/* Password managers read this field to find the account of the password. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field label="Password of now" required error={problem('/current')}>
        <Input
          type="password"
          autoComplete="current-password"
          maxLength={128}
          value={current}
          onChange={({ target }) => setCurrent(target.value)}
        />
      </Field>
      <Field label="New password" required help="At least 10 characters." error={problem('/password')}>
        <Input
          type="password"
          autoComplete="new-password"
          maxLength={128}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </Field>
    </FormDialog>
  );
}
