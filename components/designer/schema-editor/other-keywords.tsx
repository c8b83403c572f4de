'use client';

import { useState } from 'react';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { readPasted } from '@/engine/flow/values/pasted';
import { issueInWords } from '@/engine/plain-issue';
import { isFields } from '@/engine/run-view/fields';
import { Frame } from '../inspector/fields/frame';
import { GrowingText } from '../inspector/fields/text-field';
import type { SchemaChange } from './change';
import { othersOf, withOthers } from './edits';

/** Keywords for which there is no field: limits, patterns, constants. */
export function OtherKeywords({
  schema,
  onChange,
  onSettle,
}: {
  schema: JsonSchema;
  onChange: SchemaChange;
  onSettle: () => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null ? null : problemOf(typed, schema);
  return (
    <Frame
      label="Rules"
      help={'For example { "minimum": 1 }, { "maxLength": 80 } or { "pattern": "^A-" }.'}
      problems={problem === null ? [] : [{ severity: 'error', message: problem }]}
    >
      {(control) => (
        <GrowingText
          {...control}
          spellCheck={false}
          className="font-mono text-xs"
          value={typed ?? JSON.stringify(othersOf(schema), null, 2)}
          onText={(text) => {
            setTyped(text);
            const read = readPasted(text, { kept: true });
            if ('value' in read && problemOf(text, schema) === null)
              onChange(withOthers(schema, read.value as Record<string, unknown>), { typing: true });
          }}
          onBlur={() => {
            if (problem === null) setTyped(null);
            onSettle();
          }}
        />
      )}
    </Frame>
  );
}

function problemOf(text: string, schema: JsonSchema): string | null {
  const pasted = readPasted(text, { kept: true });
  if ('problem' in pasted) return `${pasted.problem} The last complete text is kept.`;
  const { value } = pasted;
  if (!isFields(value)) return 'Write an object: { "minimum": 1 }.';
  const read = jsonSchemaSchema.safeParse(withOthers(schema, value));
  if (read.success) return null;
  const [issue] = read.error.issues;
  return issue ? issueInWords(issue) : 'This is not allowed in a schema.';
}
