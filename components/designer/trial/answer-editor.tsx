'use client';

/** What a node answers in the trial: how its attempts end, whether its undo works, what people decide. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CheckboxField, Field, Input, Select, Textarea } from '@/components/ui/field';
import type { ApprovalNode, Effect, FlowNode } from '@/engine/flow/document';
import { decisionsOf, usualDecision } from '@/engine/flow/nodes/approval';
import { factsOf } from '@/engine/flow/nodes/table';
import { sampleOf } from '@/engine/flow/schema/sample';
import { writeJson } from '@/engine/flow/values/json';
import { readPasted } from '@/engine/flow/values/pasted';
import type { LoopWord } from '@/engine/run-view/item-words';
import { itemPlanOf, type Answer, type ItemPlan, type TrialPlan } from '@/engine/flow/trial-plan';
import { byName } from '@/engine/flow/values/name-order';
import { answersWith, editItem, editStep, lastReached, meaningful, stopAt, withAnotherAttempt } from './plan-edits';

export interface AnswerEditorProps {
  node: FlowNode;
  plan: TrialPlan;
  onPlan: (plan: TrialPlan) => void;
  /**
   * What the node answered in the last trial, or the value of the signal that it waits for; for an item or, with null,
   * last. Where a person begins to edit.
   */
  answered: (item: string | null) => unknown;
  /** What it answered in the last run; undefined: that is not known. */
  lastRun?: unknown;
  /** As the catalogue says, for a step that does not declare its effect. */
  effect?: Effect;
  /** The items for which it ran, if it is in a loop: '2', or '2.1' in a loop inside a loop. */
  items?: readonly string[];
  /** The item that a person has selected in the list of what happened. */
  selectedItem?: string | null;
  /** What one of them is called. */
  unit?: LoopWord;
}

/** A list offers no more than these; others are chosen in the list of what happened, or at their loop. */
const MOST_ITEMS = 50;

export function AnswerEditor({
  node,
  plan,
  onPlan,
  answered,
  lastRun,
  effect,
  items = [],
  selectedItem = null,
  unit = 'item',
}: AnswerEditorProps) {
  const [item, setItem] = useState<string | null>(selectedItem);
  const own = plan.steps[node.id]?.items ?? {};
  const named = item === null ? Object.keys(own) : [item, ...Object.keys(own)];
  const offered = [...new Set([...items.slice(0, MOST_ITEMS), ...named])].sort(byName);
  const unitTitle = unit === 'round' ? 'Round' : 'Item';
  const step = itemPlanOf(plan, item === null ? node.id : `${node.id}~${item}`);
  const change = (fields: Partial<ItemPlan>) =>
    onPlan(item === null ? editStep(plan, node.id, fields) : editItem(plan, node.id, item, fields));
  const saga = factsOf(node).step(node);
  return (
    <div className="flex flex-col gap-3">
      {offered.length > 0 ? (
        <Field label={`Which ${unit}`} required>
          <Select
            value={item ?? ALL}
            onValueChange={(value) => setItem(value === ALL ? null : value)}
            options={[
              { value: ALL, label: `All ${unit}s` },
              ...offered.map((each) => ({
                value: each,
                label: `${unitTitle} ${each}${Object.hasOwn(own, each) ? ': answers differently' : ''}`,
              })),
            ]}
          />
        </Field>
      ) : null}
      {saga ? (
        <Attempts
          title="Its calls"
          answers={step.answers}
          answered={answered(item)}
          hasEffect={(effect ?? saga.effect ?? (saga.undo ? 'reversible' : 'none')) !== 'none'}
          onChange={(answers) => change({ answers })}
        />
      ) : null}
      {saga && lastRun !== undefined ? (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            change({ answers: [...(step.answers ?? []).slice(0, -1), { kind: 'output', output: lastRun }] })
          }
        >
          Answer as in the last run
        </Button>
      ) : null}
      {saga?.undo ? (
        <Attempts
          title={`Its undo: ${saga.undo.title}`}
          answers={step.undo}
          isUndo
          hasEffect
          onChange={(undo) => change({ undo })}
        />
      ) : null}
      {saga?.unknown?.policy === 'check' ? (
        <Field label="Its look-up" required>
          <Select
            value={lookUpOf(step)}
            onValueChange={(value) => change({ lookUp: LOOK_UPS[value] })}
            options={[
              { value: 'true', label: 'Says what happened' },
              { value: 'applied', label: 'Says that it happened' },
              { value: 'notApplied', label: 'Says that it did not happen' },
              { value: 'fails', label: 'Fails' },
            ]}
          />
        </Field>
      ) : null}
      {node.kind === 'approval' ? (
        <Field label="Its decision" required>
          <Select
            value={step.decision ?? usualDecision(node)}
            onValueChange={(value) =>
              change({
                // An item of a loop may have the usual one while the others have another.
                decision: value === usualDecision(node) && (item === null || !node.decisions) ? undefined : value,
                values: undefined,
              })
            }
            options={[
              ...decisionsOf(node).map(({ key, title }) => ({ value: key, label: DECIDES[key] ?? `‘${title}’` })),
              { value: 'nobody', label: 'Nobody decides' },
            ]}
          />
        </Field>
      ) : null}
      {node.kind === 'approval' && formOf(node, step) ? (
        <JsonField
          label="Its values"
          value={step.values ?? sampleOf(formOf(node, step)!, plan.seed, node.id).value}
          onValue={(values) => change({ values })}
        />
      ) : null}
      {node.kind === 'waitForSignal' ? <SignalFields step={step} came={answered(item)} onChange={change} /> : null}
      <CheckboxField
        label="Somebody stops the run here"
        checked={plan.stopAt === node.id && (plan.stopItem ?? null) === item}
        onCheckedChange={(checked) => onPlan(stopAt(plan, checked === true ? node.id : null, item))}
      />
    </div>
  );
}

