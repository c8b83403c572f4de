'use client';

/** The passkeys of one's own account: added with the password, named, removed. */
import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import { Ellipsis, KeySquare, Pencil, Trash2 } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import type { OwnPasskey } from '@/app/_contract/account';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import { deviceFailure } from '@/components/entry/device-failure';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { usePerson } from '@/components/people/person';
import { Button, IconButton } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { browserWords } from './browser-words';

interface PasskeysProps {
  passkeys: readonly OwnPasskey[];
  /** The host at which they can be made. */
  host: string | null;
  /** Adding one needs the password. */
  password: boolean;
  away: string | null;
}
type Asked = { kind: 'add' } | { kind: 'name' | 'remove'; passkey: OwnPasskey };

export function Passkeys({ passkeys, host, password, away }: PasskeysProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const here = useHost();
  const close = () => setAsked(null);
  if (!password && passkeys.length === 0) return null;
  return (
    <Card>
      <section aria-labelledby="passkeys-heading">
        <header className="flex flex-wrap items-center gap-3 px-4 py-3">
          <KeySquare aria-hidden className="size-4 text-ink-2" />
          <div className="min-w-48 flex-1">
            <h2 id="passkeys-heading" className="text-sm font-semibold">
              Passkeys
            </h2>
            <p className="text-xs text-ink-2">
              Sign in with a finger, your face or the code of a device. A passkey is both factors.
            </p>
          </div>
          {password ? (
            <Button disabledReason={away ?? whyNotHere(host, here)} onClick={() => setAsked({ kind: 'add' })}>
              Add a passkey
            </Button>
          ) : null}
        </header>
        {passkeys.length > 0 ? (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {passkeys.map((passkey) => (
              <li key={passkey.id} className="flex items-center gap-4 px-4 py-2.5">
                <div className="min-w-0 flex-1">
                  <p className="text-sm font-medium [overflow-wrap:anywhere]">{passkey.name}</p>
                  <p className="text-xs text-ink-2">
                    added <RelativeTime atMs={passkey.createdMs} />
                    {' · '}
                    {passkey.usedMs === null ? 'never used' : <RelativeTime prefix="used " atMs={passkey.usedMs} />}
                    {passkey.synced ? ' · on all your devices of one maker' : ''}
                  </p>
                </div>
                <Menu
                  trigger={
                    <IconButton label={`What to do with the passkey ${passkey.name}`}>
                      <Ellipsis aria-hidden />
                    </IconButton>
                  }
                >
                  <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setAsked({ kind: 'name', passkey })}>
                    Rename…
                  </MenuItem>
                  <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={() => setAsked({ kind: 'remove', passkey })}>
                    Remove…
                  </MenuItem>
                </Menu>
              </li>
            ))}
          </ul>
        ) : null}
      </section>
      {asked?.kind === 'add' ? <AddPasskey onClose={close} /> : null}
      {asked?.kind === 'name' ? <NameDialog passkey={asked.passkey} onClose={close} /> : null}
      {asked?.kind === 'remove' ? <RemoveDialog passkey={asked.passkey} onClose={close} /> : null}
    </Card>
  );
}

const never = () => () => {};
/** Null while rendering on the server. */
export const useHost = () =>
  useSyncExternalStore<string | null>(
    never,
    () => location.hostname,
    () => null
  );

export function whyNotHere(host: string | null, here: string | null): string | null {
  if (host === null) return 'Passkeys need an address with a name; an administrator sets BACKSTITCH_WEB_URL to one.';
  if (here === null || here === host) return null;
  return `Open Backstitch at ${host}: browsers make no passkeys at ${here}.`;
}

export function AddPasskey({ onClose, onAdded = onClose }: { onClose: () => void; onAdded?: () => void }) {
  const { email } = usePerson();
  const [name, setName] = useState(() => browserWords(navigator.userAgent));
  const [password, setPassword] = useState('');
  const [device, setDevice] = useState<AppFailure | null>(null);
  const [asking, setAsking] = useState(false);
  const { pending, failure, send } = useSend(['people']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const add = async () => {
    setDevice(null);
    const optionsJSON = await send<PublicKeyCredentialCreationOptionsJSON>(routes.beginPasskey(), { password });
    if (!optionsJSON) return;
    setAsking(true);
    try {
      const response = await startRegistration({ optionsJSON });
      if (!(await send(routes.addPasskey(), { name, response }))) return;
      toast.success('The passkey is added.');
      onAdded();
    } catch (error) {
      setDevice(deviceFailure(error));
      if (!deviceFailure(error)) throw error;
    } finally {
      setAsking(false);
    }
  };
  return (
    <FormDialog
      title="Add a passkey"
      description="The browser then asks where to keep it: on this device, on a phone or on a security key."
      action="Continue"
      pending={pending || asking}
      onSubmit={() => void add()}
      onClose={onClose}
    >
      {device ? <FailureBand failure={device} /> : null}
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required help="To tell your passkeys apart." error={problem('/name')}>
        <Input value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
      </Field>
      {/* Password managers read this field to find the account of the password. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field label="Your password" required error={problem('/password')}>
        <Input
          type="password"
          autoComplete="current-password"
          maxLength={128}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </Field>
    </FormDialog>
  );
}

function NameDialog({ passkey, onClose }: { passkey: OwnPasskey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name);
  const { pending, failure, send } = useSend(['people']);
  const save = async () => {
    if (await send(routes.namePasskey(passkey.id), { name })) onClose();
  };
  return (
    <FormDialog
      title="Rename the passkey"
      action="Rename"
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required error={failure?.problems?.[0]?.message}>
        <Input value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
      </Field>
    </FormDialog>
  );
}

function RemoveDialog({ passkey, onClose }: { passkey: OwnPasskey; onClose: () => void }) {
  const { pending, failure, send } = useSend(['people']);
  const remove = async () => {
    if (!(await send(routes.removePasskey(passkey.id), {}))) return;
    toast.success('The passkey is removed.');
    onClose();
  };
  return (
    <FormDialog
      title={`Remove the passkey ${passkey.name}?`}
      description="It signs you in no more. Your device may go on offering it until you remove it there as well."
      action="Remove"
      danger
      pending={pending}
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
