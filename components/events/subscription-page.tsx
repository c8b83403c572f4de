'use client';

/** One subscription to events: whether they arrive, what was delivered last, and how the receiver reads them. */
import { History, Pencil, Power, PowerOff, RotateCcwKey, Send, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import {
  EVENT_KINDS,
  type EventDelivery,
  type EventSubscription,
  type PutSubscriptionDone,
  type SubscriptionDetail,
} from '@/app/_contract/events';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { ErrorState } from '@/components/ui/states';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { Ahead, Instant, RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { ConsumerCard } from './consumer-card';
import { Deliveries } from './deliveries';
import { ReplayDialog } from './replay-dialog';
import { SecretOnce } from './secret-once';
import { StateBadge } from './state-badge';
import { SubscriptionForm } from './subscription-form';
import { scopeWords, stateOf, targetWords, whereOf } from './words';

type Open =
  | { kind: 'change' | 'remove' | 'secret' | 'replay' }
  | { kind: 'from'; delivery: EventDelivery }
  | { kind: 'made'; secret: string };

export function SubscriptionPage({ id, prefetched }: { id: string; prefetched: Prefetched<SubscriptionDetail> }) {
  const { data, failure, readAtMs, retry } = useList('events', routes.subscription(id), prefetched);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const whyNot = useWhyNot('events.put');
  const away = useAway();
  const disabledReason = whyNot ?? away?.reason ?? null;
  if (!data) return failure ? <FailureBand failure={failure} onRetry={retry} /> : null;
  const { subscription } = data;
  return (
    <>
      {failure ? <FailureBand failure={failure} asOfMs={readAtMs} onRetry={retry} /> : null}
      <Head subscription={subscription} disabledReason={disabledReason} onOpen={(kind) => setOpen({ kind })} />
      <Bands subscription={subscription} disabledReason={disabledReason} onReplay={() => setOpen({ kind: 'replay' })} />
      <StateCard detail={data} />
      <Deliveries
        deliveries={data.deliveries}
        disabledReason={disabledReason}
        onAgain={(delivery) => setOpen({ kind: 'from', delivery })}
      />
      <ConsumerCard target={subscription.target} />
      {open?.kind === 'change' ? (
        <SubscriptionForm list={data} subscription={subscription} onClose={close} onSaved={close} />
      ) : null}
      {open?.kind === 'replay' || open?.kind === 'from' ? (
        <ReplayDialog id={id} delivery={open.kind === 'from' ? open.delivery : null} onClose={close} />
      ) : null}
      {open?.kind === 'remove' ? <RemoveDialog subscription={subscription} onClose={close} /> : null}
      {open?.kind === 'secret' ? (
        <SecretDialog
          subscription={subscription}
          onClose={close}
          onMade={(secret) => setOpen({ kind: 'made', secret })}
        />
      ) : null}
      {open?.kind === 'made' ? <SecretOnce title={subscription.title} secret={open.secret} onClose={close} /> : null}
    </>
  );
}

function Head({
  subscription,
  disabledReason,
  onOpen,
}: {
  subscription: EventSubscription;
  disabledReason: string | null;
  onOpen: (kind: 'change' | 'remove' | 'secret' | 'replay') => void;
}) {
  const { id, title, target, isOn } = subscription;
  const test = useSend(['events']);
  const put = useSend(['events']);
  const sendTest = async () => {
    const delivery = await test.send<EventDelivery>(routes.testSubscription(id), {});
    if (!delivery) return;
    if (delivery.isDelivered) toast.success(`The test arrived. ${delivery.message}`);
    else toast.error(`The test did not arrive. ${delivery.message}`);
  };
  const turn = () => {
    const { flows, kinds } = subscription;
    return put.send<PutSubscriptionDone>(routes.events(), { id, title, target, flows, kinds, isOn: !isOn, server: '' });
  };
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold break-words">
            {title}
            <StateBadge state={stateOf(subscription)} />
          </h1>
          <p className="text-sm break-all text-ink-2">
            {targetWords(target)} <span className="font-mono text-xs">{whereOf(target)}</span>
          </p>
          <p className="text-sm text-ink-2">{scopeWords(subscription, EVENT_KINDS.length)}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button disabledReason={disabledReason} pending={test.pending} onClick={() => void sendTest()}>
            <Send aria-hidden />
            Send a test
          </Button>
          <Button disabledReason={disabledReason} onClick={() => onOpen('replay')}>
            <History aria-hidden />
            Replay…
          </Button>
          <Button disabledReason={disabledReason} onClick={() => onOpen('secret')}>
            <RotateCcwKey aria-hidden />
            Replace the secret…
          </Button>
          <Button disabledReason={disabledReason} pending={put.pending} onClick={() => void turn()}>
            {isOn ? <PowerOff aria-hidden /> : <Power aria-hidden />}
            {isOn ? 'Switch off' : 'Switch on'}
          </Button>
          <Button disabledReason={disabledReason} onClick={() => onOpen('change')}>
            <Pencil aria-hidden />
            Change
          </Button>
          <Button disabledReason={disabledReason} onClick={() => onOpen('remove')}>
            <Trash2 aria-hidden />
            Remove…
          </Button>
        </div>
      </div>
      {test.failure ? <FailureBand failure={test.failure} /> : null}
      {put.failure ? <FailureBand failure={put.failure} /> : null}
    </header>
  );
}

function Bands({
  subscription,
  disabledReason,
  onReplay,
}: {
  subscription: EventSubscription;
  disabledReason: string | null;
  onReplay: () => void;
}) {
  const { failing, stoppedMs, missedMs, secretBeforeUntilMs } = subscription;
  const state = stateOf(subscription);
  return (
    <>
      {state === 'stopped' && stoppedMs ? (
        <ErrorState
          compact
          title="Nothing is sent any more"
          action={
            <Button size="sm" disabledReason={disabledReason} onClick={onReplay}>
              Replay…
            </Button>
          }
        >
          It was stopped <RelativeTime atMs={stoppedMs} />, after {failing?.attempts ?? 1} attempts: {failing?.error}{' '}
          Save it to try again with the event that failed, or replay it from another place.
        </ErrorState>
      ) : null}
      {state === 'failing' && failing ? (
        <ErrorState compact title="The receiver does not take events">
          Since <RelativeTime atMs={failing.sinceMs} />,{' '}
          {failing.attempts === 1 ? '1 attempt' : `${failing.attempts} attempts`}: {failing.error} The next attempt is{' '}
          <Ahead atMs={failing.nextMs} />. Events wait, and come in their order. After five days it is stopped.
        </ErrorState>
      ) : null}
      {missedMs ? (
        <ErrorState
          compact
          title="Some events are lost"
          action={
            <Button size="sm" disabledReason={disabledReason} onClick={onReplay}>
              Replay…
            </Button>
          }
        >
          Events had waited for longer than changes of runs are kept, which is a week unless BACKSTITCH_EVENT_DAYS says
          otherwise. It was noticed <RelativeTime atMs={missedMs} />. A replay puts this message away.
        </ErrorState>
      ) : null}
      {secretBeforeUntilMs ? (
        <p className="rounded-lg border border-hairline bg-sunken px-4 py-2 text-sm">
          The secret of before signs as well, until <Instant atMs={secretBeforeUntilMs} to="minute" />.
        </p>
      ) : null}
    </>
  );
}

function StateCard({ detail: { subscription, waiting } }: { detail: SubscriptionDetail }) {
  const { deliveredMs, owner, createdMs } = subscription;
  return (
    <Card>
      <CardHeader title="State" />
      <CardBody>
        <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-3">
          <div>
            <dt className="text-xs text-ink-2">Last event delivered</dt>
            <dd>{deliveredMs ? <RelativeTime atMs={deliveredMs} /> : 'None yet'}</dd>
          </div>
          <div>
            <dt className="text-xs text-ink-2">Waiting</dt>
            <dd>
              {waiting === null ? (
                'Not known now: the engine does not answer.'
              ) : waiting.count === 0 ? (
                'Nothing. It is up to date.'
              ) : (
                <>
                  {waiting.count >= MOST_SHOWN
                    ? '1,000 events or more'
                    : waiting.count === 1
                      ? '1 event'
                      : `${waiting.count} events`}
                  {waiting.oldestMs ? (
                    <>
                      , the first of <RelativeTime atMs={waiting.oldestMs} />
                    </>
                  ) : null}
                </>
              )}
            </dd>
          </div>
          <div>
            <dt className="text-xs text-ink-2">Saved last by</dt>
            <dd>
              {owner}, created <RelativeTime atMs={createdMs} />
            </dd>
          </div>
        </dl>
      </CardBody>
    </Card>
  );
}
const MOST_SHOWN = 1_000;

function RemoveDialog({ subscription, onClose }: { subscription: EventSubscription; onClose: () => void }) {
  const { pending, failure, send } = useSend(['events']);
  const router = useRouter();
  const remove = async () => {
    if (await send(routes.removeSubscription(subscription.id), {})) router.push(pages.events());
  };
  return (
    <FormDialog
      title={`Remove '${subscription.title}'?`}
      description="Nothing is sent there any more, what waits is not sent, and its list of deliveries is gone."
      action="Remove the subscription"
      leave="Keep it"
      pending={pending}
      danger
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function SecretDialog({
  subscription,
  onClose,
  onMade,
}: {
  subscription: EventSubscription;
  onClose: () => void;
  onMade: (secret: string) => void;
}) {
  const { pending, failure, send } = useSend(['events']);
  const replace = async () => {
    const done = await send<PutSubscriptionDone>(routes.replaceEventSecret(subscription.id), {});
    if (done?.secret) onMade(done.secret);
  };
  return (
    <FormDialog
      title="Replace the secret?"
      description="A new one is made and shown once. For a day events are signed with both, so that the receiver can change to the new one at any time of it."
      action="Replace the secret"
      pending={pending}
      onSubmit={() => void replace()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
