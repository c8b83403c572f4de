'use client';

/** Makes a subscription to events, or changes one. */
import { useState } from 'react';
import {
  EVENT_KINDS,
  type EventKind,
  type EventsList,
  type EventSubscription,
  type PutSubscription,
  type PutSubscriptionDone,
} from '@/app/_contract/events';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Ticks } from '@/components/settings/ticks';
import { CheckboxField, Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { KIND_WORDS } from './words';

const SHOWN_AT_FIELDS = ['/title', '/target/address', '/target/stream', '/target/at', '/server'];
type To = 'webhook' | 'installation' | 'own';

interface SubscriptionFormProps {
  list: Pick<EventsList, 'flows' | 'hasRedis'>;
  /** Null: a new one. */
  subscription: EventSubscription | null;
  onClose: () => void;
  onSaved: (done: PutSubscriptionDone) => void;
}

export function SubscriptionForm({ list, subscription, onClose, onSaved }: SubscriptionFormProps) {
  const target = subscription?.target;
  const [id] = useState(() => subscription?.id ?? crypto.randomUUID());
  const [title, setTitle] = useState(subscription?.title ?? '');
  const [sendsTo, setTo] = useState<To>(target?.kind === 'stream' ? target.at : 'webhook');
  const [address, setAddress] = useState(target?.kind === 'webhook' ? target.address : '');
  const [stream, setStream] = useState(target?.kind === 'stream' ? target.stream : 'backstitch:events');
  const [server, setServer] = useState('');
  const [isAll, setAll] = useState(!subscription || subscription.flows.length === 0);
  const [flows, setFlows] = useState<string[]>(subscription?.flows ?? []);
  const [kinds, setKinds] = useState<string[]>(subscription?.kinds ?? ['run.started', 'run.changed', 'run.closed']);
  const { pending, failure, send } = useSend(['events']);
  const problem = (...at: string[]) => failure?.problems?.find((each) => at.includes(each.at))?.message ?? null;
  const isShown = failure?.problems?.every(({ at }) => SHOWN_AT_FIELDS.includes(at));
  const missing =
    kinds.length === 0
      ? 'Choose at least one kind of event.'
      : !isAll && flows.length === 0
        ? 'Choose at least one flow.'
        : null;
  const save = async () => {
    const body: PutSubscription = {
      id,
      title,
      target: sendsTo === 'webhook' ? { kind: 'webhook', address } : { kind: 'stream', stream, at: sendsTo },
      flows: isAll ? [] : flows,
      kinds: EVENT_KINDS.filter((kind) => kinds.includes(kind)),
      isOn: subscription?.isOn ?? true,
      server: sendsTo === 'own' ? server : '',
    };
    const done = await send<PutSubscriptionDone>(routes.events(), body);
    if (done) onSaved(done);
  };
  // A flow that was chosen may have been renamed since.
  const offered = [...new Set([...list.flows, ...flows])];
  return (
    <FormDialog
      title={subscription ? `Change '${subscription.title}'` : 'New subscription'}
      description={
        subscription
          ? 'It goes on with the event that comes next.'
          : 'It begins with what happens from now on. The page of the subscription can go back in time.'
      }
      action={subscription ? 'Save' : 'Create the subscription'}
      pending={pending}
      disabledReason={missing}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !isShown ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required help="Which system listens." error={problem('/title')}>
        <Input autoComplete="off" maxLength={100} value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field label="Where events go" required error={problem('/target/at')}>
        <Select
          options={[
            { value: 'webhook', label: 'A webhook', description: 'A POST with JSON for each event.' },
            {
              value: 'installation',
              label: 'A stream in the Redis of this Backstitch',
              description: list.hasRedis ? 'The one of REDIS_URL.' : 'There is none: REDIS_URL is not set.',
              disabled: !list.hasRedis,
            },
            { value: 'own', label: 'A stream in another Redis', description: 'Its address is kept as a secret.' },
          ]}
          value={sendsTo}
          onValueChange={(value) => setTo(value as To)}
        />
      </Field>
      {sendsTo === 'webhook' ? (
        <Field
          label="Address"
          required
          help="It answers with 2xx when it has the event."
          error={problem('/target/address')}
        >
          <Input
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://warehouse.example.com/events"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        </Field>
      ) : (
        <>
          {sendsTo === 'own' ? (
            <Field
              label="Address of the Redis"
              required={!(target?.kind === 'stream' && target.at === 'own')}
              help={
                target?.kind === 'stream' && target.at === 'own'
                  ? 'Left empty, it stays as it is.'
                  : 'For example rediss://user:password@redis.example.com:6379/0.'
              }
              error={problem('/server')}
            >
              <Input
                type="password"
                autoComplete="new-password"
                maxLength={1_000}
                value={server}
                onChange={({ target }) => setServer(target.value)}
              />
            </Field>
          ) : null}
          <Field
            label="Name of the stream"
            required
            help="Only about the last 100,000 events stay in it."
            error={problem('/target/stream')}
          >
            <Input
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              value={stream}
              onChange={({ target }) => setStream(target.value)}
            />
          </Field>
        </>
      )}
      <Ticks
        legend="Which events"
        options={EVENT_KINDS.map((value: EventKind) => ({ value, ...KIND_WORDS[value] }))}
        chosen={kinds}
        onChange={setKinds}
        none=""
      />
      <CheckboxField
        label="Of all flows"
        help="Also of flows that are made later, and of runs of no flow."
        checked={isAll}
        onCheckedChange={(checked) => setAll(checked === true)}
      />
      {isAll ? null : (
        <Ticks
          legend="Of which flows"
          options={offered.map((value) => ({ value, label: value }))}
          chosen={flows}
          onChange={setFlows}
          none="There is no published flow yet."
        />
      )}
    </FormDialog>
  );
}
