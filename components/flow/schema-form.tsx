'use client';

/**
 * A form made from a JSON Schema: start, signal, query and update forms. Values keep the schema's own units (money in cents,
 * durations as text); the server checks the whole value against the schema and names fields by JSON pointer, and those
 * problems stand at their fields.
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { FormProvider, useForm, type FieldValues } from 'react-hook-form';
import type { AppFailure } from '@/app/_contract/errors';
import { failureFrom } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import type { JsonSchema } from '@/engine/flow/document';
import { SchemaFields } from './schema-fields';
import { useWriting } from '@/components/ui/writing';
import { initialOf, pathOf, sentOf } from './schema-value-of';

export interface SchemaFormProps {
  schema: JsonSchema;
  /** Filled in; what is missing comes from the schema's defaults. */
  initial?: unknown;
  /** Names what `initial` is. When it changes, the form is filled again: fields that the person has changed keep what is in them. */
  filledFrom?: string;
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

export function SchemaForm({
  schema,
  initial,
  filledFrom,
  onSubmit,
  submitLabel,
  disabledReason,
  children,
}: SchemaFormProps) {
  const writing = useWriting();
  const filling = () => ({ [ROOT]: initialOf(schema, initial, writing) });
  const form = useForm<FieldValues>({ defaultValues: filling(), shouldFocusError: true });
  // Read while rendering: only then are changes of single fields counted.
  const { dirtyFields } = form.formState;
  const [kept, setKept] = useState(false);
  const filled = useRef(filledFrom);
  useEffect(() => {
    if (filled.current === filledFrom) return;
    filled.current = filledFrom;
    setKept(Object.keys(dirtyFields).length > 0);
    form.reset(filling(), { keepDirtyValues: true });
  });
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      await onSubmit(sentOf(schema, values[ROOT], writing));
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
        {kept ? (
          <p role="status" className="flex flex-wrap items-center gap-2 text-xs text-ink-2">
            Fields that you changed keep your values.
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                form.reset(filling());
                setKept(false);
              }}
            >
              Discard my changes
            </Button>
          </p>
        ) : null}
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
