'use client';

/** A schema of the draft, with the editor for it. */
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import type { Json } from '@/engine/flow/edit/draft';
import { useField } from '../inspector/editing';
import { Help, ProblemLines } from '../inspector/fields/frame';
import { JsonField } from '../inspector/fields/json-field';
import { FIELD_ATTRIBUTE, type Place } from '../inspector/place';
import { SchemaEditor } from './schema-editor';

export function SchemaField({
  label,
  place,
  help,
  add,
  optional = false,
  groupOnly,
}: {
  label: string;
  place: Place;
  help?: ReactNode;
  /** The button that makes one: 'Describe the answer'. */
  add?: string;
  /** It can be removed. */
  optional?: boolean;
  groupOnly?: boolean;
}) {
  const field = useField(place, { inside: true });
  const read = jsonSchemaSchema.safeParse(field.value);
  if (field.value !== undefined && !read.success)
    return <JsonField label={label} place={place} help="This is not a schema that the editor can read." />;
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-1">
      <div className="flex min-h-7 items-center justify-between gap-2">
        <span className="text-xs font-medium">{label}</span>
        {optional && field.value !== undefined ? (
          <Button size="sm" variant="ghost" aria-label={`Remove: ${label}`} onClick={() => field.set(undefined)}>
            Remove
          </Button>
        ) : null}
      </div>
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : help ? <Help>{help}</Help> : null}
      {read.success ? (
        <SchemaEditor
          label={label}
          // As the draft has it: reading would change the order of its keywords.
          schema={field.value as JsonSchema}
          groupOnly={groupOnly}
          onChange={(next, how) => field.set(next as Json, how)}
          onSettle={field.settle}
        />
      ) : (
        <Button size="sm" className="self-start" onClick={() => field.set({ type: 'object', properties: {} })}>
          <Plus aria-hidden />
          {add ?? 'Describe it'}
        </Button>
      )}
    </div>
  );
}
