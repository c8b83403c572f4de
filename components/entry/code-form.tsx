'use client';

/** The second step of a sign-in: a code of the authenticator app, or a recovery code in its place. */
import { useEffect, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { SignInCode } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { CheckboxField, Field, Input } from '@/components/ui/field';
import { signInWithCode } from './sign-in';

interface CodeFormProps {
  email: string;
  /** Where to go when signed in. */
  back: string;
  /** To the first step, with the reason if it has to be taken again. */
  onAgain: (failure: AppFailure | null) => void;
}

export function CodeForm({ email, back, onAgain }: CodeFormProps) {
  const [kind, setKind] = useState<SignInCode['kind']>('app');
  const [code, setCode] = useState('');
  const [trust, setTrust] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [kind]);
  const submit = async () => {
    setPending(true);
    setFailure(null);
    try {
      await signInWithCode({ kind, code, trust });
      location.assign(back);
    } catch (error) {
      const refusal = failureFrom(error);
      if (refusal.code === 'secondStepOver') {
        // Another tab may have finished it.
        if (await getJson(routes.me()).catch(() => null)) return location.assign(back);
        return onAgain(refusal);
      }
      setFailure(refusal);
      setPending(false);
      if (refusal.code === 'wrongCode') {
        setCode('');
        input.current?.focus();
      }
    }
  };
  const choose = (next: SignInCode['kind']) => {
    setKind(next);
    setCode('');
    setFailure(null);
  };
  const problem =
    failure?.code === 'wrongCode'
      ? `${failure.message} ${kind === 'app' ? failure.whatToDo : ''}`
      : failure?.problems?.find(({ at }) => at === '/code')?.message;
  return (
    <>
      <h1 className="text-xl font-semibold">{kind === 'app' ? 'Enter the code' : 'Use a recovery code'}</h1>
      <p className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere]">For {email}.</p>
      <form
        method="post"
        noValidate
        className="mt-4 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) void submit();
        }}
      >
        {failure && !problem ? <FailureBand failure={failure} /> : null}
        {kind === 'app' ? (
          <Field
            label="Code"
            required
            help="The six digits that your authenticator app shows for Backstitch."
            error={problem}
          >
            <Input
              ref={input}
              inputMode="numeric"
              autoComplete="one-time-code"
              spellCheck={false}
              maxLength={20}
              className="font-mono tracking-widest"
              value={code}
              onChange={({ target }) => setCode(target.value)}
            />
          </Field>
        ) : (
          <Field
            label="Recovery code"
            required
            help="One of the ten that were shown when you turned on the second factor. Each works once."
            error={problem}
          >
            <Input
              ref={input}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={40}
              className="font-mono"
              value={code}
              onChange={({ target }) => setCode(target.value)}
            />
          </Field>
        )}
        <CheckboxField
          label="Trust this browser for 30 days"
          help="Signing in here then needs the password alone."
          checked={trust}
          onCheckedChange={(checked) => setTrust(checked === true)}
        />
        <Button type="submit" variant="primary" pending={pending} className="mt-2 h-9">
          Sign in
        </Button>
        <div className="flex flex-wrap justify-center gap-x-2">
          <Button variant="ghost" size="sm" onClick={() => choose(kind === 'app' ? 'recovery' : 'app')}>
            {kind === 'app' ? 'Use a recovery code' : 'Use the app'}
          </Button>
          <Button variant="ghost" size="sm" onClick={() => onAgain(null)}>
            Another account
          </Button>
        </div>
        {kind === 'recovery' ? (
          <p className="text-xs text-ink-2">
            Without the app and without a recovery code, ask an administrator: under Settings, People they take the
            second factor away.
          </p>
        ) : null}
      </form>
    </>
  );
}
