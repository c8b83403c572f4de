'use client';

/**
 * The fields of one schema: a group for an object, a list for an array, one control for a single value. Names are
 * react-hook-form paths.
 */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { get, useController, useFieldArray, useFormContext, type FieldValues } from 'react-hook-form';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CheckboxField, Field, Input, OptionalMark, Select, Textarea } from '@/components/ui/field';
import { wordsOf } from '@/engine/flow/values/format';
import { readPasted } from '@/engine/flow/values/pasted';
import type { JsonSchema } from '@/engine/flow/document';
import { fieldsOf } from '@/engine/run-view/fields';
import { useWriting } from '@/components/ui/writing';
import { initialOf, isNumeric, textProblem } from './schema-value-of';

interface FieldProps {
  schema: JsonSchema;
  /** `value.customer.email` */
  name: string;
  required: boolean;
}

/** `bare`: the outermost object is drawn without a frame. */
export function SchemaFields({ schema, name, required, bare = false }: FieldProps & { bare?: boolean }) {
  if (schema.type === 'object' && schema.properties) return <Group schema={schema} name={name} bare={bare} />;
  if (schema.type === 'array' && schema.items) return <List schema={schema} name={name} required={required} />;
  return <Leaf schema={schema} name={name} required={required} />;
}

function Group({ schema, name, bare }: { schema: JsonSchema; name: string; bare: boolean }) {
  const fields = Object.entries(schema.properties ?? {}).map(([key, property]) => (
    <div key={key} className={cn('min-w-0', isBroad(property) && 'sm:col-span-2')}>
      <SchemaFields schema={property} name={`${name}.${key}`} required={schema.required?.includes(key) ?? false} />
    </div>
  ));
  const grid = <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">{fields}</div>;
  if (bare) return grid;
  return (
    <fieldset className="rounded-md border border-hairline px-3 pb-3 pt-1">
      <legend className="px-1 text-xs font-medium">{labelOf(schema, name)}</legend>
      {grid}
    </fieldset>
  );
}

/** Controls that need more than half a line. */
function isBroad(schema: JsonSchema): boolean {
  const kind = schema.type ?? (schema.enum ? 'string' : undefined);
  return (
    kind === 'object' ||
    kind === 'array' ||
    kind === undefined ||
    schema.format === 'long-text' ||
    (schema.maxLength ?? 0) >= 500
  );
}

