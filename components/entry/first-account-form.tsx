'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { firstAccountSchema, type FirstAccount } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { signIn } from './sign-in';

export function FirstAccountForm({ failure: first }: { failure: AppFailure | null }) {
  const [failure, setFailure] = useState(first);
  const { register, handleSubmit, formState } = useForm<FirstAccount>({ resolver: zodResolver(firstAccountSchema) });
  const submit = handleSubmit(async (account) => {
    setFailure(null);
    try {
      await postJson(routes.firstAccount(), account);
      await signIn(account);
      location.assign(pages.home());
      await new Promise(() => {});
    } catch (error) {
      setFailure(failureFrom(error));
    }
  });
  const { errors } = formState;
  return (
    <>
      <h1 className="text-xl font-semibold">Make the first account</h1>
      <p className="mt-1 text-sm text-ink-2">
        It may do everything: publish flows, run them, approve. It is kept in your own database.
      </p>
      <form onSubmit={(event) => void submit(event)} noValidate className="mt-4 flex flex-col gap-3">
        {failure ? <FailureBand failure={failure} /> : null}
        <Field label="Your name" required help="Stands beside what you decide." error={errors.name?.message}>
          <Input autoComplete="name" autoFocus {...register('name')} />
        </Field>
        <Field label="E-mail" required error={errors.email?.message}>
          <Input type="email" autoComplete="username" {...register('email')} />
        </Field>
        <Field label="Password" required help="At least 10 characters." error={errors.password?.message}>
          <Input type="password" autoComplete="new-password" {...register('password')} />
        </Field>
        <Button type="submit" variant="primary" pending={formState.isSubmitting} className="mt-2 h-9">
          Make the account
        </Button>
      </form>
    </>
  );
}
