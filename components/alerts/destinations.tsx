'use client';

/** Webhooks and pagers. People, groups and chats are made elsewhere in Settings. */
import { Plus, Send, Siren, Trash2, Webhook } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { AlertDestination, AlertTargetTested, PutAlertDestinationDone } from '@/app/_contract/alerts';
import { pages, routes } from '@/app/_contract/routes';
import { useSend } from '@/components/live/use-send';
import { OnceDialog } from '@/components/settings/once';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Card, CardHeader } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { DestinationForm } from './destination-form';

export function Destinations({ destinations, why }: { destinations: readonly AlertDestination[]; why: string | null }) {
  const [edited, setEdited] = useState<AlertDestination | 'new' | null>(null);
  const [made, setMade] = useState<{ title: string; secret: string } | null>(null);
  const saved = ({ destination, secret }: PutAlertDestinationDone) => {
    setEdited(null);
    if (secret) setMade({ title: destination.title, secret });
  };
  return (
    <Card>
      <CardHeader
        title="Webhooks and pagers"
        description="Rules can tell these, beside people, groups and chats."
        actions={
          <Button size="sm" disabledReason={why} onClick={() => setEdited('new')}>
            <Plus aria-hidden />
            New destination
          </Button>
        }
      />
      {destinations.length === 0 ? (
        <p className="px-4 py-5 text-sm text-ink-2">
          None yet. A pager takes PagerDuty&apos;s events; a webhook gets signed messages. Chats are kept in{' '}
          <Link href={pages.notifications()} className="underline underline-offset-2 hover:text-ink">
            Settings, Notifications
          </Link>
          .
        </p>
      ) : (
        <ul aria-label="Webhooks and pagers">
          {destinations.map((each) => (
            <Row key={each.id} destination={each} why={why} onChange={() => setEdited(each)} />
          ))}
        </ul>
      )}
      {edited !== null ? (
        <DestinationForm
          destination={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onSaved={saved}
        />
      ) : null}
      {made ? (
        <OnceDialog
          title={`The secret of '${made.title}'`}
          description="It is shown only once. The receiver verifies the signatures of alerts with it."
          label="Secret"
          text={made.secret}
          onClose={() => setMade(null)}
        >
          <p className="text-sm text-ink-2">
            Messages are signed as Standard Webhooks says; many libraries verify that.
          </p>
        </OnceDialog>
      ) : null}
    </Card>
  );
}

function Row({
  destination: { id, title, kind, host, problem },
  why,
  onChange,
}: {
  destination: AlertDestination;
  why: string | null;
  onChange: () => void;
}) {
  const { pending, send } = useSend(['alerts']);
  const [isRemoving, setRemoving] = useState(false);
  const [answer, setAnswer] = useState<AlertTargetTested | null>(null);
  const Icon = kind === 'pager' ? Siren : Webhook;
  const test = async () => {
    const tested = await send<AlertTargetTested>(routes.testAlertTarget(), { target: `destination ${id}` });
    setAnswer(tested ?? { ok: false, message: 'The test was not sent. Try again.' });
  };
  const remove = async () => {
    if (await send(routes.removeAlertDestination(id), {})) setRemoving(false);
    else toast.error('It was not removed. Try again.');
  };
  return (
    <li className="grid gap-x-4 gap-y-2 border-b border-hairline px-4 py-2.5 last:border-b-0 md:grid-cols-[minmax(0,1fr)_auto] md:items-center">
      <div className="min-w-0">
        <p className="flex items-center gap-2 text-sm font-medium wrap-anywhere">
          <Icon aria-hidden className="size-4 shrink-0 text-mark" />
          {title}
        </p>
        <p className="pl-6 text-xs text-ink-2 wrap-anywhere">
          {kind === 'pager' ? 'Pager' : 'Webhook'} at <span className="font-mono">{host}</span>
        </p>
        {problem === null ? null : (
          <p className="pl-6 text-xs text-fail wrap-anywhere">Nothing arrives there: {problem}</p>
        )}
        <p role="status" className="pl-6 text-xs wrap-anywhere">
          {answer === null ? null : answer.ok ? (
            <span>The test arrived: {answer.message}</span>
          ) : (
            <span className="text-fail">The test did not arrive: {answer.message}</span>
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          aria-label={`Send a test to ${title}`}
          pending={pending}
          disabledReason={why}
          onClick={() => void test()}
        >
          <Send aria-hidden />
          Send a test
        </Button>
        <Button size="sm" aria-label={`Change ${title}`} disabledReason={why} onClick={onChange}>
          Change
        </Button>
        <Button size="sm" aria-label={`Remove ${title}`} disabledReason={why} onClick={() => setRemoving(true)}>
          <Trash2 aria-hidden />
          Remove
        </Button>
      </div>
      {isRemoving ? (
        <FormDialog
          title={`Remove '${title}'?`}
          action="Remove"
          danger
          pending={pending}
          onSubmit={() => void remove()}
          onClose={() => setRemoving(false)}
        >
          <p className="text-sm text-ink-2">
            Rules that tell it tell it no more. What it was told of open alerts, it does not hear the end of.
          </p>
        </FormDialog>
      ) : null}
    </li>
  );
}
