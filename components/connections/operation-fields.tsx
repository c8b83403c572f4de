'use client';

/** The fields of an operation: what it is, the request, what a step fills in, and what its effect means. */
import type { ReactNode } from 'react';
import type { Operation } from '@/app/_contract/connections';
import { Button } from '@/components/ui/button';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { answersApplied } from '@/engine/flow/connections/check';
import type { Mapping } from '@/engine/flow/connections/http';
import { prepared } from '@/engine/flow/connections/sql';
import { fieldsIn } from '@/engine/flow/connections/mapping';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonIn } from './call-result';
import { InputFields } from './input-fields';
import type { OperationModel } from './operation-model';
import { PairsField, type Pair } from './pairs-field';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ value: method, label: method }));
const BODIES = [
  { value: 'rest', label: 'All other fields, as JSON', description: 'Those that path, query and headers do not use.' },
  { value: 'mapping', label: 'JSON that I write' },
  { value: 'none', label: 'No body' },
];
const ANSWERS = [
  { value: 'body', label: 'The body of the answer' },
  { value: 'full', label: 'Status, headers and body' },
  { value: 'lookup', label: 'A look-up: did it happen?', description: '404 and 410 mean that it did not.' },
];
const ROWS = [
  { value: 'none', label: 'How many rows were changed' },
  { value: 'one', label: 'The first row' },
  { value: 'all', label: 'All rows', description: 'At most 1,000.' },
  { value: 'lookup', label: 'A look-up: did it happen?', description: 'It did if there is a row.' },
];
const EFFECTS = [
  { value: 'none', label: 'None', description: 'It only reads.' },
  { value: 'reversible', label: 'It can be undone', description: 'Another operation takes it back.' },
  { value: 'irreversible', label: 'It cannot be undone' },
];
const NOTHING = '-';

interface Props {
  model: OperationModel;
  before: Operation | null;
  /** The operations of the connection that are in use. */
  siblings: readonly Operation[];
  errorAt: (field: keyof OperationModel, at: string) => string | null;
  onChange: (change: Partial<OperationModel>) => void;
}

export function OperationFields(props: Props) {
  const { model, before, errorAt, onChange } = props;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Part title="What it is">
        <Field label="Title" required error={errorAt('title', '/title')} help="The palette and the steps show it.">
          <Input maxLength={100} value={model.title} onChange={({ target }) => onChange({ title: target.value })} />
        </Field>
        <Field
          label="Name"
          required
          error={errorAt('name', '/name')}
          help={before ? 'The name is in histories, so it cannot be changed.' : 'Letters and digits: chargePayment.'}
        >
          <Input
            className="font-mono text-sm"
            disabled={before !== null}
            value={model.name}
            onChange={({ target }) => onChange({ name: target.value })}
          />
        </Field>
        <Field label="Description" error={errorAt('description', '/description')}>
          <Textarea
            rows={2}
            maxLength={2_000}
            value={model.description}
            onChange={({ target }) => onChange({ description: target.value })}
          />
        </Field>
      </Part>
      {model.kind === 'sql' ? (
        <Statement {...props} />
      ) : model.kind === 'mail' ? (
        <Letter {...props} />
      ) : (
        <Request {...props} />
      )}
      <Part title="Input and answer">
        <MissingFields model={model} onChange={onChange} />
        <InputFields text={model.input} error={errorAt('input', '/input')} onChange={(input) => onChange({ input })} />
        {model.kind === 'mail' ? null : (
          <>
            <Field label="The output of a step is" required>
              {model.kind === 'sql' ? (
                <Select
                  options={ROWS}
                  value={model.rows}
                  onValueChange={(rows) => onChange({ rows: rows as OperationModel['rows'] })}
                />
              ) : (
                <Select
                  options={ANSWERS}
                  value={model.answer}
                  onValueChange={(answer) => onChange({ answer: answer as OperationModel['answer'] })}
                />
              )}
            </Field>
            <Field
              label={model.kind === 'sql' ? 'JSON Schema of a row' : 'JSON Schema of the body'}
              required
              error={errorAt('output', '/output')}
              help="An answer that does not fit fails the step. {} accepts every answer. 'Send once' proposes one."
            >
              <Textarea
                rows={7}
                spellCheck={false}
                className="font-mono text-xs"
                value={model.output}
                onChange={({ target }) => onChange({ output: target.value })}
              />
            </Field>
          </>
        )}
      </Part>
      <EffectPart {...props} />
      <Part title="Attempts">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Timeout of a call"
            error={errorAt('timeout', '/options/startToCloseTimeout')}
            help="30s, if neither this nor the connection sets one."
          >
            <Input
              placeholder="30s"
              value={model.timeout}
              onChange={({ target }) => onChange({ timeout: target.value.trim() })}
            />
          </Field>
          <Field label="Attempts" error={errorAt('attempts', '/options/retry')} help="0 for no limit.">
            <Input
              inputMode="numeric"
              value={model.attempts}
              onChange={({ target }) => onChange({ attempts: target.value.trim() })}
            />
          </Field>
          {model.kind !== 'http' ? null : (
            <>
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
            </>
          )}
        </div>
      </Part>
    </div>
  );
}

