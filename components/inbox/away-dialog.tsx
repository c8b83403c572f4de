'use client';

/** 'While I am away …': who decides for this person, when and what; and for whom this person decides. */
import { CalendarOff, UserCheck } from 'lucide-react';
import { useState } from 'react';
import type { Delegation, DelegationList } from '@/app/_contract/inbox';
import type { FlowSummary } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { fromField, toField } from '@/components/run-list/started';
import { Button } from '@/components/ui/button';
import { CheckboxField, Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Instant, useZone, zoneWords } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

const DAY_MS = 86_400_000;

export function AwayDialog({ onClose }: { onClose: () => void }) {
  const zone = useZone();
  const { data, failure, retry } = useList<DelegationList>('inbox', routes.delegations());
  const { send, pending, failure: refused } = useSend(['inbox']);
  const [to, setTo] = useState('');
  const [range, setRange] = useState(() => {
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    return { from: toField(now, zone), until: toField(now + 7 * DAY_MS, zone) };
  });
  const [flows, setFlows] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const [fromMs, untilMs] = [fromField(range.from, zone), fromField(range.until, zone)];
  const problems = {
    to: to === '' ? 'Choose who decides for you.' : null,
    from: fromMs === null ? 'Write a date and a time.' : null,
    until:
      untilMs === null
        ? 'Write a date and a time.'
        : untilMs <= Math.max(fromMs ?? 0, Date.now())
          ? 'It must end later than it begins, and later than now.'
          : null,
  };
  const submit = async () => {
    setTried(true);
    if (problems.to || problems.from || problems.until) return;
    const made = await send<Delegation>(routes.delegations(), { to, fromMs, untilMs, flows });
    if (!made) return;
    toast(`${made.to} decides for you.`);
    onClose();
  };
  return (
    <FormDialog
      title="While you are away"
      description="Somebody decides what you may decide, under both names. It ends by itself."
      action="Let them decide"
      leave="Close"
      pending={pending}
      onSubmit={submit}
      onClose={onClose}
    >
      {refused ? <FailureBand failure={refused} /> : null}
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
      {data && data.own.length + data.forMe.length > 0 ? (
        <ul aria-label="In effect and planned" className="flex flex-col gap-2">
          {data.own.map((each) => (
            <One key={each.id} delegation={each} own />
          ))}
          {data.forMe.map((each) => (
            <One key={each.id} delegation={each} own={false} />
          ))}
        </ul>
      ) : null}
      <Field
        label="Decides for you"
        required
        error={tried ? problems.to : null}
        help="People who may decide approvals."
      >
        <Select
          value={to}
          onValueChange={setTo}
          placeholder="Choose a person"
          options={(data?.people ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="From" required error={tried ? problems.from : null} help={zoneWords(zone)}>
          <Input
            type="datetime-local"
            value={range.from}
            onChange={({ target }) => setRange({ ...range, from: target.value })}
          />
        </Field>
        <Field label="Until" required error={tried ? problems.until : null} help="It ends by itself then.">
          <Input
            type="datetime-local"
            value={range.until}
            onChange={({ target }) => setRange({ ...range, until: target.value })}
          />
        </Field>
      </div>
      <FlowChoice flows={flows} onFlows={setFlows} />
    </FormDialog>
  );
}

/** Nothing ticked: every flow. */
function FlowChoice({ flows, onFlows }: { flows: readonly string[]; onFlows: (flows: readonly string[]) => void }) {
  const { data } = useList<{ flows: FlowSummary[] }>('flows', routes.flows());
  const known = data?.flows ?? [];
  if (known.length < 2) return null;
  return (
    <details>
      <summary className="cursor-pointer rounded-sm text-sm">
        {flows.length === 0 ? 'For every flow' : `For ${flows.length} of ${known.length} flows`}
      </summary>
      <div role="group" aria-label="Flows" className="mt-2 flex max-h-48 flex-col gap-1.5 overflow-y-auto pl-1">
        {known.map(({ name, title }) => (
          <CheckboxField
            key={name}
            label={title}
            checked={flows.includes(name)}
            onCheckedChange={(checked) =>
              onFlows(checked === true ? [...flows, name] : flows.filter((each) => each !== name))
            }
          />
        ))}
      </div>
    </details>
  );
}

function One({ delegation: { id, from, to, flows, fromMs, untilMs }, own }: { delegation: Delegation; own: boolean }) {
  const { send, pending, failure } = useSend(['inbox']);
  const Icon = own ? CalendarOff : UserCheck;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-hairline px-3 py-2 text-sm">
      <div className="flex items-start gap-2">
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
        <p className="min-w-0 flex-1 wrap-anywhere">
          <span className="font-medium">{own ? `${to} decides for you` : `You decide for ${from}`}</span>
          <span className="block text-ink-2">
            <Instant atMs={fromMs} to="minute" /> – <Instant atMs={untilMs} to="minute" />
            {flows.length === 0 ? '' : ` · ${flows.join(', ')}`}
          </span>
        </p>
        <Button
          size="sm"
          pending={pending}
          aria-label={own ? `End: ${to} decides for you` : `End: you decide for ${from}`}
          onClick={() => void send(routes.endDelegation(id), {})}
        >
          End
        </Button>
      </div>
      {failure ? <FailureBand failure={failure} /> : null}
    </li>
  );
}
