'use client';

/** Settings, Retention: how long closed runs are kept. What a period removes is shown before it is set. */
import { useState } from 'react';
import type { Prefetched } from '@/app/_contract/prefetched';
import type { FlowSummary } from '@/app/_contract/flows';
import {
  daysProblem,
  type Expired,
  type FlowPeriodSet,
  type KeptFlow,
  type KeptNamespace,
  type RetentionList,
} from '@/app/_contract/retention';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { Card, CardHeader } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { deleteWords, expiredWords, goneAtOnce, keptWords } from './retention-words';

export function RetentionPage({ prefetched }: { prefetched: Prefetched<RetentionList> }) {
  const { data, failure, readAtMs, retry } = useList('runs', routes.retention(), prefetched);
  return (
    <>
      <header>
        <h1 className="text-xl font-semibold">Retention</h1>
        <p className="max-w-prose text-sm text-ink-2">
          A closed run takes room until it is deleted: its history, its values, and its decided approvals. The audit
          trail is kept.
        </p>
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data?.namespaces.map((kept) => (
        <NamespaceCard
          key={`${kept.namespace} ${kept.days}`}
          kept={kept}
          mustEnd={data.mustEnd}
          isNamed={data.namespaces.length > 1}
        />
      ))}
      {data && !data.mustEnd && data.namespaces[0] ? (
        <FlowsCard flows={data.flows} namespace={data.namespaces[0]} />
      ) : null}
    </>
  );
}

