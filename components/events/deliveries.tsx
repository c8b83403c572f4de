'use client';

import Link from 'next/link';
import type { EventDelivery } from '@/app/_contract/events';
import { pages } from '@/app/_contract/routes';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { formatDuration } from '@/engine/flow/values/format';

/** The last attempts, the newest first. */
export function Deliveries({
  deliveries,
  disabledReason,
  onAgain,
}: {
  deliveries: EventDelivery[];
  disabledReason: string | null;
  onAgain: (delivery: EventDelivery) => void;
}) {
  return (
    <Card>
      <CardHeader title="Last deliveries" description="Each attempt, the newest first. Bodies are not kept." />
      {deliveries.length === 0 ? (
        <p className="px-4 py-3 text-sm text-ink-2">No event yet. Send a test to see whether one arrives.</p>
      ) : (
        <ul className="divide-y divide-hairline">
          {deliveries.map((delivery) => (
            <OneDelivery
              key={delivery.id}
              delivery={delivery}
              disabledReason={disabledReason}
              onAgain={() => onAgain(delivery)}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

function OneDelivery({
  delivery,
  disabledReason,
  onAgain,
}: {
  delivery: EventDelivery;
  disabledReason: string | null;
  onAgain: () => void;
}) {
  const { atMs, attempt, eventId, flow, isDelivered, kind, message, run, tookMs } = delivery;
  return (
    <li className="flex items-center gap-x-4 px-4 py-2">
      <div className="grid min-w-0 flex-1 gap-x-4 gap-y-0.5 text-sm md:grid-cols-[8rem_minmax(0,2fr)_minmax(0,3fr)] md:items-baseline">
        <span className="text-xs text-ink-2">
          <RelativeTime atMs={atMs} />
        </span>
        <span className="min-w-0">
          <span className="font-mono text-xs" title={eventId}>
            {kind}
          </span>{' '}
          {run ? (
            <Link className="break-all underline underline-offset-2" href={pages.run(run.workflowId, run.runId)}>
              {run.workflowId}
            </Link>
          ) : flow ? (
            <Link className="break-all underline underline-offset-2" href={pages.flow(flow)}>
              {flow}
            </Link>
          ) : null}
        </span>
        <span className={isDelivered ? 'min-w-0 text-ink-2' : 'min-w-0 text-fail'}>
          {message} <span className="figures whitespace-nowrap text-xs">{formatDuration(tookMs)}</span>
          {attempt > 1 ? <span className="text-xs"> · attempt {attempt}</span> : null}
        </span>
      </div>
      {kind === 'test' ? null : (
        <Button
          size="sm"
          aria-label={`Send again from ${kind} of ${run?.workflowId ?? flow ?? ''}`}
          disabledReason={disabledReason}
          onClick={onAgain}
        >
          Send again…
        </Button>
      )}
    </li>
  );
}
