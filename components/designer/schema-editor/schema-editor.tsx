'use client';

/**
 * Edits a JSON Schema as a list of fields. What a schema has that the editor does not know is kept, and shown as JSON.
 */
import { memo } from 'react';
import { Select } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { FieldList } from './field-list';
import { ChoiceValues, ListItems } from './kind-fields';
import { FIELD_KINDS, kindOf, KIND_WORDS, withKind, type FieldKind } from './kinds';
import { MovesProvider } from './moves';
import { PasteJson } from './paste-json';
import { Preview } from './preview';
import type { SchemaChange } from './change';

export interface SchemaEditorProps {
  schema: JsonSchema;
  onChange: SchemaChange;
  /** A text field was left. */
  onSettle: () => void;
  /** The value must be a group of fields: the input of a flow. */
  groupOnly?: boolean;
  /** People fill it in: the input of a flow, what is sent with a signal. */
  isFilled?: boolean;
  /** What it describes, for names of controls: 'Input'. */
  label: string;
}

/** [SED11] */
export const SchemaEditor = memo(function SchemaEditor({
  schema,
  onChange,
  onSettle,
  groupOnly = false,
  isFilled = false,
  label,
}: SchemaEditorProps) {
  const kind = kindOf(schema);
  return (
    <div className="flex flex-col gap-2">
      {groupOnly && kind === 'group' ? null : (
        <Select
          aria-label={`${label}: what it is`}
          options={[
            ...(kind === null ? [{ value: 'other', label: 'Something else, see the JSON' }] : []),
            ...FIELD_KINDS.map((each) => ({ value: each, label: KIND_WORDS[each] })),
          ]}
          value={kind ?? 'other'}
          onValueChange={(next) => onChange(withKind(schema, next as FieldKind))}
        />
      )}
      {kind === 'choice' ? <ChoiceValues schema={schema} onChange={onChange} /> : null}
      {kind === 'group' || kind === 'list' ? (
        <MovesProvider schema={schema} onChange={onChange}>
          {kind === 'group' ? (
            <FieldList group={schema} level={[]} label={label} onChange={onChange} onSettle={onSettle} />
          ) : (
            <ListItems
              schema={schema}
              level={[null]}
              label={label}
              onChange={onChange}
              onSettle={onSettle}
              Group={FieldList}
            />
          )}
        </MovesProvider>
      ) : null}
      <div className="flex flex-wrap gap-1">
        <PasteJson label={label} onSchema={(next) => onChange(next)} groupOnly={groupOnly} />
      </div>
      <Preview schema={schema} isFilled={isFilled} />
    </div>
  );
});
