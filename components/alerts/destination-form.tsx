'use client';

import { useState } from 'react';
import {
  DEFAULT_PAGER,
  type AlertDestination,
  type PutAlertDestination,
  type PutAlertDestinationDone,
} from '@/app/_contract/alerts';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';

const SHOWN_AT_FIELDS = ['/title', '/address', '/routingKey'];

/** `destination`: null for a new one. */
export function DestinationForm({
  destination,
  onClose,
  onSaved,
}: {
  destination: AlertDestination | null;
  onClose: () => void;
  onSaved: (done: PutAlertDestinationDone) => void;
}) {
  const [id] = useState(() => destination?.id ?? crypto.randomUUID());
  const [kind, setKind] = useState<AlertDestination['kind']>(destination?.kind ?? 'pager');
  const [title, setTitle] = useState(destination?.title ?? '');
  const [address, setAddress] = useState('');
  const [routingKey, setRoutingKey] = useState('');
  const { pending, failure, send } = useSend(['alerts']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const isShown = failure?.problems?.every(({ at }) => SHOWN_AT_FIELDS.includes(at));
  const isPager = kind === 'pager';
  const save = async () => {
    const body: PutAlertDestination = { id, kind, title, address, routingKey: isPager ? routingKey : '' };
    const done = await send<PutAlertDestinationDone>(routes.putAlertDestination(), body);
    if (done) onSaved(done);
  };
  return (
    <FormDialog
      title={destination ? `Change '${destination.title}'` : 'New destination'}
      action={destination ? 'Save' : 'Add it'}
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !isShown ? <FailureBand failure={failure} /> : null}
      {destination ? null : (
        <RadioList
          legend="Kind"
          value={kind}
          onChange={setKind}
          options={[
            {
              value: 'pager',
              label: 'A pager',
              description: 'PagerDuty, or any receiver of its events (Events API v2).',
            },
            { value: 'webhook', label: 'A webhook', description: 'A signed POST with JSON (Standard Webhooks).' },
          ]}
        />
      )}
      <Field label="Name" required error={problem('/title')}>
        <Input autoComplete="off" maxLength={100} value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      {isPager ? (
        <Field
          label="Routing key"
          required={destination === null}
          help={
            destination ? 'Left empty, it stays as it is.' : 'Of the service that is paged. It is kept as a secret.'
          }
          error={problem('/routingKey')}
        >
          <Input
            type="password"
            autoComplete="new-password"
            maxLength={200}
            value={routingKey}
            onChange={({ target }) => setRoutingKey(target.value)}
          />
        </Field>
      ) : null}
      <Field
        label="Address"
        required={!isPager && destination === null}
        help={
          destination
            ? `Left empty, it stays at ${destination.host}.`
            : isPager
              ? `Left empty, it is ${DEFAULT_PAGER}.`
              : 'It answers with 2xx when it has the message.'
        }
        error={problem('/address')}
      >
        <Input
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={({ target }) => setAddress(target.value)}
        />
      </Field>
    </FormDialog>
  );
}