/** Flows whose closed runs are kept for another time. */
function FlowsCard({ flows, namespace }: { flows: readonly KeptFlow[]; namespace: KeptNamespace }) {
  const away = useAway();
  const { data } = useList<{ flows: FlowSummary[] }>('flows', routes.flows());
  const [flow, setFlow] = useState<string | null>(null);
  const [period, setPeriod] = useState<Period>('days');
  const [text, setText] = useState('90');
  const [problem, setProblem] = useState<string | null>(null);
  const write = (next: string) => {
    setText(next);
    setProblem(null);
  };
  const [asked, setAsked] = useState<Asked | null>(null);
  const choose = (name: string) => {
    const own = flows.find((each) => each.flow === name);
    setFlow(name);
    setPeriod(own?.days === null ? 'ever' : 'days');
    if (own?.days) setText(String(own.days));
    setProblem(null);
  };
  const save = () => {
    const wrong = period === 'days' ? daysProblem(text) : null;
    setProblem(wrong);
    if (flow === null || wrong) return;
    const days = period === 'days' ? Number(text) : period === 'ever' ? null : namespace.days;
    setAsked({ days, flow, isOwn: period !== 'namespace' });
  };
  const options = (data?.flows ?? []).map(({ name, title }) => ({ value: name, label: title, description: name }));
  return (
    <Card>
      <CardHeader
        title="Periods of flows"
        description={`The closed runs of every other flow are kept ${keptWords(namespace.days)}.`}
      />
      {flows.length > 0 ? (
        <ul aria-label="Periods of flows" className="divide-y divide-hairline border-b border-hairline">
          {flows.map((each) => (
            <li key={each.flow} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
              <span className="min-w-0 flex-1 basis-40 font-medium wrap-anywhere">{each.flow}</span>
              <span className="text-ink-2">kept {keptWords(each.days)}</span>
              <Button size="sm" aria-label={`Change the period of ${each.flow}`} onClick={() => choose(each.flow)}>
                Change
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <form
        noValidate
        className="flex flex-col items-start gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!away) save();
        }}
      >
        <Field label="Flow" required>
          <Select
            className="w-full max-w-md"
            placeholder="Choose a flow"
            value={flow ?? ''}
            onValueChange={choose}
            options={options}
          />
        </Field>
        {flow === null ? null : (
          <>
            <RadioList
              legend="Keep its closed runs"
              value={period}
              onChange={setPeriod}
              options={[
                { value: 'namespace', label: 'As those of other flows', description: keptWords(namespace.days) },
                { value: 'ever', label: 'For ever', description: 'Nothing of this flow is deleted by itself.' },
                { value: 'days', label: 'For a number of days', description: 'Counted from the close of a run.' },
              ]}
            />
            {period === 'days' ? (
              <DaysField label="Days for this flow" text={text} problem={problem} onText={write} />
            ) : null}
            <Button type="submit" disabledReason={away?.reason ?? null}>
              Save for this flow…
            </Button>
          </>
        )}
      </form>
      {asked ? (
        <SaveDialog
          namespace={namespace.namespace}
          {...asked}
          onClose={() => {
            setAsked(null);
            setFlow(null);
          }}
        />
      ) : null}
    </Card>
  );
}
function DaysField({
  label,
  text,
  problem,
  onText,
}: {
  label: string;
  text: string;
  problem: string | null;
  onText: (text: string) => void;
}) {
  return (
    <Field label={label} required error={problem} help="1 to 36,500.">
      <Input inputMode="numeric" value={text} onChange={({ target }) => onText(target.value)} className="max-w-32" />
    </Field>
  );
}

type Period = 'namespace' | 'ever' | 'days';

interface Asked {
  days: number | null;
  /** Of this flow alone. */
  flow?: string;
  /** False: the flow has the period of its namespace again. */
  isOwn?: boolean;
}

/** `isNamed`: there are others. */
function NamespaceCard({ kept, mustEnd, isNamed }: { kept: KeptNamespace; mustEnd: boolean; isNamed: boolean }) {
  const away = useAway();
  const [isLimited, setLimited] = useState(kept.days !== null);
  const [text, setText] = useState(String(kept.days ?? 30));
  const [problem, setProblem] = useState<string | null>(null);
  const write = (next: string) => {
    setText(next);
    setProblem(null);
  };
  const [asked, setAsked] = useState<{ days: number | null } | null>(null);
  const days = isLimited ? Number(text) : null;
  const save = () => {
    const wrong = isLimited ? daysProblem(text) : null;
    setProblem(wrong);
    if (!wrong) setAsked({ days });
  };
  return (
    <Card>
      <form
        noValidate
        className="flex flex-col items-start gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!away && days !== kept.days) save();
        }}
      >
        {isNamed ? <h2 className="text-base font-medium">{kept.namespace}</h2> : null}
        <div className="w-full max-w-md">
          <RadioList
            legend="Keep closed runs"
            value={isLimited ? 'limited' : 'ever'}
            onChange={(value) => setLimited(value === 'limited')}
            options={[
              {
                value: 'ever',
                label: 'For ever',
                description: 'Nothing is deleted by itself.',
                ...(mustEnd ? { disabled: 'A Temporal cluster keeps closed runs for a number of days.' } : {}),
              },
              {
                value: 'limited',
                label: 'For a number of days',
                description:
                  'Counted from the close of a run. A run stays while an effect of it remains, or may remain, that nobody has settled.',
              },
            ]}
          />
        </div>
        {isLimited ? <DaysField label="Days" text={text} problem={problem} onText={write} /> : null}
        <Button
          type="submit"
          variant="primary"
          disabledReason={away?.reason ?? (days === kept.days ? `Closed runs are kept ${keptWords(kept.days)}.` : null)}
        >
          Save…
        </Button>
      </form>
      {asked ? <SaveDialog namespace={kept.namespace} days={asked.days} onClose={() => setAsked(null)} /> : null}
    </Card>
  );
}

interface SaveProps extends Asked {
  namespace: string;
  onClose: () => void;
}

function SaveDialog(props: SaveProps) {
  return props.days === null ? (
    <Confirm {...props} expired={{ runs: 0, held: 0 }} />
  ) : (
    <CountedConfirm {...props} days={props.days} />
  );
}

function CountedConfirm(props: SaveProps & { days: number }) {
  const { namespace, days, flow } = props;
  const { data, failure, retry } = useList<Expired>('runs', routes.expired(namespace, days, flow));
  return (
    <Confirm {...props} expired={data}>
      {failure ? <FailureBand failure={failure} asOfMs={null} onRetry={retry} /> : null}
    </Confirm>
  );
}

interface ConfirmProps extends SaveProps {
  /** Null: not counted yet. */
  expired: Expired | null;
  children?: React.ReactNode;
}

function Confirm({ namespace, days, flow, isOwn = true, expired, onClose, children }: ConfirmProps) {
  const { pending, failure, send } = useSend(['runs', routes.retention()]);
  const deletes = expired !== null && goneAtOnce(expired) > 0;
  const [first, ...further] = expired ? expiredWords(expired, days) : ['Counts the runs that would be deleted…'];
  const submit = async () => {
    const answer =
      flow === undefined
        ? await send<KeptNamespace>(routes.setRetention(), { namespace, days })
        : await send<FlowPeriodSet>(routes.setFlowRetention(), { flow, own: isOwn ? { days } : null });
    if (!answer) return;
    toast.success(`Closed runs${flow === undefined ? '' : ` of ${flow}`} are kept ${keptWords(days)}.`);
    onClose();
  };
  return (
    <FormDialog
      title={`Keep closed runs${flow === undefined ? '' : ` of ${flow}`} ${keptWords(days)}?`}
      description={first}
      action={deletes ? deleteWords(expired) : `Keep them ${keptWords(days)}`}
      danger={deletes}
      pending={pending}
      disabledReason={expired ? null : 'The runs that would be deleted are not counted yet.'}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {further.map((words) => (
        <p key={words} className="text-sm">
          {words}
        </p>
      ))}
      {children}
      {failure ? <FailureBand failure={failure} asOfMs={null} /> : null}
    </FormDialog>
  );
}
