'use client';

import { Field, Textarea } from '@/components/ui/field';

/** Why: kept with the run and in the audit, beside the name. */
export function ReasonField({
  value,
  onChange,
  required,
  problem,
}: {
  value: string;
  onChange: (value: string) => void;
  required: boolean;
  problem?: string | null;
}) {
  return (
    <Field label="Reason" required={required} help="Stays with the run, beside your name." error={problem}>
      <Textarea rows={2} maxLength={2_000} value={value} onChange={({ target }) => onChange(target.value)} />
    </Field>
  );
}

export const SAY_WHY = 'Say why: it stays with the run.';
