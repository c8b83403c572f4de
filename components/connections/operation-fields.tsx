'use client';

/** The fields of an operation: what it is, the request, what a step fills in, and what its effect means. */
import type { Operation } from '@/app/_contract/connections';
import { Button } from '@/components/ui/button';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { answersApplied } from '@/engine/flow/connections/check';
import { factsAtRunTime } from '@/engine/flow/connections/kinds/table';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonIn } from './call-result';
import { InputFields } from './input-fields';
import { Part } from './kinds/part';
import { formOf } from './kinds/table';
import type { OperationModel } from './operation-model';
import { OutputFields } from './output-fields';
import { PairsField, type Pair } from './pairs-field';

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
  errorAt: (field: string, at: string) => string | null;
  onChange: (change: Partial<OperationModel>) => void;
}

export function OperationFields(props: Props) {
  const { model, before, errorAt, onChange } = props;
  const form = formOf(model.kind);
  const call = {
    model: model.call as never,
    effect: model.effect,
    errorAt,
    onChange: (change: object, effect = model.effect) => onChange({ call: { ...model.call, ...change }, effect }),
  };
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
      <form.Call {...call} />
      <Part title="Input and answer">
        <MissingFields model={model} onChange={onChange} />
        <InputFields text={model.input} error={errorAt('input', '/input')} onChange={(input) => onChange({ input })} />
        {form.Answer ? <form.Answer {...call} /> : null}
        {form.output === null ? null : (
          <OutputFields
            label={form.output}
            text={model.output}
            error={errorAt('output', '/output')}
            onChange={(output) => onChange({ output })}
          />
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
        </div>
      </Part>
    </div>
  );
}

/** Fields that the request uses and a step cannot fill in yet. */
function MissingFields({ model, onChange }: Pick<Props, 'model' | 'onChange'>) {
  const schema = jsonIn(model.input)?.value as JsonSchema | null | undefined;
  if (schema?.type !== 'object') return null;
  const form = formOf(model.kind);
  const written = form.write(model.call as never);
  if ('problems' in written) return null;
  const named = factsAtRunTime(model.kind).fields(written.call as never);
  const needed = form.needs?.(written.call) ?? [];
  const fields = named.map((field) => field.split('.')[0] ?? '');
  const missing = [...new Set(fields)].filter(
    (field) => !Object.hasOwn(schema.properties ?? {}, field) && !/^(idempotencyKey|forwardKey)$/.test(field)
  );
  if (missing.length === 0) return null;
  const add = (field: string) => {
    const required = [...(schema.required ?? []), ...(needed.includes(field) ? [field] : [])];
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

function EffectPart({ model, siblings, errorAt, onChange }: Props) {
  const { effects } = factsAtRunTime(model.kind);
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
          options={EFFECTS.filter(({ value }) => !effects || effects.some((effect) => effect === value))}
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