function List({ schema, name, required }: FieldProps) {
  const { control, formState } = useFormContext<FieldValues>();
  const { fields, append, remove } = useFieldArray<FieldValues>({ control, name });
  const writing = useWriting();
  const items = schema.items ?? {};
  const problem = control.getFieldState(name, formState).error;
  const message = problem?.root?.message ?? problem?.message;
  const least = schema.minItems ?? 0;
  const title = labelOf(schema, name);
  return (
    <fieldset className="rounded-md border border-hairline px-3 pb-3 pt-1">
      <legend className="px-1 text-xs font-medium">
        {title}
        {required ? null : <OptionalMark />}
      </legend>
      <ul className="flex flex-col gap-2">
        {fields.map((field, index) => (
          <li key={field.id} className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <SchemaFields schema={items} name={`${name}.${index}`} required bare />
            </div>
            <IconButton
              label={`Remove ${index + 1} of ${title}`}
              className="mt-5"
              disabledReason={fields.length <= least ? `At least ${least}.` : null}
              onClick={() => remove(index)}
            >
              <X aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      {message ? (
        <p role="alert" className="mt-2 text-xs text-fail">
          {message}
        </p>
      ) : null}
      <Button
        size="sm"
        className="mt-2"
        disabledReason={
          schema.maxItems !== undefined && fields.length >= schema.maxItems ? `At most ${schema.maxItems}.` : null
        }
        onClick={() => append(initialOf(items, undefined, writing) as FieldValues)}
      >
        <Plus aria-hidden />
        Add
      </Button>
    </fieldset>
  );
}

function Leaf({ schema, name, required }: FieldProps) {
  const writing = useWriting();
  const validate = (value: unknown, all: FieldValues) => {
    if (!isNumeric(schema) || typeof value !== 'string') return true;
    const siblings: unknown = get(all, name.split('.').slice(0, -1).join('.'));
    return textProblem(schema, value, writing, fieldsOf(siblings)) ?? true;
  };
  const { field, fieldState } = useController<FieldValues>({ name, rules: { validate } });
  const label = labelOf(schema, name);
  const help = helpOf(schema);
  const error = fieldState.error?.message;
  const value: unknown = field.value;
  const frame = { label, help, error, required };

  if (schema.type === 'boolean') {
    return (
      <CheckboxField
        label={label}
        help={error ?? help}
        checked={value === true}
        onCheckedChange={(checked) => field.onChange(checked === true)}
      />
    );
  }
  if (schema.enum) {
    const options = schema.enum.map((each) => ({ value: String(each), label: optionLabel(each) }));
    const pick = (text: string) => field.onChange(schema.enum?.find((each) => String(each) === text));
    return (
      <Field {...frame}>
        <Select options={options} value={value === undefined ? '' : String(value)} onValueChange={pick} />
      </Field>
    );
  }
  if (isNumeric(schema)) {
    return (
      <Field {...frame}>
        <Input {...field} value={textOf(value)} inputMode="decimal" autoComplete="off" className="figures" />
      </Field>
    );
  }
  if (schema.type === 'string') {
    const text = typeof value === 'string' ? value : '';
    const shared = { ...field, value: text, autoComplete: 'off' };
    return (
      <Field {...frame}>
        {schema.format === 'long-text' || (schema.maxLength ?? 0) >= 500 ? (
          <Textarea rows={2} {...shared} />
        ) : (
          <Input type={schema.sensitive ? 'password' : (INPUT_TYPES[schema.format ?? ''] ?? 'text')} {...shared} />
        )}
      </Field>
    );
  }
  return (
    <Field {...frame} help={help ?? 'As JSON.'}>
      <JsonInput ref={field.ref} value={value} onChange={field.onChange} onBlur={field.onBlur} />
    </Field>
  );
}

const INPUT_TYPES: Record<string, string> = { email: 'email', link: 'url', date: 'date' };

interface DraftProps {
  value: unknown;
  onChange: (value: unknown) => void;
  onBlur: () => void;
  ref: (element: HTMLElement | null) => void;
}

/** For values that the schema does not describe further. */
function JsonInput({ value, onChange, ...rest }: DraftProps) {
  const [draft, setDraft] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  return (
    <Textarea
      {...rest}
      rows={4}
      spellCheck={false}
      className="font-mono text-xs"
      value={draft}
      onChange={({ target }) => {
        setDraft(target.value);
        onChange(target.value.trim() === '' ? undefined : jsonOf(target.value));
      }}
    />
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
function jsonOf(text: string): unknown {
  // What cannot be kept as it is remains a text, and validation then rejects it.
  const read = readPasted(text, { exact: true });
  return 'problem' in read ? text : read.value;
}

function labelOf(schema: JsonSchema, name: string): string {
  const last = name.split('.').at(-1) ?? name;
  return schema.title ?? (/^\d+$/.test(last) || last === 'value' ? 'Value' : wordsOf(last));
}
function helpOf(schema: JsonSchema): string | undefined {
  if (schema.description) return schema.description;
  if (schema.format === 'duration') return 'For example 30s, 5m, 12h or 3d.';
  if (schema.format === 'date-time') return 'For example 2026-11-28T09:30:00Z or 2026-11-28T10:30:00+01:00.';
  return undefined;
}
/** `card-declined` → `Card declined`. Codes in capital letters are not changed. */
function optionLabel(value: string | number | boolean): string {
  const text = String(value);
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) ? wordsOf(text.replaceAll('-', ' ')) : text;
}
