'use client';

/**
 * The page behind a link: it creates an account or sets a new password. The token is after the '#', so it is not sent
 * with the request for the page.
 */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { EntryLinkView } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { LinkButton } from '@/components/ui/link-button';
import { Instant } from '@/components/ui/time';
import { CodeForm } from './code-form';
import { signIn } from './sign-in';
import { useToken } from './use-token';

export function JoinForm() {
  const token = useToken();
  const { data, error } = useQuery({
    queryKey: ['entry-link', token],
    queryFn: () => postJson<EntryLinkView>(routes.lookAtLink(), { token }),
    enabled: token !== null && token !== '',
    retry: false,
    staleTime: Infinity,
  });
  if (token === '' || error) {
    return (
      <>
        <h1 className="text-xl font-semibold">This link is not valid</h1>
        <div className="mt-4 flex flex-col gap-3">
          {error ? (
            <FailureBand failure={failureFrom(error)} />
          ) : (
            <p className="text-sm text-ink-2">
              A part of it is missing. Copy the whole link, including the part after the #.
            </p>
          )}
          <LinkButton href={pages.signIn()}>Sign in</LinkButton>
        </div>
      </>
    );
  }
  return data && token ? (
    <Enter key={token} token={token} link={data} />
  ) : (
    <>
      <h1 className="text-xl font-semibold">Opening the link</h1>
      <p className="mt-1 text-sm text-ink-2">One moment…</p>
    </>
  );
}

function Enter({ token, link }: { token: string; link: EntryLinkView }) {
  const [name, setName] = useState(link.name);
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [pending, setPending] = useState(false);
  const [coded, setCoded] = useState(false);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const invited = link.kind === 'invite';
  const enter = async () => {
    setPending(true);
    setFailure(null);
    try {
      const { email } = await postJson<{ email: string }>(routes.useLink(), { token, name, password });
      const { secondStep } = await signIn({ email, password });
      if (secondStep) return setCoded(true);
      // Load the page anew, without the token in the address.
      location.replace(pages.home());
    } catch (error) {
      setFailure(failureFrom(error));
      setPending(false);
    }
  };
  // The link is used up, so the first step is taken again on the page of sign-ins.
  if (coded)
    return <CodeForm email={link.email} back={pages.home()} onAgain={() => location.replace(pages.signIn())} />;
  return (
    <>
      <h1 className="text-xl font-semibold">{invited ? 'Join Backstitch' : 'Choose a new password'}</h1>
      <p className="mt-1 text-sm text-ink-2">
        {invited
          ? `${link.createdBy} invites you. Your account will be ${link.email}.`
          : `For ${link.email}. Your other sessions will end.`}{' '}
        The link is valid until <Instant atMs={link.expiresMs} to="minute" />.
      </p>
      <form
        method="post"
        noValidate
        className="mt-4 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
        {/* Password managers read this field to find the account of the password. */}
        <input type="hidden" name="username" autoComplete="username" value={link.email} />
        {invited ? (
          <Field label="Your name" required help="It is shown next to your decisions." error={problem('/name')}>
            <Input
              autoFocus
              autoComplete="name"
              value={name}
              maxLength={120}
              onChange={({ target }) => setName(target.value)}
            />
          </Field>
        ) : null}
        <Field label="Password" required help="At least 10 characters." error={problem('/password')}>
          <Input
            type="password"
            autoFocus={!invited}
            autoComplete="new-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" pending={pending} className="mt-2 h-9">
          {invited ? 'Create my account' : 'Set the password'}
        </Button>
      </form>
    </>
  );
}
