'use client';

import { useState, type ReactNode } from 'react';
import { Field, Textarea } from '@/components/ui/field';

/** Where the reason is found later. */
type Place = 'with the run' | 'in the audit trail';

export interface Reason {
  text: string;
  field: ReactNode;
  /** For the moment when the form is sent: false if a required reason is missing, and the field then says so. */
  isGiven: () => boolean;
}

interface ReasonOptions {
  required: boolean;
  /** In characters. */
  most?: number;
  /** Of a run that is deleted, only the audit trail has it. */
  kept?: Place;
}

/** The reason of an action, kept with the run and in the audit trail, with the name of the person. */
export function useReason({ required, most = 2_000, kept = 'with the run' }: ReasonOptions): Reason {
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const missing = required && !text.trim();
  const field = (
    <Field
      label="Reason"
      required={required}
      help={`Kept ${kept}, together with your name.`}
      error={tried && missing ? `Enter a reason. It is kept ${kept}.` : null}
    >
      <Textarea rows={2} maxLength={most} value={text} onChange={({ target }) => setText(target.value)} />
    </Field>
  );
  const isGiven = () => {
    setTried(true);
    return !missing;
  };
  return { text, field, isGiven };
}
