'use client';

/**
 * A value as JSON. Text that is not JSON yet cannot be kept in the draft: it is kept beside it, and shown again when
 * somebody comes back to the field.
 */
import { useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import type { Json } from '@/engine/flow/edit/draft';
import { firstInexact } from '@/engine/flow/values/inexact';
import { NOT_JSON, readPasted } from '@/engine/flow/values/pasted';
import { useEditing, useField } from '../editing';
import { keyOf, type Place } from '../place';
import { Frame } from './frame';
import { GrowingText } from './text-field';
import { useTyped } from './use-typed';

export function JsonField({
  label,
  place,
  help,
  action,
  show = (value) => (value === undefined ? '' : JSON.stringify(value, null, 2)),
  read = (value) => value,
  optional = false,
}: {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  action?: ReactNode;
  /** The value as JSON text, and back. */
  show?: (value: Json | undefined) => string;
  read?: (value: Json) => Json;
  /** An empty text removes the field. */
  optional?: boolean;
}) {
  const field = useField(place, { inside: true });
  const { unfinished } = useEditing();
  const key = keyOf(place);
  const [left, setLeft] = useState(() => unfinished.get(key) ?? null);
  const shown = show(field.value);
  const typed = useTyped({
    value: left ?? shown,
    keptAs: (text) => (jsonOf(text) ? show(read(jsonOf(text)!.value)) : text),
    send: (text) => {
      const json = jsonOf(text);
      const isEmpty = text.trim() === '' && optional;
      if (json || isEmpty) {
        unfinished.delete(key);
        setLeft(null);
        field.set(json ? read(json.value) : undefined, { typing: true });
      } else {
        unfinished.set(key, text);
        setLeft(text);
      }
    },
    settle: field.settle,
  });
  const problem = left === null ? null : jsonProblem(left);
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      optional={optional}
      action={action}
      typed={left === null ? typed : undefined}
      problems={problem === null ? field.problems : [{ severity: 'error', message: problem }]}
    >
      {(control) => (
        <>
          <GrowingText
            {...control}
            rows={3}
            spellCheck={false}
            autoComplete="off"
            className="font-mono text-xs"
            value={typed.text}
            onFocus={typed.onFocus}
            onBlur={typed.onBlur}
            onText={typed.onChange}
          />
          {problem === null ? null : (
            <Button
              size="sm"
              variant="ghost"
              className="self-start"
              onClick={() => {
                unfinished.delete(key);
                setLeft(null);
              }}
            >
              Discard this text
            </Button>
          )}
        </>
      )}
    </Frame>
  );
}

function jsonOf(text: string): { value: Json } | null {
  const read = readPasted(text, { kept: true });
  return 'problem' in read || firstInexact(text) ? null : { value: read.value as Json };
}
function jsonProblem(text: string): string {
  const read = readPasted(text, { kept: true });
  const why =
    'value' in read
      ? 'It has a number with more digits than can be kept.'
      : read.problem === NOT_JSON
        ? 'This is not JSON yet.'
        : read.problem;
  return `${why} The draft keeps the last complete value.`;
}
