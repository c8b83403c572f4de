'use client';

/** The form of the flow itself. */
import { Button } from '@/components/ui/button';
import { countOf } from '@/components/words';
import { renameSignal, renameVariable } from '@/engine/flow/edit/fields';
import { fieldsOf } from '@/engine/run-view/fields';
import type { JsonSchema } from '@/engine/flow/document';
import { SchemaField } from '../../schema-editor/schema-field';
import { useEditing, useField } from '../editing';
import { ConditionField } from '../expressions/condition-field';
import { ExpressionField } from '../expressions/expression-field';
import { ValueField } from '../expressions/value-field';
import type { SelectOption } from '@/components/ui/field';
import { MOST_SEARCHABLE, type SearchableType } from '@/engine/flow/searchable';
import { ChoiceField, RadioField } from '../fields/choice-field';
import { DurationField } from '../fields/number-field';
import { Section } from '../fields/section';
import { TextField } from '../fields/text-field';
import { within, type Place } from '../place';
import { optionsOf, UNDO_FAILURE_WORDS } from '../step/words';
import { entriesOf } from './entries';
import { NamedList } from './named-list';
import { Scenarios } from './scenarios';
import { SetVariables } from './set-variables';

const SEARCHABLE_OPTIONS: readonly (SelectOption & { value: SearchableType })[] = [
  { value: 'Keyword', label: 'Keyword', description: 'A short text that is compared as a whole: an id, a state.' },
  { value: 'Text', label: 'Text', description: 'A longer text that is found by its words.' },
  { value: 'Int', label: 'Whole number', description: 'Also an amount in cents.' },
  { value: 'Double', label: 'Number' },
  { value: 'Bool', label: 'Yes or no' },
  { value: 'Datetime', label: 'Date and time', description: 'A date without a time zone is one of UTC.' },
  { value: 'KeywordList', label: 'List of keywords', description: 'Found by each of them.' },
];
/** What the expression gives, in TypeScript. */
const EXPECTED: Readonly<Record<SearchableType, string>> = {
  Keyword: 'string | null | undefined',
  Text: 'string | null | undefined',
  Int: 'number | null | undefined',
  Double: 'number | null | undefined',
  Bool: 'boolean | null | undefined',
  Datetime: 'string | null | undefined',
  KeywordList: 'readonly string[] | null | undefined',
};

const FLOW = { node: null } as const;
const place = (...path: string[]): Place => ({ target: FLOW, path });

