'use client';

/** What Backstitch tells people of by itself: what is open now, the rules, where it goes, and what was. */
import { BellOff, BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import type { AlertRule, AlertsPage as Page } from '@/app/_contract/alerts';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { usePerson, useWhyNot } from '@/components/people/person';
import { AwayBand } from '@/components/runs/away-band';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';
import { Card, CardHeader } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { useCount } from '@/components/ui/writing';
import { AlertRow } from './alert-row';
import { Destinations } from './destinations';
import { RuleForm } from './rule-form';
import { RuleRow } from './rule-row';
import { suggestions } from './words';

export function AlertsPage({ prefetched }: { prefetched: Prefetched<Page> }) {
  const { data, failure, readAtMs, retry } = useList('alerts', routes.alerts(), prefetched);
  const away = useAway();
  const mayNot = useWhyNot('alerts.putRule');
  const count = useCount();
  const [edited, setEdited] = useState<AlertRule | 'new' | null>(null);
  const why = mayNot ?? away?.reason ?? null;
  const add = (
    <Button variant="primary" disabledReason={why} onClick={() => setEdited('new')}>
      <Plus aria-hidden />
      New rule
    </Button>
  );
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-xl font-semibold">Alerts</h1>
          <p className="max-w-prose text-sm text-ink-2">
            Rules that tell people, chats and pagers what needs somebody, until it is over.
          </p>
        </div>
        {data?.rules.length ? add : null}
      </header>
      {failure ? (
        <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} />
      ) : away && readAtMs ? (
        <AwayBand away={away} asOfMs={readAtMs} />
      ) : null}
      {data && !data.mail ? (
        <p className="rounded-lg border border-hairline bg-sunken px-4 py-2 text-sm">
          No mail server is configured (BACKSTITCH_SMTP_URL), so people and groups cannot be told. Chats, webhooks and
          pagers can.
        </p>
      ) : null}
      {data && !data.isWhole ? (
        <p className="rounded-lg border border-hairline bg-sunken px-4 py-2 text-sm">
          Runs are on a Temporal cluster, which does not group them by step and error: rules about undos, effects and
          retries find nothing there.
        </p>
      ) : null}
      {data?.rules.length === 0 ? <FirstRules why={why} add={add} /> : null}
      {data && (data.rules.length > 0 || data.open.length > 0) ? (
        <Card>
          <CardHeader
            title={data.open.length > 0 ? `Open now: ${count(data.open.length)}` : 'Open now'}
            description="One alert for each cause, however many runs it has."
          />
          {data.open.length === 0 ? (
            <p className="px-4 py-5 text-sm text-ink-2">Nothing is open.</p>
          ) : (
            <ul aria-label="Open alerts">
              {data.open.map((alert) => (
                <AlertRow key={alert.id} alert={alert} away={away?.reason ?? null} />
              ))}
            </ul>
          )}
        </Card>
      ) : null}
      {data?.rules.length ? (
        <Card>
          <CardHeader title="Rules" description="Who is told of what, and when." />
          <ul aria-label="Rules">
            {data.rules.map((rule) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                targets={data.targets}
                why={why}
                away={away?.reason ?? null}
                onChange={() => setEdited(rule)}
              />
            ))}
          </ul>
        </Card>
      ) : null}
      {data?.may.administer ? <Destinations destinations={data.destinations} why={why} /> : null}
      {data?.ended.length ? (
        <Card>
          <CardHeader title="Over" description="The newest first. They are kept for 90 days." />
          <ul aria-label="Alerts that are over">
            {data.ended.map((alert) => (
              <AlertRow key={alert.id} alert={alert} away={away?.reason ?? null} />
            ))}
          </ul>
        </Card>
      ) : null}
      {data && edited !== null ? (
        <RuleForm page={data} rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </div>
  );
}

/** `why`: why the person may not make one. */
function FirstRules({ why, add }: { why: string | null; add: React.ReactNode }) {
  const person = usePerson();
  const { pending, send } = useSend(['alerts']);
  const make = async (rule: object) => {
    const id = crypto.randomUUID();
    if (await send(routes.putAlertRule(), { id, ...rule })) toast.success('The rule is kept. Change it below.');
    else toast.error('The rule was not kept. Try again.');
  };
  return (
    <Card>
      <EmptyState
        icon={why ? <BellOff aria-hidden /> : <BellRing aria-hidden />}
        title="Nobody is told of anything yet"
        action={add}
        className="pb-6"
      >
        A rule watches for what needs somebody and tells who you choose. Begin with one of these, or make your own.
      </EmptyState>
      <div className="flex flex-wrap justify-center gap-2 px-4 pb-8">
        {suggestions(person.id).map(({ title, rule }) => (
          <Button key={title} pending={pending} disabledReason={why} onClick={() => void make(rule)}>
            {title}
          </Button>
        ))}
      </div>
    </Card>
  );
}
