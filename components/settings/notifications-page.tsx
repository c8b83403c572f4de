'use client';

/** Settings, Notifications: whether mails go out, what waits to be sent and could not be sent, and chats. */
import { MailCheck, MailWarning, RotateCw } from 'lucide-react';
import Link from 'next/link';
import type { NotificationList, NotificationRow } from '@/app/_contract/notifications';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { ChatsCard } from './chats-card';

export function NotificationsPage({ prefetched }: { prefetched: Prefetched<NotificationList> }) {
  const { data, failure, readAtMs, retry } = useList('people', routes.notifications(), prefetched);
  const away = useAway();
  const { pending, failure: refused, send } = useSend(['people']);
  const tryAgain = async (id: string | null) => {
    const answer = await send<{ tried: number }>(routes.retryNotifications(), { id });
    if (answer) toast(answer.tried === 0 ? 'Nothing is left to try.' : 'It is tried again now.');
  };
  return (
    <>
      <header>
        <h1 className="text-xl font-semibold">Notifications</h1>
        <p className="max-w-prose text-sm text-ink-2">
          People get a mail when an approval asks them, when it is overdue, and when the run of what they decided has
          ended. Nothing is decided by opening a mail or its link.
        </p>
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {refused ? <FailureBand failure={refused} /> : null}
      {data ? (
        <>
          <Mails {...{ data, pending, away: away?.reason ?? null, tryAgain }} />
          <ChatsCard chats={data.chats} groups={data.groups} away={away?.reason ?? null} />
        </>
      ) : null}
    </>
  );
}

interface MailsProps {
  data: NotificationList;
  pending: boolean;
  away: string | null;
  tryAgain: (id: string | null) => Promise<void>;
}

function Mails({ data, pending, away, tryAgain }: MailsProps) {
  const { mail, from, waiting, failed, sent, rows, oldestDueMs } = data;
  return (
    <Card>
      <section aria-labelledby="mails-heading">
        <header className="flex flex-wrap items-center gap-3 border-b border-hairline px-4 py-3">
          {failed > 0 ? (
            <MailWarning aria-hidden className="size-4 text-fail" />
          ) : (
            <MailCheck aria-hidden className="size-4 text-ink-2" />
          )}
          <div className="min-w-48 flex-1">
            <h2 id="mails-heading" className="text-sm font-semibold">
              Mails
            </h2>
            <p className="text-xs text-ink-2 wrap-anywhere">
              {mail ? (
                <>
                  From {from}. <span className="figures">{sent}</span> sent within a day, {waitWords(waiting, failed)}
                  {oldestDueMs === null ? null : (
                    <>
                      {' '}
                      · the oldest is due <RelativeTime atMs={oldestDueMs} />
                    </>
                  )}
                </>
              ) : (
                'No mail server is configured, so nobody gets a mail.'
              )}
            </p>
          </div>
          {rows.length > 0 ? (
            <Button pending={pending} disabledReason={away} onClick={() => void tryAgain(null)}>
              <RotateCw aria-hidden />
              Try all again
            </Button>
          ) : null}
        </header>
        {rows.length === 0 ? (
          <EmptyState icon={<MailCheck aria-hidden />} title={mail ? 'Everything is sent' : 'No mails'}>
            {mail
              ? 'A mail that cannot be sent is listed here, with the reason, and is tried again.'
              : 'Start Backstitch with BACKSTITCH_SMTP_URL, for example smtp://user:password@mail.example.com:587. Whoever is asked then gets a mail.'}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-hairline">
            {rows.map((row) => (
              <Row key={row.id} row={row} disabledReason={away} onTry={() => void tryAgain(row.id)} />
            ))}
          </ul>
        )}
        {waiting + failed > rows.length ? (
          <p className="border-t border-hairline px-4 py-2 text-xs text-ink-2">
            The first {rows.length} of {waiting + failed}.
          </p>
        ) : null}
      </section>
    </Card>
  );
}

const waitWords = (waiting: number, failed: number): string =>
  [
    waiting === 0 ? 'none waits' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`,
    failed > 0 ? `${failed} failed` : '',
  ]
    .filter(Boolean)
    .join(', ');

const KINDS: Record<NotificationRow['kind'], string> = {
  asked: 'Asked to decide',
  assigned: 'Given a task',
  reminded: 'Reminded',
  overdue: 'Overdue',
  question: 'Asked a question',
  answered: 'Answered their question',
  followed: 'What a decision did',
  guest: 'Link of a guest',
  alert: 'Alert',
};

function Row({
  row,
  disabledReason,
  onTry,
}: {
  row: NotificationRow;
  disabledReason: string | null;
  onTry: () => void;
}) {
  const { kind, to, taskId, title, createdMs, attempts, nextMs, lastError } = row;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-sm">
          <span className="font-medium wrap-anywhere">{to}</span>
          {nextMs === null ? <Badge>Failed</Badge> : null}
        </p>
        <p className="text-xs text-ink-2 wrap-anywhere">
          {KINDS[kind]}:{' '}
          <Link
            href={kind === 'alert' ? pages.alerts() : pages.task(taskId)}
            className="rounded-sm underline underline-offset-2 hover:text-ink"
          >
            {title || 'a task'}
          </Link>{' '}
          · <RelativeTime atMs={createdMs} />
        </p>
        {lastError ? (
          <p className="mt-0.5 text-xs text-fail wrap-anywhere">
            {lastError} <span className="text-ink-2">{attemptWords(attempts)}</span>
          </p>
        ) : null}
      </div>
      <p className="text-xs text-ink-2">
        {nextMs === null ? 'Not tried again by itself' : <RelativeTime prefix="due " atMs={nextMs} />}
      </p>
      <Button size="sm" disabledReason={disabledReason} aria-label={`Try again: ${KINDS[kind]}, ${to}`} onClick={onTry}>
        Try again
      </Button>
    </li>
  );
}

const attemptWords = (attempts: number): string => (attempts === 1 ? 'Tried once.' : `Tried ${attempts} times.`);
