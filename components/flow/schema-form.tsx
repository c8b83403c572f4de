'use client';

/**
 * A form made from a JSON Schema: start, signal, query and update forms. Values keep the schema's own units (money in cents,
 * durations as text); the server checks the whole value against the schema and names fields by JSON pointer, and those
 * problems stand at their fields.
 */
import { useState, type ReactNode } from 'react';
import { FormProvider, useForm, type FieldValues } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { failureFrom } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import type { JsonSchema } from '@/engine/flow/document';
import { SchemaFields } from './schema-fields';
import { initialOf, pathOf, pruned } from './schema-value-of';

export interface SchemaFormProps {
  schema: JsonSchema;
  /** Filled in; what is missing comes from the schema's defaults. Give the form another `key` to fill it anew. */
  initial?: unknown;
  /** Rejects with the server's refusal (ApiError): its problems go to their fields. */
  onSubmit: (value: unknown) => Promise<void>;
  submitLabel: ReactNode;
  /** Why it cannot be sent now. */
  disabledReason?: string | null;
  /** Fields that belong to the request, not to the value. */
  children?: ReactNode;
}

/** The value lives under one name, so that a schema that is no object has a field too. */
const ROOT = 'value';

export function SchemaForm({ schema, initial, onSubmit, submitLabel, disabledReason, children }: SchemaFormProps) {
  const form = useForm<FieldValues>({ defaultValues: { [ROOT]: initialOf(schema, initial) }, shouldFocusError: true });
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      await onSubmit(pruned(schema, values[ROOT]));
    } catch (error) {
      const refused = failureFrom(error);
      const placed = (refused.problems ?? []).map((problem) => ({
        ...problem,
        path: pathOf(problem.at, ROOT, schema),
      }));
      for (const [index, { path, message }] of placed.entries()) {
        if (path) form.setError(path, { message: sentence(message) }, { shouldFocus: index === 0 });
      }
      const homeless = placed.filter(({ path }) => !path).map(({ at, message }) => ({ at, message }));
      setFailure({ ...refused, problems: homeless.length ? homeless : undefined });
    }
  });
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <SchemaFields schema={schema} name={ROOT} required bare />
        {children}
        {failure ? <FailureBand failure={failure} /> : null}
        <div className="flex justify-end">
          <Button type="submit" variant="primary" pending={form.formState.isSubmitting} disabledReason={disabledReason}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </FormProvider>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
