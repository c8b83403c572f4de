'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { forgotPasswordSchema, type ForgotPassword } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';

interface ForgotFormProps {
  /** What was typed already. */
  email: string;
  mails: boolean;
  onBack: () => void;
}

/** Asks for a link by mail. Without a mail server it says who can make one. */
export function ForgotForm({ email, mails, onBack }: ForgotFormProps) {
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<ForgotPassword>({
    resolver: zodResolver(forgotPasswordSchema),
    defaultValues: { email },
  });
  const submit = handleSubmit(async (asked) => {
    setFailure(null);
    try {
      await postJson(routes.forgotPassword(), asked);
      setSentTo(asked.email);
    } catch (error) {
      setFailure(failureFrom(error));
    }
  });
  return (
    <>
      <h1 className="text-xl font-semibold">Choose a new password</h1>
      {sentTo !== null ? (
        <p role="status" className="mt-2 text-sm text-ink-2 [overflow-wrap:anywhere]">
          If <strong className="font-medium text-ink">{sentTo}</strong> has an account here, a mail with a link is on
          its way. The link works once and for a day; the newest one counts.
        </p>
      ) : mails ? (
        <form method="post" noValidate className="mt-4 flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
          {failure ? <FailureBand failure={failure} /> : null}
          <Field
            label="E-mail"
            required
            help="A link is mailed to you, with which you choose a new password."
            error={formState.errors.email?.message}
          >
            <Input type="email" autoComplete="username" autoFocus {...register('email')} />
          </Field>
          <Button type="submit" variant="primary" pending={formState.isSubmitting} className="mt-2 h-9">
            Mail me a link
          </Button>
        </form>
      ) : (
        <p className="mt-2 text-sm text-ink-2">
          This Backstitch sends no mail. Ask an administrator: under Settings, People they make a link for you, with
          which you choose a new password.
        </p>
      )}
      <div className="mt-3 flex justify-center">
        <Button variant="ghost" size="sm" onClick={onBack}>
          Back to sign in
        </Button>
      </div>
    </>
  );
}
