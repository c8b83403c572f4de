'use client';

/**
 * A form made from a JSON Schema, used to start, signal, query and update runs. Values keep the units of the schema
 * (money in cents, durations as text). The server checks the whole value against the schema and names fields by JSON
 * pointer; each problem is shown at its field.
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
  /** The initial value. Missing fields are filled with the defaults of the schema. */
  initial?: unknown;
  /**
   * Names the source of `initial`. When it changes, the form is filled again, except for fields that the person has
   * changed.
   */
  filledFrom?: string;
  /** Rejects with the server's refusal (ApiError). Its problems are shown at their fields. */
  onSubmit: (value: unknown) => Promise<void>;
  submitLabel: ReactNode;
  /** Why the form cannot be sent now. */
  disabledReason?: string | null;
  /** Above the fields of the value. */
  lead?: ReactNode;
  /** Fields of the request that are not part of the value. */
  children?: ReactNode;
  /**
   * JSON pointers of those fields: their problems are handed to `onOwnProblems`, an empty list when the form is sent
   * again.
   */
  ownFields?: readonly string[];
  onOwnProblems?: (problems: string[]) => void;
}

/** The value has one name in the form, so that a schema that is not an object has a field too. */
const ROOT = 'value';

export function SchemaForm({
  schema,
  initial,
  filledFrom,
  onSubmit,
  submitLabel,
  disabledReason,
  lead,
  children,
  ownFields = [],
  onOwnProblems,
}: SchemaFormProps) {
  const writing = useWriting();
  const filling = () => ({ [ROOT]: initialOf(schema, initial, writing) });
  const form = useForm<FieldValues>({ defaultValues: filling(), shouldFocusError: true });
  // react-hook-form tracks changes of single fields only if this is read during rendering.
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
  /** What the server said about the fields that were sent before is over, also if these are not sent. */
  const forget = () => {
    setFailure(null);
    onOwnProblems?.([]);
  };
  const submit = form.handleSubmit(async (values) => {
    forget();
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
      const others = placed.filter(({ path }) => !path).map(({ at, message }) => ({ at, message }));
      const homeless = others.filter(({ at }) => !ownFields.includes(at));
      onOwnProblems?.(others.filter(({ at }) => ownFields.includes(at)).map(({ message }) => sentence(message)));
      const atFields = placed.length > 0 && homeless.length === 0;
      setFailure({
        ...refused,
        problems: homeless.length > 0 ? homeless : undefined,
        whatToDo: atFields ? 'Correct the marked fields and send it again.' : refused.whatToDo,
      });
    }
  }, forget);
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
        {lead}
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
