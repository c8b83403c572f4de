'use client';

import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/field';
import { indexOf, type DraftNode, type Json } from '@/engine/flow/edit/draft';
import { durationMs } from '@/engine/flow/duration';
import { MOST_ESCALATIONS } from '@/engine/flow/human-limits';
import type { JsonSchema } from '@/engine/flow/json-schema';
import { outputName } from '@/engine/flow/names';
import { PRIORITIES } from '@/engine/saga/contract';
import { fieldsOf, isFields } from '@/engine/run-view/fields';
import { useEditing, useField } from '../editing';
import { ExpressionField } from '../expressions/expression-field';
import { ValueField } from '../expressions/value-field';
import { ChoiceField, SwitchField } from '../fields/choice-field';
import { Help, ProblemLines } from '../fields/frame';
import { freeName, RenameButton } from '../fields/name-field';
import { DurationField, NumberField } from '../fields/number-field';
import { Entry, Section } from '../fields/section';
import { TagsField } from '../fields/tags-field';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, fieldName, within, type Place } from '../place';
import { SchemaField } from '../../schema-editor/schema-field';
import { Catches, catchWords } from './catches';
import { Decisions, draftDecisions } from './decisions';
import { SideBranch } from './side-branch';

export function ApprovalForm({ node }: { node: DraftNode }) {
  const place = (field: string): Place => ({ target: { node: node.id }, path: [field] });
  return (
    <>
      <Section title="The question">
        <TextField label="Question" place={place('question')} long />
        <TagsField
          label="Who may decide"
          place={place('candidates')}
          placeholder="everybody"
          help="Groups or e-mail addresses. Without any, everybody may decide."
        />
        <ExpressionField
          label="And those whom the data names"
          place={place('candidatesFrom')}
          expected={PEOPLE}
          optional
          placeholder="input.manager"
          help="An e-mail address, a group or a list of them, read when the step begins. If it names nobody, an operator assigns somebody."
        />
        <HowMany node={node} />
        <SwitchField
          label="Not the person who started the run"
          place={place('forbidStarter')}
          help="Whoever started the run may not decide."
        />
        <NotWhoDecided node={node} />
        <ExpressionField
          label="Nobody of these"
          place={place('notBy')}
          expected={PEOPLE}
          optional
          placeholder="input.requester"
          help="People or groups who may not decide, although they are asked."
        />
        <ChoiceField
          label="Comment"
          place={place('requireComment')}
          usual="onReject"
          options={[
            { value: 'onReject', label: 'Required for a rejection' },
            { value: 'always', label: 'Always required' },
            { value: 'never', label: 'Never required' },
          ]}
        />
      </Section>
      <Section title="The decisions" of={{ node: node.id, fields: ['decisions'] }}>
        <Decisions node={node} />
      </Section>
      <Section title="What they see">
        <ShownData node={node} />
        <SchemaField
          label="How it is shown"
          place={place('schema')}
          help="Titles, amounts and dates of the data. Without it, values are shown as they are."
          add="Describe the data"
          optional
        />
      </Section>
      <Section title="When">
        <ValueField
          label="Priority"
          place={place('priority')}
          schema={PRIORITY}
          required={false}
          help="The inbox shows urgent ones first. Without it: normal."
        />
        <ValueField
          label="Due"
          place={place('due')}
          schema={{ type: 'string', format: 'duration' }}
          required={false}
          help="When it should be decided, and nothing ends: a time such as 2d, or an expression that gives one, or an instant with its offset."
        />
        <Reminders node={node} />
        <Escalations node={node} />
        <DurationField
          label="Time to decide"
          place={place('timeout')}
          placeholder="no limit"
          help="A number and a unit: 4h, 2d. Without it, the run waits as long as it takes."
        />
        <DurationField
          label="Time to take a decision back"
          place={place('takeBack')}
          placeholder="none"
          help="Up to an hour, such as 2m: the run waits so long after a decision, and whoever decided may take it back."
        />
        <ChoiceField
          label="If nobody decides in time"
          place={place('onTimeout')}
          usual="fail"
          options={[
            { value: 'fail', label: 'The step fails' },
            ...draftDecisions(node)
              .reverse()
              .map(({ key, title }) => ({ value: key, label: USUAL[key] ?? `‘${title}’ counts` })),
          ]}
        />
      </Section>
      <Section title="If it is rejected">
        <SideBranch
          node={node}
          at="onReject"
          add="Add steps for a rejection"
          without="The step fails with the type 'Rejected', and the run turns back."
        />
      </Section>
      <Section title="When it fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

/** As the saga library declares it (people.ts). */
const PEOPLE = 'string | null | undefined | readonly (string | null | undefined)[]';

/** Four eyes: the other approvals of the flow, each with a box. */
function NotWhoDecided({ node }: { node: DraftNode }) {
  const { draft } = useEditing();
  const field = useField({ target: { node: node.id }, path: ['notWhoDecided'] });
  const chosen = (Array.isArray(field.value) ? field.value : []).map((each) => String(fieldsOf(each).$expr ?? ''));
  const others = [...indexOf(draft).nodes()]
    .map(({ node: other }) => other)
    .filter(({ kind, id }) => kind === 'approval' && id !== node.id)
    .map(({ id, fields }) => ({ name: outputName(id), title: typeof fields.title === 'string' ? fields.title : id }));
  const unknown = chosen.filter((name) => !others.some((other) => other.name === name));
  const all = [...others, ...unknown.map((name) => ({ name, title: name }))];
  if (all.length === 0) return null;
  const set = (names: readonly string[]) =>
    field.set(names.length === 0 ? undefined : names.map(($expr) => ({ $expr })));
  return (
    <fieldset {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-1">
      <legend className="mb-1 text-xs font-medium">Not who decided</legend>
      {all.map(({ name, title }) => (
        <CheckboxField
          key={name}
          label={title}
          checked={chosen.includes(name)}
          onCheckedChange={(on) => set(on === true ? [...chosen, name] : chosen.filter((each) => each !== name))}
        />
      ))}
      {field.problems.length > 0 ? (
        <ProblemLines problems={field.problems} />
      ) : (
        <Help>Two pairs of eyes: whoever decided one of these may not decide this.</Help>
      )}
    </fieldset>
  );
}

const SOME = 'some';
/** How many people decide together. */
function HowMany({ node }: { node: DraftNode }) {
  const place: Place = { target: { node: node.id }, path: ['howMany'] };
  const { howMany } = node.fields;
  const isNumber = howMany !== undefined && howMany !== 'all' && howMany !== 'inSequence';
  return (
    <>
      <ChoiceField
        label="How many of them"
        place={place}
        nothing="Any one of them"
        shown={isNumber ? SOME : undefined}
        options={[
          { value: SOME, label: 'So many different people' },
          { value: 'all', label: 'Each of them' },
          { value: 'inSequence', label: 'Each of them, one after the other' },
        ]}
        asValue={(chosen) => (chosen === SOME ? 2 : chosen)}
        help={
          howMany === undefined
            ? undefined
            : 'A decision that turns back ends it, unless all candidates are persons and enough others can agree.'
        }
      />
      {isNumber ? <NumberField label="People" place={place} help="They must agree on the same decision." /> : null}
    </>
  );
}

const PRIORITY: JsonSchema = { type: 'string', enum: [...PRIORITIES] };

/** Reminders before and after it is due. */
function Reminders({ node }: { node: DraftNode }) {
  const place = (field: string): Place => ({ target: { node: node.id }, path: ['remind', field] });
  const hasDue = node.fields.due !== undefined;
  return (
    <>
      {hasDue || fieldsOf(node.fields.remind).before !== undefined ? (
        <TagsField
          label="Remind before it is due"
          place={place('before')}
          placeholder="never"
          optional
          pruned
          help="Times such as 1d or 2h, one for each reminder."
        />
      ) : null}
      <DurationField
        label={hasDue ? 'Remind again after it is due, every' : 'Remind again, every'}
        place={place('every')}
        placeholder="never"
        pruned
      />
    </>
  );
}

/** Who is asked if nobody decides, one after the other. */
function Escalations({ node }: { node: DraftNode }) {
  const place: Place = { target: { node: node.id }, path: ['escalate'] };
  const field = useField(place);
  const list: readonly Json[] = Array.isArray(field.value) ? field.value : [];
  const remove = (index: number) => {
    const left = list.toSpliced(index, 1);
    field.set(left.length === 0 ? undefined : left);
  };
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {list.map((_, index) => {
        const name = `escalation ${index + 1}`;
        const at = within(place, index);
        return (
          <Entry key={index} {...{ [FIELD_ATTRIBUTE]: fieldName(at.path) }} role="group" aria-label={name}>
            <div className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                <DurationField label="If nobody has decided after" place={within(at, 'after')} />
              </div>
              <IconButton size="sm" label={`Remove ${name}`} onClick={() => remove(index)}>
                <X aria-hidden />
              </IconButton>
            </div>
            <TagsField label="Ask" place={within(at, 'to')} placeholder="a group or a person" />
            <SwitchField
              label="Instead of those before"
              place={within(at, 'instead')}
              help="Otherwise they may decide too."
            />
          </Entry>
        );
      })}
      {list.length < MOST_ESCALATIONS ? (
        <Button
          size="sm"
          className="self-start"
          onClick={() => field.set([...list, { after: laterThan(list), to: [] }])}
        >
          <Plus aria-hidden />
          {list.length === 0 ? 'Ask others if nobody decides' : 'Then ask others'}
        </Button>
      ) : null}
    </div>
  );
}

/** A day after the last one of the chain. */
function laterThan(list: readonly Json[]): string {
  const last = fieldsOf(list.at(-1)).after;
  const lastMs = typeof last === 'string' ? durationMs(last) : 0;
  return `${Math.floor((Number.isNaN(lastMs) ? 0 : lastMs) / DAY_MS) + 1}d`;
}
const DAY_MS = 86_400_000;

/** What counts if nobody decides in time. */
const USUAL: Readonly<Record<string, string>> = { approve: 'It counts as approved', reject: 'It counts as rejected' };

/** The data as rows of a name and its value. */
function ShownData({ node }: { node: DraftNode }) {
  const place: Place = { target: { node: node.id }, path: ['data'] };
  const field = useField(place);
  const data = field.value ?? {};
  if (!isFields(data) || '$expr' in data) return <ValueField label="Data" place={place} schema={undefined} />;
  const rows = Object.entries(data as { [name: string]: Json });
  const rename = (from: string, to: string) =>
    field.set(Object.fromEntries(rows.map(([name, value]) => [name === from ? to : name, value])));
  const names = rows.map(([name]) => name);
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {rows.length === 0 ? <Help>Nothing yet. Add what somebody must see to decide.</Help> : null}
      {rows.map(([name]) => (
        <ValueField
          key={name}
          label={<span className="font-mono">{name}</span>}
          place={within(place, name)}
          schema={undefined}
          action={
            <>
              <RenameButton name={name} taken={names} onRename={(to) => rename(name, to)} />
              <IconButton
                size="sm"
                label={`Remove ${name}`}
                onClick={() => field.set(Object.fromEntries(rows.filter(([each]) => each !== name)))}
              >
                <X aria-hidden />
              </IconButton>
            </>
          }
        />
      ))}
      <Button
        size="sm"
        className="self-start"
        onClick={() => field.set({ ...Object.fromEntries(rows), [freeName('value', names)]: '' })}
      >
        <Plus aria-hidden />
        Add a row
      </Button>
    </div>
  );
}
