'use client';

import { useState, type ReactNode } from 'react';
import { Field, Textarea } from '@/components/ui/field';

const SAY_WHY = 'Enter a reason. It is kept with the run.';

export interface Reason {
  text: string;
  field: ReactNode;
  /** For the moment when the form is sent: false if a required reason is missing, and the field then says so. */
  isGiven: () => boolean;
}

/** The reason of an action, kept with the run and in the audit trail, with the name of the person. */
/** `most`: in characters. */
export function useReason({ required, most = 2_000 }: { required: boolean; most?: number }): Reason {
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const missing = required && !text.trim();
  const field = (
    <Field
      label="Reason"
      required={required}
      help="Kept with the run, together with your name."
      error={tried && missing ? SAY_WHY : null}
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