const ALL = 'all';

const DECIDES: Readonly<Record<string, string>> = { approve: 'Somebody approves', reject: 'Somebody rejects' };
const formOf = (node: ApprovalNode, { decision = usualDecision(node) }: ItemPlan) =>
  decisionsOf(node).find(({ key }) => key === decision)?.form;

const LOOK_UPS: Record<string, ItemPlan['lookUp']> = {
  applied: { applied: true },
  notApplied: { applied: false },
  fails: { fails: true },
};
function lookUpOf({ lookUp }: ItemPlan): string {
  if (!lookUp) return 'true';
  return 'fails' in lookUp ? 'fails' : lookUp.applied ? 'applied' : 'notApplied';
}

function SignalFields({
  step,
  came,
  onChange,
}: {
  step: ItemPlan;
  /** Its value in the last trial. */
  came: unknown;
  onChange: (fields: Partial<ItemPlan>) => void;
}) {
  const { signal } = step;
  const given = typeof signal === 'object' ? signal : {};
  const kind = signal === 'never' ? 'never' : given.payload === undefined ? 'sample' : 'payload';
  const set = (next: { payload?: unknown; early?: true }) =>
    onChange({ signal: next.payload === undefined && !next.early ? undefined : next });
  return (
    <>
      <Field label="The signal" required>
        <Select
          value={kind}
          onValueChange={(value) => {
            if (value === 'never') return onChange({ signal: 'never' });
            set({ ...given, payload: value === 'sample' ? undefined : (came ?? {}) });
          }}
          options={[
            { value: 'sample', label: 'Comes with a value that fits' },
            { value: 'payload', label: 'Comes with this value' },
            { value: 'never', label: 'Never comes' },
          ]}
        />
      </Field>
      {kind === 'payload' ? (
        <JsonField label="Its value" value={given.payload} onValue={(payload) => set({ ...given, payload })} />
      ) : null}
      {kind === 'never' ? null : (
        <CheckboxField
          label="It comes before this step waits"
          help="The run keeps it from its start until a step takes it."
          checked={given.early === true}
          onCheckedChange={(checked) => set({ payload: given.payload, ...(checked === true ? { early: true } : {}) })}
        />
      )}
    </>
  );
}

type Kind = 'output' | 'value' | 'before' | 'after' | 'unsure' | 'timeout' | 'timeoutAfter';
const KIND_WORDS: Record<Kind, string> = {
  output: 'Answers with a value that fits',
  value: 'Answers with this value',
  before: 'Fails before its effect',
  after: 'Fails after its effect',
  unsure: 'Fails; its outcome is unknown',
  timeout: 'Never answers; it did not happen',
  timeoutAfter: 'Never answers; it happened',
};
const STEP_KINDS: readonly Kind[] = ['output', 'value', 'before', 'after', 'unsure', 'timeout', 'timeoutAfter'];
const PLAIN_KINDS: readonly Kind[] = ['output', 'value', 'before', 'timeout'];
const UNDO_KINDS: readonly Kind[] = ['output', 'before', 'timeout'];

function kindOf(answer: Answer): Kind {
  if (answer.kind === 'output') return answer.output === undefined ? 'output' : 'value';
  if (answer.kind === 'timeout') return answer.effect === 'happened' ? 'timeoutAfter' : 'timeout';
  return answer.effect === 'happened' ? 'after' : answer.proves === false ? 'unsure' : 'before';
}

function answerOf(kind: Kind, before: Answer, answered: unknown): Answer {
  const failure = before.kind === 'failure' ? before : { type: 'Failed', message: 'It failed.', retryable: false };
  const { type, message, retryable } = failure;
  switch (kind) {
    case 'output':
      return { kind: 'output' };
    case 'value':
      return { kind: 'output', output: answered ?? {} };
    case 'timeout':
      return { kind: 'timeout', effect: 'none' };
    case 'timeoutAfter':
      return { kind: 'timeout', effect: 'happened' };
    case 'before':
      return { kind: 'failure', effect: 'none', type, message, retryable };
    case 'after':
      return { kind: 'failure', effect: 'happened', type, message, retryable };
    case 'unsure':
      return { kind: 'failure', effect: 'none', proves: false, type, message, retryable };
  }
}

