'use client';

/** How the body of a request is sent: as JSON, or as a form. */
import { useState } from 'react';
import { FormEncoding } from '@/components/flow/form-encoding';
import { readEncoding, writeEncoding } from '@/components/flow/form-encoding-model';
import { bodyEncodingSchema } from '@/engine/flow/connections/http';
import type { JsonSchema } from '@/engine/flow/document';
import type { Json } from '@/engine/flow/edit/draft';
import { same } from '@/engine/flow/edit/places';
import { useEditing, useField } from '../editing';
import { ValueField } from '../expressions/value-field';
import { diagnosticPath, FIELD_ATTRIBUTE, type Place } from '../place';

export function SentAsField({ place, schema }: { place: Place; schema: JsonSchema | undefined }) {
  const field = useField(place, { inside: true });
  const { draft } = useEditing();
  const read = field.value === undefined ? undefined : bodyEncodingSchema.safeParse(field.value);
  const [typed, setTyped] = useState(() => readEncoding(read?.data));
  // An expression, for example.
  if (read && !read.success) return <ValueField label="Sent as" place={place} schema={schema} />;
  // Rows that have no name yet are here alone; what comes from elsewhere replaces them.
  const model = same(jsonOf(writeEncoding(typed)), field.value) ? typed : readEncoding(read?.data);
  const above = diagnosticPath(draft, place).length;
  const errorAt = (inside: string) =>
    field.problems.find(({ path }) => path.slice(above).join('/') === inside)?.message ?? null;
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3" onBlur={field.settle}>
      <FormEncoding
        model={model}
        errorAt={errorAt}
        onChange={(change) => {
          const next = { ...model, ...change };
          setTyped(next);
          field.set(jsonOf(writeEncoding(next)), { typing: change.ownStyles !== undefined });
        }}
      />
    </div>
  );
}

const jsonOf = (encoding: ReturnType<typeof writeEncoding>): Json | undefined =>
  encoding as unknown as Json | undefined;
