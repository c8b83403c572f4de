'use client';

/** The webhooks of a flow: their addresses, what they do, and how their last deliveries ended. */
import { Pencil, Plus, Trash2, Webhook } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Hook, HookDelivery, HookList, PutHookDone } from '@/app/_contract/hooks';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { OnceDialog } from '@/components/settings/once';
import { Button, IconButton } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';
import { Details } from '@/components/ui/details';
import { FormDialog } from '@/components/ui/form-dialog';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { HookDialog } from './hook-dialog';
import { deliveryByHand, SENDER_FACTS, senderOf } from './senders';

type Open = { kind: 'put'; hook: Hook | null } | { kind: 'remove'; hook: Hook } | { kind: 'made'; done: PutHookDone };

export function FromWebhook({ flow, sample }: { flow: string; sample: unknown }) {
  const { data, failure, readAtMs, retry } = useList<HookList>('flows', routes.hooks(flow));
  const [open, setOpen] = useState<Open | null>(null);
  const away = useAway();
  const whyNot = useWhyNot('hooks.put', flow);
  const disabledReason = whyNot ?? away?.reason ?? null;
  const close = () => setOpen(null);
  const saved = (done: PutHookDone) => setOpen(done.secret ? { kind: 'made', done } : null);
  const addressOf = ({ id }: Hook) => new URL(routes.deliver(id), data?.origin).href;
  const add = (
    <Button
      size="sm"
      variant="primary"
      disabledReason={disabledReason}
      onClick={() => setOpen({ kind: 'put', hook: null })}
    >
      <Plus aria-hidden />
      New webhook
    </Button>
  );
  return (
    <div className="grid min-w-0 gap-4">
      <p className="flex flex-wrap items-center justify-between gap-3 text-sm text-ink-2">
        <span className="max-w-prose">
          Another system starts runs here, or sends them signals, with whatever JSON it has. Each delivery is proved
          with a secret, and the same one counts once.
        </span>
        {data?.hooks.length ? add : null}
      </p>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data?.hooks.length === 0 ? (
        <Card>
          <EmptyState icon={<Webhook aria-hidden />} title="No webhook yet" action={add}>
            Payment services, repositories and other systems can tell you what happened: give them the address of a
            webhook.
          </EmptyState>
        </Card>
      ) : null}
      {data?.hooks.map((hook) => (
        <OneHook
          key={hook.id}
          hook={hook}
          address={addressOf(hook)}
          sample={sample}
          disabledReason={disabledReason}
          onOpen={(kind) => setOpen({ kind, hook })}
        />
      ))}
      {data && open?.kind === 'put' ? (
        <HookDialog flow={flow} hook={open.hook} list={data} onClose={close} onSaved={saved} />
      ) : null}
      {open?.kind === 'made' && open.done.secret ? (
        <OnceDialog
          title={`The secret of '${open.done.hook.title}'`}
          description="It is shown only once. Give it to the sender, with the address."
          label="Secret"
          text={open.done.secret}
          onClose={close}
        >
          <Address text={addressOf(open.done.hook)} />
        </OnceDialog>
      ) : null}
      {open?.kind === 'remove' ? <RemoveDialog hook={open.hook} onClose={close} /> : null}
    </div>
  );
}