function Attempts({
  title,
  answers,
  answered,
  isUndo = false,
  hasEffect,
  onChange,
}: {
  title: string;
  answers: readonly Answer[] | undefined;
  answered?: unknown;
  isUndo?: boolean;
  hasEffect: boolean;
  onChange: (answers: Answer[] | undefined) => void;
}) {
  const list: readonly Answer[] = answers ?? [{ kind: 'output' }];
  const reached = lastReached(list);
  const kinds = isUndo ? UNDO_KINDS : hasEffect ? STEP_KINDS : PLAIN_KINDS;
  const set = (index: number, answer: Answer) => onChange(meaningful(answersWith(answers, index, answer)));
  const word = (kind: Kind) =>
    isUndo && kind === 'output'
      ? 'Works'
      : isUndo && kind === 'before'
        ? 'Fails'
        : !hasEffect && kind === 'before'
          ? 'Fails'
          : !hasEffect && kind === 'timeout'
            ? 'Never answers'
            : isUndo && kind === 'timeout'
              ? 'Never answers'
              : KIND_WORDS[kind];
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-xs font-medium text-ink">{title}</legend>
      {list.map((answer, index) => (
        <div key={index} className="flex flex-col gap-2 border-l-2 border-hairline pl-2.5">
          <div className="flex items-end gap-1.5">
            <Field
              label={attemptWords(index, list.length)}
              help={reached && index > reached.index ? notReached(reached) : null}
              required
              className="min-w-0 flex-1 [&_label]:font-normal [&_label]:text-ink-2"
            >
              <Select
                value={kindOf(answer)}
                onValueChange={(value) => set(index, answerOf(value as Kind, answer, answered))}
                options={kinds.map((kind) => ({ value: kind, label: word(kind) }))}
              />
            </Field>
            {list.length > 1 ? (
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Remove ${attemptWords(index, list.length).toLowerCase()}`}
                onClick={() => onChange(meaningful(list.filter((_, at) => at !== index)))}
                className="h-8 px-2"
              >
                <X aria-hidden />
              </Button>
            ) : null}
          </div>
          {answer.kind === 'failure' ? <FailureFields answer={answer} onChange={(next) => set(index, next)} /> : null}
          {answer.kind === 'output' && answer.output !== undefined ? (
            <JsonField
              label="The value"
              value={answer.output}
              onValue={(output) => set(index, { kind: 'output', output })}
            />
          ) : null}
        </div>
      ))}
      {list.length < 20 ? (
        <Button variant="ghost" size="sm" className="self-start" onClick={() => onChange(withAnotherAttempt(list))}>
          <Plus aria-hidden /> Another attempt ends differently
        </Button>
      ) : null}
    </fieldset>
  );
}

function attemptWords(index: number, count: number): string {
  if (count === 1) return 'Every attempt';
  return index === count - 1 ? `Attempt ${index + 1} and later` : `Attempt ${index + 1}`;
}

const notReached = ({ index, works }: NonNullable<ReturnType<typeof lastReached>>): string =>
  `It is not reached: attempt ${index + 1} ${works ? 'works' : 'may not be tried again'}.`;

type Failing = Extract<Answer, { kind: 'failure' }>;
function FailureFields({ answer, onChange }: { answer: Failing; onChange: (answer: Failing) => void }) {
  return (
    <div className="flex flex-col gap-2">
      <div className="grid grid-cols-2 gap-2">
        <TextField label="Error type" value={answer.type} onValue={(type) => type && onChange({ ...answer, type })} />
        <TextField label="Message" value={answer.message} onValue={(message) => onChange({ ...answer, message })} />
      </div>
      <CheckboxField
        label="May be tried again"
        checked={answer.retryable}
        onCheckedChange={(checked) => onChange({ ...answer, retryable: checked === true })}
      />
    </div>
  );
}

/** Text is handed on when the field is left, so that a trial is not played for every key. */
function TextField({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  return (
    <Field label={label} required>
      <Input
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== value && onValue(text)}
        onKeyDown={(event) => event.key === 'Enter' && text !== value && onValue(text)}
      />
    </Field>
  );
}

function JsonField({ label, value, onValue }: { label: string; value: unknown; onValue: (value: unknown) => void }) {
  const [text, setText] = useState(() => writeJson(value, 2));
  const [error, setError] = useState<string | null>(null);
  const leave = () => {
    const read = readPasted(text);
    if ('problem' in read) return setError(`${read.problem} The trial keeps the value from before.`);
    setError(null);
    if (writeJson(read.value) !== writeJson(value)) onValue(read.value);
  };
  return (
    <Field label={label} required error={error} help="JSON">
      <Textarea
        value={text}
        rows={Math.min(10, Math.max(3, text.split('\n').length))}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onBlur={leave}
        className="font-mono text-xs"
      />
    </Field>
  );
}
