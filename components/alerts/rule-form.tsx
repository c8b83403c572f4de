'use client';

/** Makes a rule, or changes one. It shows what the rule would find now. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  WITHOUT_FLOWS,
  type AlertCondition,
  type AlertPreview,
  type AlertRule,
  type AlertSeverity,
  type AlertsPage,
} from '@/app/_contract/alerts';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { postJson } from '@/components/live/api';
import { useSend } from '@/components/live/use-send';
import { Ticks } from '@/components/settings/ticks';
import { CheckboxField, Field, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Instant } from '@/components/ui/time';
import { useCount } from '@/components/ui/writing';
import { readPayload } from '@/engine/flow/values/json';
import { ConditionFields, conditionOf, typedOf } from './condition-fields';
import { NumberField, numberOf } from './number-field';
import { FIRST, KIND_LABELS, NOT_ON_CLUSTER, SEVERITY_WORDS } from './words';

const KINDS_OF_TARGET: Record<string, string> = { person: 'By mail', group: 'A group, by mail', chat: 'A chat' };
const SHOWN_AT_FIELDS = /^\/(targets|holdSeconds|clearSeconds|remindMinutes|condition\/\w+)/;

interface RuleFormProps {
  page: Pick<AlertsPage, 'flows' | 'targets' | 'isWhole'>;
  /** Null: a new one. */
  rule: AlertRule | null;
  onClose: () => void;
}

export function RuleForm({ page, rule, onClose }: RuleFormProps) {
  const [id] = useState(() => rule?.id ?? crypto.randomUUID());
  const first = page.isWhole ? FIRST.undoFailed : FIRST.failureRate;
  const [kind, setKind] = useState<AlertCondition['kind']>(rule?.condition.kind ?? first.kind);
  const [typed, setTyped] = useState(() => typedOf(rule?.condition ?? first));
  const [isAll, setAll] = useState(!rule || rule.flows.length === 0);
  const [flows, setFlows] = useState<string[]>(rule?.flows ?? []);
  const [targets, setTargets] = useState<string[]>(rule?.targets ?? []);
  const [severity, setSeverity] = useState<AlertSeverity>(rule?.severity ?? 'error');
  const [hold, setHold] = useState(String(rule?.holdSeconds ?? 0));
  const [clear, setClear] = useState(String(rule?.clearSeconds ?? 60));
  const [remind, setRemind] = useState(String(rule?.remindMinutes ?? ''));
  const { pending, failure, send } = useSend(['alerts']);
  const problem = (...at: string[]) =>
    failure?.problems?.find((each) => at.some((place) => each.at.startsWith(place)))?.message ?? null;
  const isShown = failure?.problems?.every(({ at }) => SHOWN_AT_FIELDS.test(at));
  const hasFlows = !WITHOUT_FLOWS.includes(kind);
  const what = { condition: conditionOf(kind, typed), flows: isAll || !hasFlows ? [] : flows };
  const missing =
    targets.length === 0
      ? 'Choose at least one to tell.'
      : hasFlows && !isAll && flows.length === 0
        ? 'Choose at least one flow.'
        : null;
  const choose = (chosen: AlertCondition['kind']) => {
    setKind(chosen);
    setTyped(typedOf(FIRST[chosen]));
  };
  const save = async () => {
    const body = {
      id,
      ...what,
      targets,
      severity,
      holdSeconds: numberOf(hold),
      clearSeconds: numberOf(clear),
      remindMinutes: numberOf(remind),
      isOn: rule?.isOn ?? true,
    };
    if (await send(routes.putAlertRule(), body)) onClose();
  };
  // Somebody or something that was chosen may be gone since.
  const gone = targets.filter((target) => !page.targets.some((each) => each.target === target));
  return (
    <FormDialog
      title={rule ? 'Change the rule' : 'New rule'}
      description="One alert opens for each cause, however many runs it has."
      action={rule ? 'Save' : 'Add the rule'}
      pending={pending}
      disabledReason={missing}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !isShown ? <FailureBand failure={failure} /> : null}
      <Field
        label="When"
        required
        help={
          page.isWhole || !NOT_ON_CLUSTER.includes(kind)
            ? undefined
            : 'The runs are on a Temporal cluster, which does not know this: the rule finds nothing there.'
        }
      >
        <Select
          options={ALERT_KINDS.map((value) => ({ value, label: KIND_LABELS[value] }))}
          value={kind}
          onValueChange={(value) => choose(value as AlertCondition['kind'])}
        />
      </Field>
      <ConditionFields
        kind={kind}
        typed={typed}
        onChange={setTyped}
        problem={problem}
        flow={!isAll && flows.length === 1 ? flows[0]! : null}
      />
      {hasFlows ? (
        <CheckboxField
          label="In any flow"
          help="Also in flows that are made later."
          checked={isAll}
          onCheckedChange={(checked) => setAll(checked === true)}
        />
      ) : null}
      {isAll || !hasFlows ? null : (
        <Ticks
          legend="In which flows"
          options={[...new Set([...page.flows, ...flows])].map((value) => ({ value, label: value }))}
          chosen={flows}
          onChange={setFlows}
          none="There is no published flow yet."
        />
      )}
      <Found what={{ ...what, holdSeconds: numberOf(hold) ?? 0, clearSeconds: numberOf(clear) ?? 0 }} />
      <Ticks
        legend="Tell"
        options={[
          ...page.targets.map(({ target, title }) => ({
            value: target,
            label: title,
            help: KINDS_OF_TARGET[target.slice(0, target.indexOf(' '))] ?? 'A webhook or a pager',
          })),
          ...gone.map((value) => ({ value, label: 'Somebody who is gone' })),
        ]}
        chosen={targets}
        onChange={setTargets}
        none="There is nobody yet."
      />
      {problem('/targets') ? (
        <p role="alert" className="text-xs text-fail">
          {problem('/targets')}
        </p>
      ) : null}
      <Field label="How urgent" required help="A pager gets it as the severity.">
        <Select
          options={ALERT_SEVERITIES.toReversed().map((value) => ({ value, label: SEVERITY_WORDS[value] }))}
          value={severity}
          onValueChange={(value) => setSeverity(value as AlertSeverity)}
        />
      </Field>
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <NumberField
          label="Opens after, in seconds"
          help="It must hold for so long; 0: at once."
          value={hold}
          onChange={setHold}
          error={problem('/holdSeconds')}
        />
        <NumberField
          label="Is over after, in seconds"
          help="It must not hold for so long."
          value={clear}
          onChange={setClear}
          error={problem('/clearSeconds')}
        />
        <NumberField
          label="Remind every, in minutes"
          required={false}
          help="Until somebody acknowledges it; empty: never."
          value={remind}
          onChange={setRemind}
          error={problem('/remindMinutes')}
        />
      </div>
    </FormDialog>
  );
}

