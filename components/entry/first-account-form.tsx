'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { firstAccountSchema, type FirstAccount } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { signIn } from './sign-in';

/** `here`: the browser runs on the same machine as Backstitch. From other machines the printed token is required. */
export function FirstAccountForm({ failure: first, here }: { failure: AppFailure | null; here: boolean }) {
  const [failure, setFailure] = useState(first);
  const { register, handleSubmit, formState, setValue } = useForm<FirstAccount>({
    resolver: zodResolver(firstAccountSchema),
  });
  // The printed link has the token after the '#'. Browsers do not send that part of an address to a server.
  useEffect(() => {
    const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
    if (token) setValue('token', token);
  }, [setValue]);
  const submit = handleSubmit(async (account) => {
    setFailure(null);
    try {
      const { token, ...own } = account;
      await postJson(routes.firstAccount(), here ? own : { ...own, token: token?.trim() });
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
      <h1 className="text-xl font-semibold">Create the first account</h1>
      <p className="mt-1 text-sm text-ink-2">
        This account is the administrator and invites everybody else. It is stored in your own database.
      </p>
      {here ? null : <FromElsewhere />}
      <form
        // Where a page's scripts do not run, the browser sends the form itself: never with a password in the address.
        method="post"
        onSubmit={(event) => void submit(event)}
        noValidate
        className="mt-4 flex flex-col gap-3"
      >
        {failure ? <FailureBand failure={failure} /> : null}
        {here ? null : (
          <Field label="One-time token" required error={errors.token?.message}>
            <Input autoComplete="off" spellCheck={false} {...register('token')} />
          </Field>
        )}
        <Field label="Your name" required help="It is shown next to your decisions." error={errors.name?.message}>
          <Input autoComplete="name" autoFocus {...register('name')} />
        </Field>
        <Field label="E-mail" required error={errors.email?.message}>
          <Input type="email" autoComplete="username" {...register('email')} />
        </Field>
        <Field label="Password" required help="At least 10 characters." error={errors.password?.message}>
          <Input type="password" autoComplete="new-password" {...register('password')} />
        </Field>
        <Button type="submit" variant="primary" pending={formState.isSubmitting} className="mt-2 h-9">
          Create the account
        </Button>
      </form>
    </>
  );
}

function FromElsewhere() {
  return (
    <div className="mt-4 rounded-lg border border-hairline bg-card px-4 py-3 text-sm">
      <p className="font-medium">Your browser is not on the machine where Backstitch runs.</p>
      <p className="mt-1 text-ink-2">
        To keep strangers from creating this account, there are two ways: open Backstitch on that machine (
        <code className="font-mono text-xs">http://localhost</code> with its port), or use the one-time token that was
        printed in the terminal where Backstitch was started, in the line &lsquo;account&rsquo;.
      </p>
    </div>
  );
}
