'use client';

import { Field, Textarea } from '@/components/ui/field';

/** The reason of an action, kept with the run and in the audit trail, with the name of the person. */
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
    <Field label="Reason" required={required} help="Kept with the run, together with your name." error={problem}>
      <Textarea rows={2} maxLength={2_000} value={value} onChange={({ target }) => onChange(target.value)} />
    </Field>
  );
}

export const SAY_WHY = 'Enter a reason. It is kept with the run.';
