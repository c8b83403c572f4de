'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { signInSchema, type SignIn } from '@/app/_contract/people';
import { failureFrom } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { CodeForm } from './code-form';
import { ForgotForm } from './forgot-form';
import { PasskeyButton } from './passkey-button';
import { ProviderButton } from './provider-button';
import { signIn } from './sign-in';

interface SignInFormProps {
  back: string;
  failure: AppFailure | null;
  /** Links for a new password can be mailed. */
  mails: boolean;
  /** By which people may sign in; null: with a password only. */
  provider: string | null;
  /** Passkeys can be used at this address. */
  passkeys: boolean;
}

export function SignInForm({ back, failure: first, mails, provider, passkeys }: SignInFormProps) {
  const [forgot, setForgot] = useState(false);
  const [failure, setFailure] = useState(first);
  /** Who has entered the password; the code comes next. */
  const [known, setKnown] = useState<string | null>(null);
  const { register, handleSubmit, formState, getValues } = useForm<SignIn>({ resolver: zodResolver(signInSchema) });
  const submit = handleSubmit(async (account) => {
    setFailure(null);
    try {
      const { secondStep } = await signIn(account);
      if (secondStep) return setKnown(account.email);
      // A full page load: pages behind the session must not reuse data from before.
      location.assign(back);
      await new Promise(() => {});
    } catch (error) {
      setFailure(failureFrom(error));
    }
  });
  if (known !== null) {
    const again = (reason: AppFailure | null) => {
      setKnown(null);
      setFailure(reason);
    };
    return <CodeForm email={known} back={back} onAgain={again} />;
  }
  if (forgot) return <ForgotForm email={getValues('email')} mails={mails} onBack={() => setForgot(false)} />;
  return (
    <>
      <h1 className="text-xl font-semibold">Sign in</h1>
      <form
        // Where a page's scripts do not run, the browser sends the form itself: never with a password in the address.
        method="post"
        onSubmit={(event) => void submit(event)}
        noValidate
        className="mt-4 flex flex-col gap-3"
      >
        {failure ? <FailureBand failure={failure} /> : null}
        <Field label="E-mail" required error={formState.errors.email?.message}>
          <Input type="email" autoComplete="username" autoFocus {...register('email')} />
        </Field>
        <Field label="Password" required error={formState.errors.password?.message}>
          <Input type="password" autoComplete="current-password" {...register('password')} />
        </Field>
        <Button type="submit" variant="primary" pending={formState.isSubmitting} className="mt-2 h-9">
          Sign in
        </Button>
        {passkeys ? <PasskeyButton back={back} onFailure={setFailure} /> : null}
        {provider ? <ProviderButton name={provider} back={back} onFailure={setFailure} /> : null}
        <Button variant="ghost" size="sm" className="self-center" onClick={() => setForgot(true)}>
          Forgot the password?
        </Button>
      </form>
    </>
  );
}
