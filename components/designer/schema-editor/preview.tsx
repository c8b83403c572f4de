'use client';

/** The form that people will see for a schema. What is typed into it goes nowhere. */
import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { FormProvider, useForm, type FieldValues } from 'react-hook-form';
import { SchemaFields } from '@/components/flow/schema-fields';
import { initialOf } from '@/components/flow/schema-value-of';
import { useWriting } from '@/components/ui/writing';
import type { JsonSchema } from '@/engine/flow/document';

export function Preview({ schema }: { schema: JsonSchema }) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)} className="group/preview">
      <summary className="flex min-h-8 cursor-pointer list-none items-center gap-1 rounded-md py-1 text-xs font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 shrink-0 transition-transform group-open/preview:rotate-90" />
        The form that people will see
      </summary>
      {open ? (
        <div className="rounded-md border border-hairline bg-paper p-3">
          <PreviewForm key={JSON.stringify(schema)} schema={schema} />
        </div>
      ) : null}
    </details>
  );
}

function PreviewForm({ schema }: { schema: JsonSchema }) {
  const writing = useWriting();
  const values = useMemo(() => ({ value: initialOf(schema, undefined, writing) }), [schema, writing]);
  const form = useForm<FieldValues>({ defaultValues: values });
  if (schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0)
    return <p className="text-xs text-ink-2">No fields yet.</p>;
  return (
    <FormProvider {...form}>
      <div className="[&_.grid]:sm:grid-cols-1">
        <SchemaFields schema={schema} name="value" required bare />
      </div>
    </FormProvider>
  );
}
