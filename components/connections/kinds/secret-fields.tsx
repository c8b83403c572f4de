/** The name of a secret, and its new value, which is stored by itself and never shown again. */
import { Field, Input } from '@/components/ui/field';

export const SECRET_HELP = 'Stored encrypted, and never shown again. Leave it empty to keep the value.';

export function SecretFields({
  label,
  help = SECRET_HELP,
  name,
  at = '/connection/settings/secret',
  value,
  errorAt,
  onName,
  onValue,
}: {
  /** Of the value: 'Password'. */
  label: string;
  help?: string;
  name: string;
  /** Where the server reports problems of the name. */
  at?: string;
  value: string;
  errorAt: (at: string) => string | null;
  onName: (name: string) => void;
  onValue: (value: string) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Name of the secret"
        required
        help="Only the name is stored with the connection."
        error={errorAt(at) ?? errorAt('/name')}
      >
        <Input
          autoComplete="off"
          className="font-mono text-sm"
          value={name}
          onChange={({ target }) => onName(target.value)}
        />
      </Field>
      <Field label={label} help={help} error={errorAt('/value')}>
        <Input
          type="password"
          autoComplete="new-password"
          value={value}
          onChange={({ target }) => onValue(target.value)}
        />
      </Field>
    </div>
  );
}