function Letter({ model, errorAt, onChange }: Props) {
  const lines = (field: 'to' | 'cc', label: string, required: boolean) => (
    <Field
      label={label}
      required={required}
      error={errorAt(field, `/call/${field}`)}
      help="One address a line. {field} alone may also be a list of addresses."
    >
      <Textarea
        rows={2}
        spellCheck={false}
        className="font-mono text-sm"
        value={model[field]}
        onChange={({ target }) => onChange({ [field]: target.value })}
      />
    </Field>
  );
  return (
    <Part title="The mail" description="{field} is replaced by a field of the input, and is always only text.">
      {lines('to', 'To', true)}
      {lines('cc', 'Copy to', false)}
      <Field label="Answers go to" error={errorAt('replyTo', '/call/replyTo')}>
        <Input value={model.replyTo} onChange={({ target }) => onChange({ replyTo: target.value })} />
      </Field>
      <Field label="Subject" required error={errorAt('subject', '/call/subject')}>
        <Input
          placeholder="Your order {orderId}"
          value={model.subject}
          onChange={({ target }) => onChange({ subject: target.value })}
        />
      </Field>
      <Field label="Text" required error={errorAt('text', '/call/text')}>
        <Textarea rows={8} value={model.text} onChange={({ target }) => onChange({ text: target.value })} />
      </Field>
    </Part>
  );
}

function Statement({ model, errorAt, onChange }: Props) {
  return (
    <Part
      title="The statement"
      description="{field} is a parameter: its value is never part of the text. One statement, in a transaction of its own."
    >
      <Field
        label="SQL"
        required
        error={errorAt('statement', '/call/statement')}
        help="{idempotencyKey} is the key of the step, the same for all attempts: store it, and a repeated call changes nothing."
      >
        <Textarea
          rows={8}
          spellCheck={false}
          className="font-mono text-xs"
          placeholder="INSERT INTO booking (key, amount) VALUES ({idempotencyKey}, {amount}) ON CONFLICT (key) DO NOTHING"
          value={model.statement}
          onChange={({ target }) => onChange({ statement: target.value })}
        />
      </Field>
    </Part>
  );
}

/** Fields that the request uses and a step cannot fill in yet. */
function MissingFields({ model, onChange }: Pick<Props, 'model' | 'onChange'>) {
  const schema = jsonIn(model.input)?.value as JsonSchema | null | undefined;
  if (schema?.type !== 'object') return null;
  const mapping = model.body === 'mapping' ? (jsonIn(model.mapping)?.value as Mapping | undefined) : undefined;
  const inRequest = [model.path, ...model.query.map(({ value }) => value), ...model.headers.map(({ value }) => value)];
  const named =
    model.kind === 'mail'
      ? [model.to, model.cc, model.replyTo, model.subject, model.text].flatMap(fieldsIn)
      : model.kind === 'sql'
        ? prepared(model.statement).fields.map((field) => field.join('.'))
        : [...inRequest.flatMap(fieldsIn), ...fieldsIn(mapping ?? null)];
  const fields = named.map((field) => field.split('.')[0] ?? '');
  const missing = [...new Set(fields)].filter(
    (field) => !Object.hasOwn(schema.properties ?? {}, field) && !/^(idempotencyKey|forwardKey)$/.test(field)
  );
  if (missing.length === 0) return null;
  const add = (field: string) => {
    const isInPath = model.kind === 'http' && fieldsIn(model.path).includes(field);
    const required = [...(schema.required ?? []), ...(isInPath ? [field] : [])];
    const properties = { ...schema.properties, [field]: { type: 'string' as const } };
    onChange({
      input: JSON.stringify({ ...schema, ...(required.length > 0 ? { required } : {}), properties }, null, 2),
    });
  };
  return (
    <div className="flex flex-wrap items-center gap-2 text-xs text-ink-2">
      The call uses what a step cannot fill in yet:
      {missing.map((field) => (
        <Button key={field} size="sm" onClick={() => add(field)}>
          Add {field}
        </Button>
      ))}
    </div>
  );
}

