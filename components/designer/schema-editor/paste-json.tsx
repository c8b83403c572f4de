'use client';

/** [SED4] Makes a schema from an example value, or takes a JSON Schema as it is. */
import { ClipboardPaste } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { inferSchema } from '@/engine/flow/schema/infer';
import { schemaProblems } from '@/engine/flow/schema/problems';
import { issueInWords, wordsOfPath } from '@/engine/plain-issue';
import { readPasted } from '@/engine/flow/values/pasted';
import { isFields } from '@/engine/run-view/fields';

/** The schema that a text describes, or why it describes none. */
export function schemaOfText(text: string, groupOnly: boolean): { schema: JsonSchema } | { problem: string } {
  const pasted = readPasted(text, { place: true, kept: true });
  if ('problem' in pasted) return pasted;
  let { value } = pasted;
  const isSchema =
    isFields(value) &&
    (value.type === 'object' || value.type === 'array') &&
    (isFields(value.properties) || isFields(value.items));
  if (isSchema) {
    const { $schema: _1, $id: _2, ...plain } = value as Record<string, unknown>;
    const read = jsonSchemaSchema.safeParse(plain);
    if (!read.success) {
      const [issue] = read.error.issues;
      return { problem: `This JSON Schema cannot be used. ${issueInWords(issue!)}` };
    }
    const [problem] = schemaProblems(read.data);
    if (problem) return { problem: `${wordsOfPath(problem.path)}: ${problem.message}` };
    value = read.data;
  }
  if (groupOnly && !isFields(value)) return { problem: 'It must be an object: { "orderId": "A-1" }.' };
  return { schema: isSchema ? (value as JsonSchema) : inferSchema(value) };
}

export function PasteJson({
  label,
  groupOnly,
  onSchema,
}: {
  label: string;
  groupOnly: boolean;
  onSchema: (schema: JsonSchema) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const read = useMemo(() => (text.trim() === '' ? null : schemaOfText(text, groupOnly)), [text, groupOnly]);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Paste JSON"
      description={`An example value, or a JSON Schema. It replaces the fields of ${label}.`}
      trigger={
        <Button size="sm" variant="ghost">
          <ClipboardPaste aria-hidden />
          Paste JSON
        </Button>
      }
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={read === null ? 'Paste JSON first.' : 'problem' in read ? read.problem : null}
            onClick={() => {
              if (!read || 'problem' in read) return;
              onSchema(read.schema);
              setText('');
              setOpen(false);
            }}
          >
            Use it
          </Button>
        </>
      }
    >
      <Field label="JSON" required error={read && 'problem' in read ? read.problem : null}>
        <Textarea
          rows={12}
          spellCheck={false}
          className="font-mono text-xs"
          placeholder={'{ "orderId": "A-1", "amount": 1999 }'}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
    </Dialog>
  );
}
