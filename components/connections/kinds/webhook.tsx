'use client';

/** Webhooks out in Settings. */
import { Field, Input } from '@/components/ui/field';
import type { WebhookCall } from '@/engine/flow/connections/kinds/webhook';
import { AddressField } from './http-settings';
import type { CallProps, KindForm, SettingsProps } from './kind-form';
import { MappingField, mappingIn, mappingText, NOT_JSON, type MappingModel } from './mapping-field';
import { Part } from './part';
import { SECRET_HELP, SecretFields } from './secret-fields';

const DATA = [
  { value: 'rest', label: 'All fields of the input' },
  { value: 'mapping', label: 'JSON that I write' },
];

interface WebhookModel extends MappingModel {
  event: string;
}

function Settings({ settings, value, errorAt, onChange, onValue }: SettingsProps<'webhook'>) {
  return (
    <>
      <AddressField
        label="Address"
        help="Every message is sent to it with POST. Redirects are not followed."
        placeholder="https://partner.example.com/hooks"
        address={settings.address}
        errorAt={errorAt}
        onChange={(address) => onChange({ ...settings, address })}
      />
      <SecretFields
        label="Signing secret"
        help={`'whsec_' and 24 to 64 bytes in base64. ${SECRET_HELP}`}
        name={settings.secret}
        value={value}
        errorAt={errorAt}
        onName={(secret) => onChange({ ...settings, secret })}
        onValue={onValue}
      />
    </>
  );
}

function More({ settings, errorAt, onChange }: SettingsProps<'webhook'>) {
  return (
    <Field
      label="Secret before this one"
      help="While receivers change over, messages have the signatures of both. Enter the name of the old secret."
      error={errorAt('/connection/settings/before')}
    >
      <Input
        autoComplete="off"
        className="font-mono text-sm"
        value={settings.before.secret}
        onChange={({ target }) => onChange({ ...settings, before: { secret: target.value.trim() } })}
      />
    </Field>
  );
}

function Message({ model, errorAt, onChange }: CallProps<WebhookModel>) {
  return (
    <Part
      title="The message"
      description="Sent as { type, timestamp, data } with the headers webhook-id, webhook-timestamp and webhook-signature. All attempts of a step have the same id."
    >
      <Field label="Event" required error={errorAt('event', '/call/event')} help="The type of the message.">
        <Input
          className="font-mono text-sm"
          placeholder="order.paid"
          value={model.event}
          onChange={({ target }) => onChange({ event: target.value.trim() })}
        />
      </Field>
      <MappingField label="Data" options={DATA} model={model} at="/call/data" errorAt={errorAt} onChange={onChange} />
    </Part>
  );
}

function write({ event, body, mapping }: WebhookModel) {
  const written = body === 'mapping' ? mappingIn(mapping) : null;
  if (body === 'mapping' && !written) return { problems: { mapping: NOT_JSON } };
  const call: WebhookCall = { kind: 'webhook', event, data: written ?? 'rest' };
  return { call };
}

export const webhook: KindForm<'webhook', WebhookModel> = {
  label: 'Webhook out',
  description: 'Signed messages to a receiver (Standard Webhooks).',
  newSettings: { address: '', secret: '', before: { secret: '' } },
  named: (settings, connection) =>
    settings.secret === '' ? { ...settings, secret: `${connection || 'connection'}-signing` } : settings,
  secretOf: ({ secret }) => secret,
  Settings,
  More,
  firstOperation: 'Name an event, and choose what its message contains.',
  // A message that was received cannot be taken back.
  newEffect: 'irreversible',
  read: (call) => ({
    event: call?.event ?? '',
    body: typeof call?.data === 'object' ? 'mapping' : 'rest',
    mapping: mappingText(call?.data),
  }),
  write,
  Call: Message,
  output: null,
};