function Request({ model, errorAt, onChange }: Props) {
  const hasBody = model.method !== 'GET' && model.method !== 'HEAD';
  return (
    <Part title="The request" description="{field} is replaced by a field of the input, and is always only data.">
      <div className="grid gap-4 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Field label="Method" required>
          <Select
            options={METHODS}
            value={model.method}
            onValueChange={(method) => {
              const isRead = method === 'GET' || method === 'HEAD';
              onChange({
                method: method as OperationModel['method'],
                ...(isRead ? { body: 'none', effect: 'none' } : hasBody ? {} : { body: 'rest' }),
              });
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
        <Field label="Body" required error={errorAt('body', '/call/body')}>
          <Select
            options={BODIES}
            value={model.body}
            onValueChange={(body) => onChange({ body: body as OperationModel['body'] })}
          />
        </Field>
      ) : null}
      {hasBody && model.body === 'mapping' ? (
        <Field
          label="JSON of the body"
          required
          error={errorAt('mapping', '/call/body/mapping')}
          help={'"{amount}" alone keeps the type of the field; a field that is absent is left out.'}
        >
          <Textarea
            rows={6}
            spellCheck={false}
            className="font-mono text-xs"
            value={model.mapping}
            onChange={({ target }) => onChange({ mapping: target.value })}
          />
        </Field>
      ) : null}
      {hasBody ? (
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
      ) : null}
    </Part>
  );
}

function EffectPart({ model, siblings, errorAt, onChange }: Props) {
  const others = siblings.filter(({ name }) => name !== model.name);
  const inputOf = (name: string): Pair[] =>
    (others.find((each) => each.name === name)?.input.required ?? []).map((field) => ({
      name: field,
      value: guessFor(field, model),
    }));
  const choices = (wanted: (operation: Operation) => boolean) => [
    { value: NOTHING, label: 'None' },
    ...others.filter(wanted).map(({ name, title }) => ({ value: name, label: title, description: name })),
  ];
  return (
    <Part title="Effect" description="What a saga may do after a failure.">
      <Field label="Effect" required error={errorAt('effect', '/effect')}>
        <Select
          options={EFFECTS}
          value={model.effect}
          onValueChange={(effect) => onChange({ effect: effect as OperationModel['effect'] })}
        />
      </Field>
      {model.effect === 'reversible' ? (
        <>
          <Field
            label="Undone by"
            error={errorAt('undo', '/undo')}
            help="A step with this operation gets the undo when it is drawn."
          >
            <Select
              options={choices((each) => !answersApplied(each))}
              value={model.undo || NOTHING}
              onValueChange={(undo) =>
                onChange(undo === NOTHING ? { undo: '', undoInput: [] } : { undo, undoInput: inputOf(undo) })
              }
            />
          </Field>
          {model.undo === '' ? null : (
            <PairsField
              label="Input of the undo"
              add="Add a field"
              valueHint="output.id"
              help="Expressions of input and output of the step."
              pairs={model.undoInput}
              onChange={(undoInput) => onChange({ undoInput })}
            />
          )}
        </>
      ) : null}
      {model.effect === 'none' ? null : (
        <>
          <Field
            label="Looked up by"
            error={errorAt('lookup', '/lookup')}
            help="Decides after a lost answer whether it happened. Only operations whose answer is a look-up."
          >
            <Select
              options={choices(answersApplied)}
              value={model.lookup || NOTHING}
              onValueChange={(lookup) =>
                onChange(
                  lookup === NOTHING ? { lookup: '', lookupInput: [] } : { lookup, lookupInput: inputOf(lookup) }
                )
              }
            />
          </Field>
          {model.lookup === '' ? null : (
            <PairsField
              label="Input of the look-up"
              add="Add a field"
              valueHint="input.order"
              pairs={model.lookupInput}
              onChange={(lookupInput) => onChange({ lookupInput })}
            />
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="A call that arrives after its undo" help="Does the service refuse it, by its key?">
              <Select
                options={[
                  { value: NOTHING, label: 'Nothing is guaranteed' },
                  { value: 'refused', label: 'Is refused' },
                  { value: 'possible', label: 'May still be carried out' },
                ]}
                value={model.lateCalls || NOTHING}
                onValueChange={(late) =>
                  onChange({ lateCalls: late === NOTHING ? '' : (late as OperationModel['lateCalls']) })
                }
              />
            </Field>
            <Field
              label="Settled within"
              error={errorAt('settlesWithin', '/settlesWithin')}
              help="After this time a call without an answer has happened or never will."
            >
              <Input
                placeholder="10m"
                value={model.settlesWithin}
                onChange={({ target }) => onChange({ settlesWithin: target.value.trim() })}
              />
            </Field>
          </div>
        </>
      )}
    </Part>
  );
}

/** An output field of the same name, else an input field of the same name, else the id. */
function guessFor(field: string, { input, output }: OperationModel): string {
  const has = (text: string) => new RegExp(`"${field.replace(/\W/g, '')}"\\s*:\\s*\\{`).test(text);
  if (has(output)) return `output.${field}`;
  if (has(input)) return `input.${field}`;
  return /id$/i.test(field) ? 'output.id' : '';
}

function Part({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader title={title} description={description} />
      <CardBody className="flex flex-col gap-4">{children}</CardBody>
    </Card>
  );
}
