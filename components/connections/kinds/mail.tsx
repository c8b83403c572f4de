'use client';

/** Mail servers in Settings. */
import { Field, Input, Textarea } from '@/components/ui/field';
import type { MailCall } from '@/engine/flow/connections/mail';
import type { CallProps, KindForm } from './kind-form';
import { MailSettingsFields } from './mail-settings';
import { Part } from './part';

interface MailModel {
  /** One address a line. */
  to: string;
  cc: string;
  replyTo: string;
  subject: string;
  text: string;
}

function Letter({ model, errorAt, onChange }: CallProps<MailModel>) {
  const lines = (field: 'to' | 'cc', label: string, required: boolean) => (
    <Field
      label={label}
      required={required}
      error={errorAt(field, `/call/${field}`)}
      help="One address a line. {field} alone may also be a list of addresses."
    >
      <Textarea
        rows={2}
        spellCheck={false}
        className="font-mono text-sm"
        value={model[field]}
        onChange={({ target }) => onChange({ [field]: target.value })}
      />
    </Field>
  );
  return (
    <Part title="The mail" description="{field} is replaced by a field of the input, and is always only text.">
      {lines('to', 'To', true)}
      {lines('cc', 'Copy to', false)}
      <Field label="Answers go to" error={errorAt('replyTo', '/call/replyTo')}>
        <Input value={model.replyTo} onChange={({ target }) => onChange({ replyTo: target.value })} />
      </Field>
      <Field label="Subject" required error={errorAt('subject', '/call/subject')}>
        <Input
          placeholder="Your order {orderId}"
          value={model.subject}
          onChange={({ target }) => onChange({ subject: target.value })}
        />
      </Field>
      <Field label="Text" required error={errorAt('text', '/call/text')}>
        <Textarea rows={8} value={model.text} onChange={({ target }) => onChange({ text: target.value })} />
      </Field>
    </Part>
  );
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function read(call: MailCall | null): MailModel {
  const { to, cc, replyTo, subject, text } = call ?? { to: ['{to}'], cc: [], replyTo: '', subject: '', text: '' };
  return { to: to.join('\n'), cc: cc.join('\n'), replyTo, subject, text };
}

export const mail: KindForm<'mail', MailModel> = {
  label: 'Mail server',
  description: 'SMTP.',
  newSettings: { host: '', port: 587, tls: 'starttls', user: '', secret: '', from: '' },
  // A mail server without a login has no secret.
  named: (settings, connection) => ({
    ...settings,
    secret: settings.user === '' ? '' : settings.secret || `${connection || 'connection'}-password`,
  }),
  secretOf: ({ secret }) => secret,
  Settings: MailSettingsFields,
  firstOperation: 'Write a mail, with fields of the step in it.',
  // A mail that was sent cannot be taken back.
  newEffect: 'irreversible',
  read,
  write: ({ to, cc, replyTo, subject, text }) => ({
    call: {
      kind: 'mail',
      to: linesOf(to),
      cc: linesOf(cc),
      replyTo: replyTo.trim(),
      subject,
      text,
      answer: 'sent',
    },
  }),
  Call: Letter,
  output: null,
};
