'use client';

import { BellOff, Check, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { alertTitle, factsWords, momentWords } from '@/app/_contract/alert-words';
import type { Alert, AlertDelivery, AlertSeverity } from '@/app/_contract/alerts';
import { routes } from '@/app/_contract/routes';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { Badge } from '@/components/ui/surface';
import { Instant, RelativeTime, useZone } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { formatMinute } from '@/engine/flow/values/format';
import { SilenceDialog } from './silence-dialog';
import { Silenced } from './silenced';
import { SEVERITY_WORDS } from './words';

const ENDS: Record<NonNullable<Alert['resolved']>['why'], string> = {
  ended: 'over',
  ruleRemoved: 'ended with its rule',
  ruleChanged: 'ended when its rule was changed',
};

/** `away`: why nothing can be changed now. */
export function AlertRow({ alert, away }: { alert: Alert; away: string | null }) {
  const { condition, facts, severity, openedMs, resolved, acknowledged, silenced } = alert;
  const zone = useZone();
  const title = alertTitle(condition, facts);
  const words = factsWords(condition.kind, facts, (ms) => formatMinute(ms, zone));
  return (
    <li className="grid gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 md:grid-cols-[minmax(0,1fr)_auto] md:items-start">
      <div className="min-w-0">
        <p className="mb-0.5 flex flex-wrap items-center gap-x-2 gap-y-1">
          <SeverityBadge severity={severity} isOver={resolved !== null} />
          <Link
            href={facts.page}
            className="rounded-sm text-sm font-medium underline-offset-2 wrap-anywhere hover:underline pointer-coarse:py-3"
          >
            {title}
          </Link>
        </p>
        <p className="text-xs text-ink-2">
          {words ? `${words} · ` : null}
          opened <RelativeTime atMs={openedMs} />
          {resolved ? (
            <>
              {` · ${ENDS[resolved.why]} `}
              <Instant atMs={resolved.atMs} to="minute" />
            </>
          ) : null}
        </p>
        {acknowledged ? (
          <p className="text-xs text-ink-2">
            Acknowledged by {acknowledged.by} <RelativeTime atMs={acknowledged.atMs} />
          </p>
        ) : null}
        {silenced ? <Silenced silence={silenced} /> : null}
        <Deliveries deliveries={alert.deliveries} isSilent={silenced !== null} />
      </div>
      {resolved ? null : <Acts alert={alert} title={title} away={away} />}
    </li>
  );
}

function SeverityBadge({ severity, isOver }: { severity: AlertSeverity; isOver: boolean }) {
  const isUrgent = severity === 'critical' || severity === 'error';
  return <Badge tone={isUrgent && !isOver ? 'fail' : 'neutral'}>{SEVERITY_WORDS[severity]}</Badge>;
}

function Acts({ alert, title, away }: { alert: Alert; title: string; away: string | null }) {
  const mayNot = useWhyNot('alerts.acknowledge', alert.flow);
  const why = away ?? (alert.may.operate ? null : mayNot);
  const { pending, send } = useSend(['alerts']);
  const [isSilencing, setSilencing] = useState(false);
  const acknowledge = async () => {
    const done = await send<{ by: string }>(routes.acknowledgeAlert(alert.id), {});
    if (done) toast.success('Acknowledged. Nobody is reminded any more.');
    else toast.error('That was not kept. Try again.');
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {alert.acknowledged ? null : (
        <Button
          size="sm"
          aria-label={`Acknowledge ${title}`}
          pending={pending}
          disabledReason={why}
          onClick={() => void acknowledge()}
        >
          <Check aria-hidden />
          Acknowledge
        </Button>
      )}
      <Button size="sm" aria-label={`Silence ${title}`} disabledReason={why} onClick={() => setSilencing(true)}>
        <BellOff aria-hidden />
        {alert.silenced?.of === 'subject' ? 'Change silence' : 'Silence'}
      </Button>
      {isSilencing ? (
        <SilenceDialog
          ruleId={alert.ruleId}
          subject={alert.subject}
          silence={alert.silenced?.of === 'subject' ? alert.silenced : null}
          title={title}
          onClose={() => setSilencing(false)}
        />
      ) : null}
    </div>
  );
}

const STATES: Record<AlertDelivery['state'], string> = {
  delivered: 'told',
  waits: 'being told',
  failing: 'not told yet',
  dropped: 'not told',
};

function Deliveries({ deliveries, isSilent }: { deliveries: readonly AlertDelivery[]; isSilent: boolean }) {
  const failing = deliveries.filter(({ state }) => state === 'failing').length;
  const told = new Set(deliveries.filter(({ state }) => state === 'delivered').map(({ target }) => target)).size;
  if (deliveries.length === 0)
    return <p className="mt-1 text-xs text-ink-2">{isSilent ? 'Nobody was told.' : 'Nobody was told yet.'}</p>;
  return (
    <details className="group mt-1 text-xs">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-sm text-ink-2 hover:text-ink pointer-coarse:min-h-11">
        <ChevronRight aria-hidden className="size-3 transition-transform group-open:rotate-90" />
        {`${told} told`}
        {failing > 0 ? <span className="font-medium text-fail">{`${failing} could not be told yet`}</span> : null}
      </summary>
      <ul aria-label="Who was told" className="mt-1 flex flex-col gap-1 border-l border-hairline pl-3">
        {deliveries.map(({ target, title, moment, state, message, attempts, atMs }) => (
          <li key={`${target} ${moment}`} className="wrap-anywhere">
            <span className="font-medium">{momentWords(moment)}</span>
            {` · ${title} · `}
            <span className={state === 'failing' ? 'text-fail' : undefined}>{STATES[state]}</span>
            {` `}
            <RelativeTime atMs={atMs} />
            <span className="text-ink-2">
              {message ? ` · ${message}` : null}
              {attempts > 1 ? ` · ${attempts} attempts` : null}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
