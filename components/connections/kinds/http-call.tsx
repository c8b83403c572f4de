'use client';

/** The request of an HTTP operation, and what its answer is. */
import { Field, Input, Select } from '@/components/ui/field';
import { FormEncoding } from '@/components/flow/form-encoding';
import { PairsField } from '../pairs-field';
import type { HttpModel } from './http-model';
import type { CallProps } from './kind-form';
import { MappingField } from './mapping-field';
import { Part } from './part';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ value: method, label: method }));
const BODIES = [
  { value: 'rest', label: 'All other fields', description: 'Those that path, query and headers do not use.' },
  { value: 'mapping', label: 'Fields that I write, as JSON' },
  { value: 'none', label: 'No body' },
];
const ANSWERS = [
  { value: 'body', label: 'The body of the answer' },
  { value: 'full', label: 'Status, headers and body' },
  { value: 'lookup', label: 'A look-up: did it happen?', description: '404 and 410 mean that it did not.' },
];

export function HttpCallFields({ model, errorAt, onChange }: CallProps<HttpModel>) {
  const hasBody = model.method !== 'GET' && model.method !== 'HEAD';
  return (
    <Part title="The request" description="{field} is replaced by a field of the input, and is always only data.">
      <div className="grid gap-4 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Field label="Method" required>
          <Select
            options={METHODS}
            value={model.method}
            onValueChange={(next) => {
              const method = next as HttpModel['method'];
              if (method === 'GET' || method === 'HEAD') onChange({ method, body: 'none' }, 'none');
              else onChange({ method, ...(hasBody ? {} : { body: 'rest' }) });
            }}
          />
        </Field>
        <Field label="Path" required error={errorAt('path', '/call/path')}>
          <Input
            className="font-mono text-sm"
            placeholder="/payments/{paymentId}"
            value={model.path}
            onChange={({ target }) => onChange({ path: target.value })}
          />
        </Field>
      </div>
      <PairsField
        label="Query"
        add="Add a parameter"
        valueHint="{field}"
        pairs={model.query}
        onChange={(query) => onChange({ query })}
      />
      <PairsField
        label="Headers"
        add="Add a header"
        valueHint="{field}"
        pairs={model.headers}
        onChange={(headers) => onChange({ headers })}
      />
      {hasBody ? (
        <>
          <MappingField
            label="Body"
            options={BODIES}
            model={model}
            at="/call/body"
            errorAt={errorAt}
            onChange={onChange}
          />
          {model.body === 'none' ? null : (
            <FormEncoding
              model={model}
              errorAt={(inside) =>
                inside === '' ? errorAt('sentAs', '/call/encoding') : errorAt('ownStyles', `/call/encoding/${inside}`)
              }
              onChange={onChange}
            />
          )}
          <Field
            label="Header of the idempotency key"
            error={errorAt('idempotencyHeader', '/call/idempotencyHeader')}
            help="All attempts of a step send the same key, so that the service does it once. {idempotencyKey} puts it elsewhere."
          >
            <Input
              className="font-mono text-sm"
              value={model.idempotencyHeader}
              onChange={({ target }) => onChange({ idempotencyHeader: target.value })}
            />
          </Field>
        </>
      ) : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Statuses that are tried again"
          error={errorAt('retryable', '/call/retryableStatuses')}
          help="408, 425, 429 and every 5xx, if it is empty."
        >
          <Input value={model.retryable} onChange={({ target }) => onChange({ retryable: target.value })} />
        </Field>
        <Field
          label="Statuses that mean 'nothing happened'"
          error={errorAt('notApplied', '/call/notAppliedStatuses')}
          help="402, if it is empty. Nothing is undone then."
        >
          <Input value={model.notApplied} onChange={({ target }) => onChange({ notApplied: target.value })} />
        </Field>
      </div>
    </Part>
  );
}

export function HttpAnswer({ model, onChange }: CallProps<HttpModel>) {
  return (
    <Field label="The output of a step is" required>
      <Select
        options={ANSWERS}
        value={model.answer}
        onValueChange={(answer) => onChange({ answer: answer as HttpModel['answer'] })}
      />
    </Field>
  );
}
