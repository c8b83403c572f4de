'use client';

/** A schema of the draft, with the editor for it. */
import { Plus } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { useLatest } from '@/components/ui/use-latest';
import type { JsonSchema } from '@/engine/flow/document';
import { setField } from '@/engine/flow/edit/fields';
import { moveReads } from '@/engine/flow/edit/field-reads';
import { renamedField } from '@/engine/flow/edit/rename-field';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { outputName } from '@/engine/flow/names';
import type { Json } from '@/engine/flow/edit/draft';
import { useEditing, useField } from '../inspector/editing';
import { Help, ProblemLines } from '../inspector/fields/frame';
import { JsonField } from '../inspector/fields/json-field';
import { FIELD_ATTRIBUTE, type Place } from '../inspector/place';
import type { SchemaChange } from './change';
import { SchemaEditor } from './schema-editor';

export function SchemaField({
  label,
  place,
  help,
  add,
  optional = false,
  groupOnly,
  isTitled = false,
  isFilled,
}: {
  label: string;
  place: Place;
  help?: ReactNode;
  /** The button that makes one: 'Describe the answer'. */
  add?: string;
  /** It can be removed. */
  optional?: boolean;
  groupOnly?: boolean;
  /** The section around it has the label as its heading: it is not shown twice. */
  isTitled?: boolean;
  /** People fill it in, so its preview is a form. */
  isFilled?: boolean;
}) {
  const field = useField(place, { inside: true });
  const { draft, onEdit } = useEditing();
  // There may be hundreds of fields, and the form is drawn again after every edit of the draft.
  const isSchema = useMemo(() => jsonSchemaSchema.safeParse(field.value).success, [field.value]);
  const change: SchemaChange = useLatest((next, how) => {
    const root = rootOf(place);
    const moved = root === null || how?.typing ? null : (how?.moved ?? renamedField(field.value as JsonSchema, next));
    if (!moved) return field.set(next as Json, how);
    // One gesture: reverting it gives the expressions their names back, too.
    onEdit([...moveReads(draft, root!, moved), ...setField(draft, place.target, place.path, next as Json)]);
  });
  const settle = useLatest(field.settle);
  if (field.value !== undefined && !isSchema)
    return <JsonField label={label} place={place} help="This is not a schema that the editor can read." />;
  const about =
    field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : help ? <Help>{help}</Help> : null;
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-1">
      <div className={cn('flex items-center justify-between gap-2', !isTitled && 'min-h-7')}>
        {isTitled ? about : <span className="text-xs font-medium">{label}</span>}
        {optional && field.value !== undefined ? (
          <Button size="sm" variant="ghost" aria-label={`Remove: ${label}`} onClick={() => field.set(undefined)}>
            Remove
          </Button>
        ) : null}
      </div>
      {isTitled ? null : about}
      {isSchema ? (
        <SchemaEditor
          label={label}
          // As the draft has it: reading would change the order of its keywords.
          schema={field.value as JsonSchema}
          groupOnly={groupOnly}
          isFilled={isFilled}
          onChange={change}
          onSettle={settle}
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

/** The name by which expressions read the value; null: they read it in some fields only. */
function rootOf({ target, path }: Place): string | null {
  const [first, second] = path;
  if (target.node !== null) return first === 'output' && path.length === 1 ? outputName(target.node) : null;
  if (first === 'input' && path.length === 1) return 'input';
  return first === 'variables' && path.length === 3 && typeof second === 'string' ? second : null;
}
