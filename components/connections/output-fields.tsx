'use client';

/** The schema of an answer: as fields, or as JSON Schema. */
import { useId, useState } from 'react';
import { SchemaEditor } from '@/components/designer/schema-editor/schema-editor';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { jsonIn } from './call-result';

export function OutputFields({
  label,
  text,
  error,
  onChange,
}: {
  /** 'Schema of the body' */
  label: string;
  /** A JSON Schema. */
  text: string;
  error: string | null;
  onChange: (text: string) => void;
}) {
  const id = useId();
  const found = jsonIn(text);
  const isReadable = found !== null && jsonSchemaSchema.safeParse(found.value).success;
  const [asJson, setAsJson] = useState(!isReadable);
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 id={id} className="text-xs font-medium">
          {label}
        </h3>
        <Button
          size="sm"
          variant="ghost"
          aria-pressed={asJson}
          disabledReason={asJson && !isReadable ? 'This is no schema that can be shown as fields.' : null}
          onClick={() => setAsJson(!asJson)}
        >
          {asJson ? 'Fields' : 'JSON Schema'}
        </Button>
      </div>
      <p className="text-xs text-ink-2">
        An answer that does not fit fails the step. Without a type every answer is accepted. &apos;Send once&apos;
        proposes one.
      </p>
      {asJson || !isReadable ? (
        <Field label="JSON Schema" required error={error}>
          <Textarea
            rows={7}
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        </Field>
      ) : (
        <>
          <SchemaEditor
            label={label}
            schema={found.value as JsonSchema}
            onChange={(next) => onChange(JSON.stringify(next, null, 2))}
            onSettle={() => {}}
          />
          {error ? (
            <p role="alert" className="text-xs text-fail">
              {error}
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}
