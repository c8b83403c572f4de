'use client';

/** Guests: people without an account who decide one task by a link. Made by whoever may assign the task. */
import { UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import type { Guest, GuestInvited, GuestList } from '@/app/_contract/guests';
import type { InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { OnceDialog } from '@/components/settings/once';
import { Button } from '@/components/ui/button';
import { CheckboxField, Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Instant } from '@/components/ui/time';

export function InviteGuest({ task, disabledReason }: { task: InboxTask; disabledReason: string | null }) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<GuestInvited | null>(null);
  return (
    <>
      <Button size="sm" variant="ghost" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        <UserRoundPlus aria-hidden />
        Guest
      </Button>
      {open ? (
        <InviteDialog
          task={task}
          onClose={() => setOpen(false)}
          onMade={(invited) => {
            setOpen(false);
            setMade(invited);
          }}
        />
      ) : null}
      {made ? <Made made={made} onClose={() => setMade(null)} /> : null}
    </>
  );
}

const DAYS = ['1', '3', '7', '14', '30'].map((value) => ({
  value,
  label: value === '1' ? 'For a day' : `For ${value} days`,
}));

interface InviteDialogProps {
  task: InboxTask;
  onClose: () => void;
  onMade: (made: GuestInvited) => void;
}

function InviteDialog({ task, onClose, onMade }: InviteDialogProps) {
  const { data, failure, retry } = useList<GuestList>('inbox', routes.guests(task.taskId));
  const { pending, failure: refused, send } = useSend(['inbox']);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [days, setDays] = useState('3');
  const [chosen, setChosen] = useState('');
  const [mail, setMail] = useState(true);
  const [tried, setTried] = useState(false);
  const candidates = data?.candidates ?? [];
  const decidesFor = candidates.length === 1 ? candidates[0]! : chosen;
  const problem = (at: string) => refused?.problems?.find((each) => each.at === at)?.message ?? null;
  const submit = async () => {
    setTried(true);
    if (candidates.length > 0 && decidesFor === '') return;
    const body = {
      name,
      email,
      days: Number(days),
      decidesFor: candidates.length === 0 ? null : decidesFor,
      mail: mail && data?.mail === true,
    };
    const made = await send<GuestInvited>(routes.guests(task.taskId), body);
    if (made) onMade(made);
  };
  return (
    <FormDialog
      title="Let a guest decide"
      description="Somebody without an account decides this approval by a link, once. The decision has their name and yours."
      action="Make the link"
      pending={pending}
      disabledReason={data ? null : 'The guests are not read yet.'}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {refused && !refused.problems ? <FailureBand failure={refused} /> : null}
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
      {data && data.guests.length > 0 ? (
        <ul aria-label="Guests" className="flex flex-col gap-2">
          {data.guests.map((guest) => (
            <One key={guest.id} taskId={task.taskId} guest={guest} />
          ))}
        </ul>
      ) : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" required error={problem('/name')}>
          <Input value={name} maxLength={120} autoComplete="off" onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label="E-mail address" required error={problem('/email')}>
          <Input
            type="email"
            value={email}
            maxLength={320}
            autoComplete="off"
            onChange={({ target }) => setEmail(target.value)}
          />
        </Field>
      </div>
      {candidates.length > 1 ? (
        <Field
          label="In the place of"
          required
          error={tried && chosen === '' ? 'Choose in whose place the guest decides.' : problem('/decidesFor')}
          help="A guest has the voice of one of those who are asked."
        >
          <Select
            value={chosen}
            onValueChange={setChosen}
            options={candidates.map((value) => ({ value, label: value }))}
          />
        </Field>
      ) : null}
      <Field label="Valid" required>
        <Select value={days} onValueChange={setDays} options={DAYS} />
      </Field>
      {data?.mail ? (
        <CheckboxField
          label="Mail the link"
          help="It is also shown, so that you can copy it."
          checked={mail}
          onCheckedChange={(checked) => setMail(checked === true)}
        />
      ) : null}
    </FormDialog>
  );
}

const STATES: Record<Guest['state'], string> = {
  open: 'can decide',
  used: 'has decided',
  revoked: 'revoked',
  expired: 'expired',
};

function One({ taskId, guest }: { taskId: string; guest: Guest }) {
  const { send, pending, failure } = useSend(['inbox']);
  const { id, name, email, decidesFor, by, expiresMs, state } = guest;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-hairline px-3 py-2 text-sm">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 wrap-anywhere">
          <span className="font-medium">{name}</span> <span className="text-ink-2">{email}</span>
          <span className="block text-xs text-ink-2">
            {STATES[state]}
            {state === 'open' ? (
              <>
                {' until '}
                <Instant atMs={expiresMs} to="minute" />
              </>
            ) : null}
            {decidesFor === null ? '' : ` · for ${decidesFor}`} · invited by {by}
          </span>
        </p>
        {state === 'open' ? (
          <Button
            size="sm"
            pending={pending}
            aria-label={`Revoke the link of ${name}`}
            onClick={() => void send(routes.revokeGuest(taskId, id), {})}
          >
            Revoke
          </Button>
        ) : null}
      </div>
      {failure ? <FailureBand failure={failure} /> : null}
    </li>
  );
}

function Made({ made: { guest, url }, onClose }: { made: GuestInvited; onClose: () => void }) {
  return (
    <OnceDialog
      title={`A link for ${guest.name}`}
      description="Whoever has this link can decide, once. It is not shown again."
      label="Link"
      text={url}
      onClose={onClose}
    >
      <p className="text-xs text-ink-2">
        It is valid until <Instant atMs={guest.expiresMs} to="minute" />, or until it is revoked.
      </p>
    </OnceDialog>
  );
}
