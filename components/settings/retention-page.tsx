'use client';

/** Settings, Retention: how long closed runs are kept. What a period removes is shown before it is set. */
import { useState } from 'react';
import type { Prefetched } from '@/app/_contract/prefetched';
import { daysProblem, type Expired, type KeptNamespace, type RetentionList } from '@/app/_contract/retention';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { Card } from '@/components/ui/surface';
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
    </>
  );
}

/** `isNamed`: there are others. */
function NamespaceCard({ kept, mustEnd, isNamed }: { kept: KeptNamespace; mustEnd: boolean; isNamed: boolean }) {
  const away = useAway();
  const [isLimited, setLimited] = useState(kept.days !== null);
  const [text, setText] = useState(String(kept.days ?? 30));
  const [problem, setProblem] = useState<string | null>(null);
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
        {isLimited ? (
          <Field label="Days" required error={problem} help="1 to 36,500.">
            <Input
              inputMode="numeric"
              value={text}
              onChange={({ target }) => {
                setText(target.value);
                setProblem(null);
              }}
              className="max-w-32"
            />
          </Field>
        ) : null}
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

function SaveDialog({ namespace, days, onClose }: { namespace: string; days: number | null; onClose: () => void }) {
  return days === null ? (
    <Confirm namespace={namespace} days={null} expired={{ runs: 0, held: 0 }} onClose={onClose} />
  ) : (
    <CountedConfirm namespace={namespace} days={days} onClose={onClose} />
  );
}

function CountedConfirm({ namespace, days, onClose }: { namespace: string; days: number; onClose: () => void }) {
  const { data, failure, retry } = useList<Expired>('runs', routes.expired(namespace, days));
  return (
    <Confirm namespace={namespace} days={days} expired={data} onClose={onClose}>
      {failure ? <FailureBand failure={failure} asOfMs={null} onRetry={retry} /> : null}
    </Confirm>
  );
}

function Confirm({
  namespace,
  days,
  expired,
  onClose,
  children,
}: {
  namespace: string;
  days: number | null;
  /** Null: not counted yet. */
  expired: Expired | null;
  onClose: () => void;
  children?: React.ReactNode;
}) {
  const { pending, failure, send } = useSend(['runs', routes.retention()]);
  const deletes = expired !== null && goneAtOnce(expired) > 0;
  const [first, ...further] = expired ? expiredWords(expired, days) : ['Counts the runs that would be deleted…'];
  const submit = async () => {
    const answer = await send<KeptNamespace>(routes.setRetention(), { namespace, days });
    if (!answer) return;
    toast.success(`Closed runs are kept ${keptWords(answer.days)}.`);
    onClose();
  };
  return (
    <FormDialog
      title={`Keep closed runs ${keptWords(days)}?`}
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
