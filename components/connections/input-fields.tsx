'use client';

/** The fields of an input: as rows, or as JSON Schema. Rows change only what they show. */
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Checkbox, Field, Input, Select, Textarea } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonIn } from './call-result';

const TYPES = [
  { value: 'string', label: 'Text' },
  { value: 'integer', label: 'Whole number' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'object', label: 'Object' },
  { value: 'array', label: 'List' },
  { value: 'any', label: 'Anything' },
];

export function InputFields({
  text,
  error,
  onChange,
}: {
  /** A JSON Schema of an object. */
  text: string;
  error: string | null;
  onChange: (text: string) => void;
}) {
  const id = useId();
  const schema = objectIn(text);
  const [asJson, setAsJson] = useState(schema === null);
  const put = (next: JsonSchema) => onChange(JSON.stringify(next, null, 2));
  const fields = Object.entries(schema?.properties ?? {});
  const required = schema?.required ?? [];
  const withFields = (entries: [string, JsonSchema][], names: readonly string[]) => {
    const { required: _, ...rest } = schema ?? { type: 'object' as const };
    const kept = names.filter((name) => entries.some(([field]) => field === name));
    put({ ...rest, ...(kept.length > 0 ? { required: kept } : {}), properties: Object.fromEntries(entries) });
  };
  const change = (index: number, name: string, field: JsonSchema) => {
    const before = fields[index]?.[0] ?? '';
    const entries = fields.map((entry, at): [string, JsonSchema] => (at === index ? [name, field] : entry));
    withFields(
      entries,
      required.map((each) => (each === before ? name : each))
    );
  };
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 id={id} className="text-xs font-medium">
          What a step fills in
        </h3>
        <Button
          size="sm"
          variant="ghost"
          aria-pressed={asJson}
          disabledReason={asJson && schema === null ? 'This is not the JSON Schema of an object.' : null}
          onClick={() => setAsJson(!asJson)}
        >
          {asJson ? 'Fields' : 'JSON Schema'}
        </Button>
      </div>
      {asJson || !schema ? (
        <Field label="JSON Schema" required error={error}>
          <Textarea
            rows={10}
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        </Field>
      ) : (
        <>
          {fields.map(([name, field], index) => (
            <div
              key={index}
              role="group"
              aria-label={name || `Field ${index + 1}`}
              className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_max-content_max-content] items-center gap-1.5"
            >
              <Input
                aria-label={`Name of field ${index + 1}`}
                className="font-mono text-sm"
                value={name}
                onChange={({ target }) => {
                  if (!fields.some(([other], at) => at !== index && other === target.value))
                    change(index, target.value, field);
                }}
              />
              <Select
                aria-label={`Type of ${name}`}
                options={TYPES}
                value={field.type ?? 'any'}
                onValueChange={(type) => change(index, name, typed(field, type))}
              />
              <label className="flex items-center gap-1.5 text-xs">
                <Checkbox
                  checked={required.includes(name)}
                  onCheckedChange={(checked) =>
                    withFields(
                      fields,
                      checked === true ? [...required, name] : required.filter((each) => each !== name)
                    )
                  }
                />
                required
              </label>
              <IconButton
                label={`Remove ${name || 'this field'}`}
                size="sm"
                onClick={() =>
                  withFields(
                    fields.filter((_, at) => at !== index),
                    required
                  )
                }
              >
                <X aria-hidden />
              </IconButton>
            </div>
          ))}
          {error ? (
            <p role="alert" className="text-xs text-fail">
              {error}
            </p>
          ) : null}
          <div>
            <Button
              size="sm"
              onClick={() => {
                const name = freeName(fields);
                withFields([...fields, [name, { type: 'string' }]], [...required, name]);
              }}
            >
              <Plus aria-hidden />
              Add a field
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function objectIn(text: string): JsonSchema | null {
  const found = jsonIn(text)?.value;
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return null;
  return (found as JsonSchema).type === 'object' ? (found as JsonSchema) : null;
}

/** Another type drops the rules of the old one. */
function typed({ title, description, sensitive }: JsonSchema, type: string): JsonSchema {
  return {
    ...(type === 'any' ? {} : { type: type as JsonSchema['type'] }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(sensitive === undefined ? {} : { sensitive }),
  };
}

function freeName(fields: readonly (readonly [string, JsonSchema])[]): string {
  for (let number = fields.length + 1; ; number++)
    if (!fields.some(([name]) => name === `field${number}`)) return `field${number}`;
}
