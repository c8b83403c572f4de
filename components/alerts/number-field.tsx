import { Field, Input } from '@/components/ui/field';

/** A whole number, as text until it is sent. */
export function NumberField({
  label,
  help,
  required = true,
  value,
  onChange,
  error,
}: {
  label: string;
  help?: string;
  required?: boolean;
  value: string;
  onChange: (value: string) => void;
  error: string | null;
}) {
  return (
    <Field label={label} help={help} required={required} error={error} className="min-w-0 flex-1 basis-40">
      <Input
        inputMode="numeric"
        autoComplete="off"
        maxLength={8}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </Field>
  );
}

/** Null for what is no number: the server says what is wrong with it. */
export const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));
