'use client';

/** Turns all mails of one person off, without a session: the link has a token. */
import { MailX } from 'lucide-react';
import { useState } from 'react';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';

export function UnsubscribeForm({
  token,
  found: { data, failure },
}: {
  token: string;
  found: Prefetched<{ email: string; off: boolean }>;
}) {
  const [off, setOff] = useState(data?.off ?? false);
  const { pending, failure: refused, send } = useSend();
  if (!data)
    return (
      <>
        <h1 className="text-xl font-semibold">This link is not valid</h1>
        <div className="mt-4 flex flex-col gap-3">
          {failure ? <FailureBand failure={failure} /> : null}
          <LinkButton href={pages.account()}>Your account</LinkButton>
        </div>
      </>
    );
  const turnOff = async () => {
    if (await send(routes.unsubscribe(token), {})) setOff(true);
  };
  return (
    <>
      <h1 className="text-xl font-semibold">{off ? 'You get no more mails' : 'No more mails?'}</h1>
      <p role="status" className="mt-1 text-sm wrap-anywhere text-ink-2">
        {off
          ? `Nothing is sent to ${data.email} when an approval waits for you. What waits is in your approvals; you can turn mails on again in your account.`
          : `${data.email} gets a mail when an approval waits, when it is overdue, and when the run of a decision has ended.`}
      </p>
      <div className="mt-4 flex flex-col gap-3">
        {refused ? <FailureBand failure={refused} /> : null}
        {off ? (
          <LinkButton href={pages.account()}>Your account</LinkButton>
        ) : (
          <Button
            variant="primary"
            className="h-9 pointer-coarse:h-11"
            pending={pending}
            onClick={() => void turnOff()}
          >
            <MailX aria-hidden />
            Send me no more mails
          </Button>
        )}
      </div>
    </>
  );
}
