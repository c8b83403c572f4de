'use client';

/** An expression as text, with the values that it may read and the names that it cannot. */
import { useRef, type ReactNode, type RefObject } from 'react';
import { namesIn } from '@/engine/flow/expression-names';
import type { Json } from '@/engine/flow/edit/draft';
import { useField, useScope } from '../editing';
import { Frame, type Control } from '../fields/frame';
import { GrowingText, plainText } from '../fields/text-field';
import { useTyped, type Typed } from '../fields/use-typed';
import type { Place } from '../place';
import { InsertValue } from './path-picker';
import type { ScopePath } from './scope-paths';

/** A field whose value is the expression itself. */
export function ExpressionField({
  label,
  place,
  help,
  placeholder,
  optional = false,
  action,
}: {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  placeholder?: string;
  /** An empty expression removes the field. */
  optional?: boolean;
  action?: ReactNode;
}) {
  const field = useField(place);
  const paths = useScope(place);
  const typed = useTyped({
    value: plainText(field.value),
    send: (text) => field.set(text.trim() === '' && optional ? undefined : text, { typing: true }),
    settle: field.settle,
  });
  const area = useRef<HTMLTextAreaElement | null>(null);
  const unknown = unknownNames(typed.text, paths);
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      optional={optional}
      typed={typed}
      problems={field.problems.length > 0 ? field.problems : unknown}
      action={
        <>
          {action}
          <InsertValue paths={paths} onInsert={(path) => insertInto(area, typed, path)} />
        </>
      }
    >
      {(control) => <ExpressionInput control={control} typed={typed} area={area} placeholder={placeholder} />}
    </Frame>
  );
}

export function ExpressionInput({
  control,
  typed,
  area,
  placeholder,
}: {
  control: Control;
  typed: Typed;
  area: RefObject<HTMLTextAreaElement | null>;
  placeholder?: string;
}) {
  return (
    <GrowingText
      {...control}
      ref={area}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      placeholder={placeholder}
      className="font-mono text-xs leading-6"
      value={typed.text}
      onFocus={typed.onFocus}
      onBlur={typed.onBlur}
      onText={typed.onChange}
    />
  );
}

/** Inserts at the caret, and puts the caret behind it. */
export function insertInto(area: RefObject<HTMLTextAreaElement | null>, typed: Typed, words: string): void {
  const input = area.current;
  const from = input?.selectionStart ?? typed.text.length;
  const to = input?.selectionEnd ?? from;
  typed.onFocus();
  typed.onChange(`${typed.text.slice(0, from)}${words}${typed.text.slice(to)}`);
  requestAnimationFrame(() => {
    input?.focus();
    input?.setSelectionRange(from + words.length, from + words.length);
  });
}

const ALWAYS_KNOWN = new Set(['undefined', 'true', 'false', 'null']);

/** Names in an expression that cannot be read here, before the compiler has looked at it. */
export function unknownNames(expression: Json | undefined, paths: readonly ScopePath[]) {
  if (typeof expression !== 'string' || expression.trim() === '') return [];
  const known = new Set(paths.map(({ path }) => /^[\w$]+/.exec(path)?.[0]));
  const unknown = [...namesIn(expression)].filter((name) => !known.has(name) && !ALWAYS_KNOWN.has(name));
  return unknown.map((name) => ({
    severity: 'error' as const,
    message: `'${name}' cannot be read here.`,
    fix: "Use 'Insert value' to see what can.",
  }));
}