/** What the rule would find now, and would have opened in the last days. Its line is there from the beginning, so that nothing moves. */
function Found({ what }: { what: object }) {
  const body = useDeferredValue(JSON.stringify(what));
  const count = useCount();
  const { data, isError } = useQuery({
    queryKey: ['alerts', 'preview', body],
    queryFn: () => postJson<AlertPreview>(routes.previewAlertRule(), readPayload(body) as object),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const [first, ...others] = data?.subjects ?? [];
  return (
    <div className="rounded-md bg-sunken px-3 py-2 text-xs text-ink-2">
      <p role="status" className="min-h-8 wrap-anywhere">
        {isError || !data ? (
          isError ? (
            'What it would find now is not known.'
          ) : (
            'Looking what it would find now…'
          )
        ) : first ? (
          <>
            Now it would open {count(data.subjects.length)} {data.subjects.length === 1 ? 'alert' : 'alerts'}:{' '}
            <span className="text-ink">{first.title}</span>
            {others.length > 0 ? ` and ${count(others.length)} more` : null}.
          </>
        ) : (
          'Now it would find nothing.'
        )}
        {!isError && data && data.opened > 0
          ? ` Such rules opened ${count(data.opened)} ${data.opened === 1 ? 'alert' : 'alerts'} in the last 7 days.`
          : null}
      </p>
      {!isError && data ? <Past past={data.past} /> : null}
    </div>
  );
}

/** What it would have opened in the last seven days, where that can be known. */
function Past({ past }: { past: AlertPreview['past'] }) {
  const count = useCount();
  if (typeof past === 'string')
    return <p className="mt-1 wrap-anywhere">What it would have opened in the last 7 days cannot be known: {past}.</p>;
  if (past.count === 0) return <p className="mt-1">In the last 7 days it would have opened no alert.</p>;
  return (
    <details className="mt-1">
      <summary className="w-fit cursor-pointer rounded-sm text-ink pointer-coarse:min-h-11">
        In the last 7 days it would have opened {count(past.count)} {past.count === 1 ? 'alert' : 'alerts'}
      </summary>
      <ul aria-label="Moments of the last 7 days" className="mt-1 flex flex-col gap-1 border-l border-hairline pl-3">
        {past.newest.map(({ atMs, title }) => (
          <li key={`${atMs} ${title}`} className="wrap-anywhere">
            <Instant atMs={atMs} to="minute" /> {title}
          </li>
        ))}
      </ul>
      <p className="mt-1">
        {past.count > past.newest.length ? `The newest ${count(past.newest.length)}. ` : null}
        {past.withinMinutes > 1 ? `Moments are exact to ${count(past.withinMinutes)} minutes.` : null}
      </p>
    </details>
  );
}