export function FlowForm() {
  const { draft, onEdit, idsFollowTitles } = useEditing();
  const { flow } = draft;
  const count = (field: string, noun: string) =>
    countOf(entriesOf(flow[field]).length, noun).replace(/ querys$/, ' queries');
  const input = (flow.input ?? {}) as JsonSchema;
  return (
    <>
      <Section title="The flow">
        <TextField label="Title" place={place('title')} />
        {idsFollowTitles ? (
          <TextField
            label="Name"
            place={place('name')}
            mono
            help="For calls from other programs: small letters, digits and dashes. It cannot change after the first publish."
          />
        ) : (
          <p className="text-xs text-ink-2">
            Name: <span className="font-mono">{String(flow.name ?? '')}</span>
          </p>
        )}
        <TextField label="Description" place={place('description')} optional long />
      </Section>
      <Section
        title="Input"
        of={{ node: null, fields: ['input'] }}
        summary={countOf(Object.keys(input.properties ?? {}).length, 'field')}
        open={Object.keys(input.properties ?? {}).length === 0}
      >
        <SchemaField
          label="Input"
          place={place('input')}
          groupOnly
          isTitled
          isFilled
          help="What somebody gives to start a run."
        />
      </Section>
      <Section
        title="Output"
        of={{ node: null, fields: ['output'] }}
        summary={flow.output === undefined ? 'None' : 'Declared'}
      >
        <SchemaField
          label="Output"
          place={place('output')}
          optional
          isTitled
          add="Declare an output"
          help="What a run returns. Every end of the flow must give it."
        />
      </Section>
      <Section title="Variables" of={{ node: null, fields: ['variables'] }} summary={count('variables', 'variable')}>
        <NamedList
          group="variables"
          noun="variable"
          fresh={{ schema: { type: 'string' }, initial: '' }}
          empty="Values that steps and updates change while the run goes on."
          onRename={(from, to) => onEdit(renameVariable(draft, from, to))}
        >
          {(at, entry) => (
            <>
              <SchemaField label="Type" place={within(at, 'schema')} />
              <ValueField
                label="Value at the start"
                place={within(at, 'initial')}
                schema={entry.schema as JsonSchema | undefined}
              />
            </>
          )}
        </NamedList>
      </Section>
      <Section title="Signals" of={{ node: null, fields: ['signals'] }} summary={count('signals', 'signal')}>
        <NamedList
          group="signals"
          noun="signal"
          fresh={{ title: 'New signal', schema: { type: 'object', properties: {} } }}
          empty="Events that other programs or people send to a run, for steps that wait for them."
          onRename={(from, to) => onEdit(renameSignal(draft, from, to))}
        >
          {(at) => (
            <>
              <TextField label="Title" place={within(at, 'title')} />
              <SchemaField label="What is sent with it" isFilled place={within(at, 'schema')} />
              <ExpressionField
                label="What identifies it"
                place={within(at, 'key')}
                optional
                placeholder="argument.eventId"
                help="Two signals with the same key are one event. It may read only what was sent."
              />
            </>
          )}
        </NamedList>
      </Section>
      <Section title="Updates" of={{ node: null, fields: ['updates'] }} summary={count('updates', 'update')}>
        <NamedList
          group="updates"
          noun="update"
          fresh={{ title: 'New update', schema: { type: 'object', properties: {} }, set: {} }}
          empty="Changes of variables that somebody asks for while the run goes on, with an answer."
        >
          {(at, entry) => (
            <>
              <TextField label="Title" place={within(at, 'title')} />
              <SchemaField label="What is sent with it" isFilled place={within(at, 'schema')} />
              <p className="text-xs font-medium">Sets these variables</p>
              <SetVariables place={within(at, 'set')} fresh={{ $expr: 'argument' }} />
              {entry.accept === undefined ? null : (
                <ConditionField label="Accepted if" place={within(at, 'accept')} help="Others are refused." />
              )}
              <AcceptSwitch at={at} isSet={entry.accept !== undefined} />
              <TextField
                label="What the sender is told if it is refused"
                place={within(at, 'refusal')}
                optional
                placeholder="The order has been shipped."
              />
            </>
          )}
        </NamedList>
      </Section>
      <Section title="Queries" of={{ node: null, fields: ['queries'] }} summary={count('queries', 'query')}>
        <NamedList
          group="queries"
          noun="query"
          fresh={{ title: 'New query', result: '' }}
          empty="Questions that a run answers at any time, without changing."
        >
          {(at, entry) => (
            <>
              <TextField label="Title" place={within(at, 'title')} />
              <ValueField
                label="Answer"
                place={within(at, 'result')}
                schema={entry.schema as JsonSchema | undefined}
                help="Answers of steps that have not run yet are missing, so read them with ?."
              />
              <SchemaField
                label="What the answer has"
                place={within(at, 'schema')}
                optional
                add="Describe the answer"
              />
            </>
          )}
        </NamedList>
      </Section>
      <Section
        title="Searchable fields"
        of={{ node: null, fields: ['searchable'] }}
        summary={count('searchable', 'field')}
      >
        <NamedList
          group="searchable"
          noun="field"
          fresh={{ title: 'New field', type: 'Keyword', value: '' }}
          empty="Values by which people find runs in lists: an order number, a customer, an amount. At most ten."
          nameLabel="Name in filters"
          most={MOST_SEARCHABLE}
        >
          {(at, entry) => (
            <>
              <TextField label="Title" place={within(at, 'title')} />
              <ChoiceField
                label="Type"
                place={within(at, 'type')}
                options={SEARCHABLE_OPTIONS}
                help="The same in every flow that uses this name."
              />
              <ExpressionField
                label="Value"
                place={within(at, 'value')}
                placeholder="input.orderId"
                expected={EXPECTED[entry.type as SearchableType] ?? null}
                help="Written at the start of a run and whenever it changes. Outputs may be missing, so read them with ?."
              />
            </>
          )}
        </NamedList>
      </Section>
      <Section
        title="Deadline and rollback"
        of={{ node: null, fields: ['deadline', 'rollback'] }}
        summary={rollbackWords(flow)}
      >
        <DurationField
          label="Deadline of a run"
          place={place('deadline')}
          placeholder="none"
          help="When it is over, the run turns back and undoes what it did. A number and a unit: 12h, 30d."
        />
        <RadioField
          legend="If an undo fails"
          place={place('rollback', 'onFailure')}
          value={(fieldsOf(flow.rollback).onFailure as keyof typeof UNDO_FAILURE_WORDS | undefined) ?? 'ask'}
          options={optionsOf(UNDO_FAILURE_WORDS)}
          help="An undo can say otherwise."
        />
      </Section>
      <Section
        title="Scenarios"
        of={{ node: null, fields: ['scenarios'] }}
        summary={countOf(Array.isArray(flow.scenarios) ? flow.scenarios.length : 0, 'scenario')}
      >
        <Scenarios />
      </Section>
    </>
  );
}

function rollbackWords(flow: { readonly [name: string]: unknown }): string {
  const deadline = typeof flow.deadline === 'string' ? `${flow.deadline}, ` : 'no deadline, ';
  const policy = (fieldsOf(flow.rollback).onFailure as keyof typeof UNDO_FAILURE_WORDS | undefined) ?? 'ask';
  return `${deadline}${UNDO_FAILURE_WORDS[policy]?.label.toLowerCase() ?? 'not valid'}`;
}

function AcceptSwitch({ at, isSet }: { at: Place; isSet: boolean }) {
  const field = useField(within(at, 'accept'));
  return (
    <Button
      size="sm"
      variant={isSet ? 'ghost' : 'secondary'}
      className="self-start"
      onClick={() => field.set(isSet ? undefined : 'true')}
    >
      {isSet ? 'Accept every update' : 'Accept only some'}
    </Button>
  );
}
