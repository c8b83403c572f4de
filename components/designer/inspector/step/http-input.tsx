'use client';

/** The form of an HTTP request: method and address first, what is rarely needed behind 'More'. */
import type { JsonSchema } from '@/engine/flow/document';
import type { CallOf } from '@/engine/flow/edit/fields';
import { fieldsOf } from '@/engine/run-view/fields';
import { useState } from 'react';
import { ValueField } from '../expressions/value-field';
import { useField } from '../editing';
import { ChoiceField } from '../fields/choice-field';
import { Help } from '../fields/frame';
import { More } from '../fields/section';
import { TagsField } from '../fields/tags-field';
import { ConnectionField } from './connection-field';
import { SentAsField } from './sent-as-field';
import { SchemaField } from '../../schema-editor/schema-field';
import { within, type Place } from '../place';
import { cn } from '@/components/ui/cn';

const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE'];
/** Shown first, in this order. */
const FIRST = ['method', 'connection', 'path', 'url', 'query', 'headers', 'body', 'encoding'];
/** Words for people who draw; the schema has those of the document. */
const IN_WORDS: Readonly<Record<string, { label: string; help: string }>> = {
  maxResponseBytes: {
    label: 'Largest answer, in bytes',
    help: "A longer one fails the step with the type 'ResponseTooLarge'.",
  },
  secretHeaders: {
    label: 'Headers with secrets',
    help: 'For each header the name of a stored secret, which is the whole value. Histories have only the name.',
  },
};
/** Of the answer. */
const ANSWERS = ['answer', 'retryableStatuses', 'notAppliedStatuses', 'responseSchema'];

export function HttpInput({ place, schema, call }: { place: Place; schema: JsonSchema; call: CallOf }) {
  const input = useField(place);
  const given = fieldsOf(input.value);
  const { properties = {} } = schema;
  const has = (name: string) => Object.hasOwn(properties, name);
  const [addressed, setAddressed] = useState<'connection' | 'url' | null>(null);
  const usual =
    given.url !== undefined || (given.connection === undefined && given.path === undefined) ? 'url' : 'connection';
  const address = addressed ?? usual;
  const method = typeof given.method === 'string' ? given.method : 'GET';
  const keys = call === 'step' ? '{idempotencyKey}' : '{idempotencyKey} and {forwardKey}';
  const others = Object.keys(properties).filter((name) => !FIRST.includes(name) && !ANSWERS.includes(name));
  return (
    <>
      <div className="grid grid-cols-[7rem_minmax(0,1fr)] items-end gap-2">
        <ChoiceField
          label="Method"
          place={within(place, 'method')}
          options={(properties.method?.enum ?? []).map((each) => ({ value: String(each), label: String(each) }))}
          placeholder="GET"
        />
        <AddressTabs value={address} onChange={setAddressed} />
      </div>
      {address === 'url' ? (
        <ValueField
          label="URL"
          place={within(place, 'url')}
          schema={properties.url}
          placeholder="https://api.example.com/orders/${input.orderId}"
          help="The whole address. Values in it are encoded."
        />
      ) : (
        <>
          <ConnectionField place={within(place, 'connection')} schema={properties.connection} />
          <ValueField
            label="Path"
            place={within(place, 'path')}
            schema={properties.path}
            placeholder="/payments/${input.orderId}"
            help="Below the address of the connection. Values in it are encoded."
          />
        </>
      )}
      <ValueField place={within(place, 'query')} schema={properties.query} required={false} />
      <ValueField place={within(place, 'headers')} schema={properties.headers} required={false} />
      {WITH_BODY.includes(method) || given.body !== undefined ? (
        <ValueField
          label="Body"
          place={within(place, 'body')}
          schema={properties.body}
          required={false}
          // Of 'anything', which is a text at first: what is typed there as JSON would be sent as a text.
          usual="fields"
        />
      ) : null}
      {given.body !== undefined || given.encoding !== undefined ? (
        <SentAsField place={within(place, 'encoding')} schema={properties.encoding} />
      ) : null}
      <Help>
        The idempotency key of the step is sent with every request. Where the service wants it elsewhere, write {keys}.
      </Help>
      <More summary={'More about the request and its answer'}>
        {has('answer') ? (
          <ChoiceField
            label={call === 'step' ? 'What the step returns' : 'What the call returns'}
            place={within(place, 'answer')}
            usual="body"
            options={[
              { value: 'body', label: 'The body of the answer' },
              { value: 'full', label: 'Status, headers and body' },
              {
                value: 'lookup',
                label: 'Whether it happened',
                description: 'For a look-up: 404 means that it did not.',
              },
            ]}
          />
        ) : null}
        {has('retryableStatuses') ? (
          <TagsField
            label="Try again after these statuses"
            place={within(place, 'retryableStatuses')}
            numbers
            optional
            placeholder="408, 425, 429 and every 5xx"
          />
        ) : null}
        {has('notAppliedStatuses') ? (
          <TagsField
            label="These statuses say that nothing happened"
            place={within(place, 'notAppliedStatuses')}
            numbers
            optional
            placeholder="none, or for example 402"
          />
        ) : null}
        {/* A step describes its answer in a field of its own. */}
        {has('responseSchema') && (call !== 'step' || given.responseSchema !== undefined) ? (
          <SchemaField
            label="What the body has"
            place={within(place, 'responseSchema')}
            help="A body that does not match fails the call with the type 'ResponseInvalid'."
            add="Describe the body"
            optional
          />
        ) : null}
        {others.map((name) => (
          <ValueField
            key={name}
            place={within(place, name)}
            schema={properties[name]}
            required={false}
            {...IN_WORDS[name]}
          />
        ))}
      </More>
    </>
  );
}

function AddressTabs({
  value,
  onChange,
}: {
  value: 'connection' | 'url';
  onChange: (value: 'connection' | 'url') => void;
}) {
  return (
    <div
      role="group"
      aria-label="Address"
      className="flex h-9 rounded-md border border-mark/60 bg-card p-0.5 md:h-8 pointer-coarse:h-auto"
    >
      {(['connection', 'url'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          className={cn(
            'min-w-0 flex-1 truncate rounded-sm px-2 text-xs disabled:opacity-60 pointer-coarse:min-h-11',
            each === value ? 'bg-ink text-paper' : 'text-ink-2 hover:text-ink'
          )}
          onClick={() => onChange(each)}
        >
          {each === 'url' ? 'Whole URL' : 'Connection'}
        </button>
      ))}
    </div>
  );
}