function OneHook({
  hook,
  address,
  sample,
  disabledReason,
  onOpen,
}: {
  hook: Hook;
  address: string;
  sample: unknown;
  disabledReason: string | null;
  onOpen: (kind: 'put' | 'remove') => void;
}) {
  const { action, deliveries, owner, proof, title } = hook;
  const byHand = action.kind === 'start' && hook.input === '' ? deliveryByHand(address, proof, sample) : null;
  return (
    <Card className="min-w-0">
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {title}
            <Badge>{SENDER_FACTS[senderOf(proof)].label}</Badge>
          </span>
        }
        description={`${action.kind === 'start' ? 'Starts a run' : `Sends the signal '${action.signal}'`} in the name of ${owner.name}.`}
        actions={
          <>
            <IconButton
              size="sm"
              label={`Change ${title}`}
              disabledReason={disabledReason}
              onClick={() => onOpen('put')}
            >
              <Pencil aria-hidden />
            </IconButton>
            <IconButton
              size="sm"
              label={`Remove ${title}`}
              disabledReason={disabledReason}
              onClick={() => onOpen('remove')}
            >
              <Trash2 aria-hidden />
            </IconButton>
          </>
        }
      />
      <CardBody className="grid gap-3">
        {hook.whyNot ? (
          <p role="alert" className="rounded-md border border-fail/40 bg-fail-tint px-3 py-2 text-sm">
            {hook.whyNot}
          </p>
        ) : null}
        <Address text={address} />
        <Details openAtFirst={deliveries[0] !== undefined && !isTaken(deliveries[0])} className="min-w-0 text-sm">
          <summary className="cursor-pointer text-ink-2">
            {deliveries[0] ? (
              <>
                Last delivery <RelativeTime atMs={deliveries[0].atMs} />
                {isTaken(deliveries[0]) ? '' : ': refused'}
              </>
            ) : (
              'No delivery yet'
            )}
          </summary>
          {deliveries.length > 0 ? (
            <ul className="mt-2 divide-y divide-hairline rounded-md border border-hairline">
              {deliveries.map((delivery) => (
                <OneDelivery key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          ) : (
            <p className="mt-2 text-ink-2">
              Deliveries are listed here with the run that they reached, or with the reason why they were refused. One
              whose secret is wrong is refused with 401 and is not listed.
            </p>
          )}
        </Details>
        {byHand ? (
          <Details className="min-w-0 text-sm">
            <summary className="cursor-pointer text-ink-2">Send one by hand</summary>
            <div className="relative mt-2 min-w-0">
              <div className="absolute right-1 top-1 rounded-md bg-paper">
                <CopyButton text={byHand} label="Copy the delivery" />
              </div>
              <pre
                tabIndex={0}
                aria-label={`A delivery to ${title} with curl`}
                className="overflow-x-auto rounded-md border border-hairline bg-paper py-2 pl-3 pr-10 font-mono text-xs leading-5"
              >
                {byHand}
              </pre>
            </div>
          </Details>
        ) : null}
      </CardBody>
    </Card>
  );
}

const isTaken = ({ outcome }: HookDelivery): boolean => outcome === 'done' || outcome === 'again';

function OneDelivery({ delivery }: { delivery: HookDelivery }) {
  const { atMs, outcome, message, run } = delivery;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-1.5 text-sm">
      <span className="w-28 shrink-0 text-xs text-ink-2">
        <RelativeTime atMs={atMs} />
      </span>
      {isTaken(delivery) && run ? (
        <span className="min-w-0">
          <Link className="break-all underline underline-offset-2" href={pages.run(run.workflowId, run.runId)}>
            {run.workflowId}
          </Link>
          {outcome === 'again' ? <span className="text-ink-2"> had it already</span> : null}
        </span>
      ) : (
        <span className="min-w-0 flex-1 text-fail">Refused: {message}</span>
      )}
    </li>
  );
}

function Address({ text }: { text: string }) {
  return (
    <div className="flex min-w-0 items-center gap-2 rounded-md border border-hairline bg-sunken py-1 pl-3 pr-1">
      <code aria-label="Address" className="min-w-0 flex-1 select-all break-all font-mono text-xs">
        {text}
      </code>
      <CopyButton text={text} label="Copy the address" />
    </div>
  );
}

function RemoveDialog({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const { pending, failure, send } = useSend(['flows']);
  const remove = async () => {
    if (await send(routes.removeHook(hook.id), {})) onClose();
  };
  return (
    <FormDialog
      title={`Remove '${hook.title}'?`}
      description="Deliveries to its address are refused from now on, and its list of deliveries is gone. Runs that it started go on."
      action="Remove the webhook"
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
