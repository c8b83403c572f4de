'use client';

/**
 * What people will see of a schema: the form in which they fill it in, where what is typed goes nowhere, or its values
 * as a page shows them, with a sample [SED10].
 */
import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { FormProvider, useForm, type FieldValues } from 'react-hook-form';
import { SchemaFields } from '@/components/flow/schema-fields';
import { initialOf } from '@/components/flow/schema-value-of';
import { SchemaValue } from '@/components/ui/schema-value';
import { useWriting } from '@/components/ui/writing';
import type { JsonSchema } from '@/engine/flow/document';
import { sampleOf } from '@/engine/flow/schema/sample';

export function Preview({ schema, isFilled }: { schema: JsonSchema; isFilled: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="group/preview">
      <summary className="flex min-h-8 pointer-coarse:min-h-11 cursor-pointer list-none items-center gap-1 rounded-md py-1 text-xs font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 shrink-0 transition-transform group-open/preview:rotate-90" />
        {isFilled ? 'The form that people will see' : 'How people will see it'}
      </summary>
      {open ? (
        <div className="rounded-md border border-hairline bg-paper p-3">
          {schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0 ? (
            <p className="text-xs text-ink-2">No fields yet.</p>
          ) : isFilled ? (
            <PreviewForm key={JSON.stringify(schema)} schema={schema} />
          ) : (
            <PreviewValue schema={schema} />
          )}
        </div>
      ) : null}
    </details>
  );
}

function PreviewValue({ schema }: { schema: JsonSchema }) {
  const { value, problem } = sampleOf(schema);
  if (problem !== null) return <p className="text-xs text-ink-2">No value can fit: {problem}.</p>;
  return <SchemaValue value={value} schema={schema} />;
}

function PreviewForm({ schema }: { schema: JsonSchema }) {
  const writing = useWriting();
  const values = useMemo(() => ({ value: initialOf(schema, undefined, writing) }), [schema, writing]);
  const form = useForm<FieldValues>({ defaultValues: values });
  return (
    <FormProvider {...form}>
      <div className="[&_.grid]:sm:grid-cols-1">
        <SchemaFields schema={schema} name="value" required bare />
      </div>
    </FormProvider>
  );
}
