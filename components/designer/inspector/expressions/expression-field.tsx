'use client';

/**
 * An expression as text, with the values that it may read and its problems.
 *
 * Rules
 * [EXF1] It is a plain field until somebody edits it; then the editor takes its place with the text, the label and the
 *        focus. The page loads neither the editor nor TypeScript before that.
 * [EXF2] Problems are below the field, which is marked as not valid.
 * [EXF3] A value is inserted at the caret, and sent as typing.
 * [EXF4] Values in texts are checked too.
 * [EXF6] A misspelt name can be changed to the one that was meant, below the field and at the name.
 * [EXF5] A field that is being edited shows what its editor found, not what the check of the whole draft found before.
 */
import {
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ComponentType,
  type ReactNode,
  type RefObject,
} from 'react';
import { corrected, type Diagnostic } from '@/engine/flow/diagnostic';
import { namesIn } from '@/engine/flow/expression-names';
import type { Json } from '@/engine/flow/edit/draft';
import { sampleWords } from '../../samples/samples';
import { useEditing, useField, useLanguageScope, useScope } from '../editing';
import { Frame, labelIdOf, type Control, type ShownProblem } from '../fields/frame';
import { GrowingText, plainText } from '../fields/text-field';
import { useTyped, type Typed } from '../fields/use-typed';
import type { Place } from '../place';
import type { EditorProps, InsertHandle } from './editor-props';
import type { ExpressionProblem, LanguageScope } from './language-messages';
import { InsertValue } from './path-picker';
import { namesOf, type ScopePath } from './scope-paths';

/** A field whose value is the expression itself. */
export function ExpressionField({
  label,
  place,
  help,
  placeholder,
  optional = false,
  action,
  expected = null,
}: {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  placeholder?: string;
  /** An empty expression removes the field. */
  optional?: boolean;
  action?: ReactNode;
  /** The type that the value must have, in TypeScript. */
  expected?: string | null;
}) {
  const field = useField(place);
  const paths = useScope(place);
  const typed = useTyped({
    value: plainText(field.value),
    send: (text) => field.set(text.trim() === '' && optional ? undefined : text, { typing: true }),
    settle: field.settle,
  });
  const handle = useRef<InsertHandle>(null);
  const scope = useLanguageScope(place, expected);
  const checked = useChecked(typed.text, paths);
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      optional={optional}
      typed={typed}
      problems={shownProblems(field.problems, checked.found, checked.problems)}
      onProposed={({ instead }) => instead && typed.onChange(corrected(typed.text, instead))}
      action={
        <>
          {action}
          <InsertValue paths={paths} onInsert={(path) => handle.current?.insert(path)} />
        </>
      }
    >
      {(control) => (
        <ExpressionInput
          control={control}
          typed={typed}
          handle={handle}
          placeholder={placeholder}
          scope={scope}
          onProblems={checked.onProblems}
        />
      )}
    </Frame>
  );
}

/** Problems of an expression: what its editor found, and before it is loaded, names that cannot be read. */
export function useChecked(code: string, paths: readonly ScopePath[]) {
  const [found, setFound] = useState<ExpressionProblem[] | null>(null);
  const problems = found === null ? unknownNames(code, paths) : found.map(shownOf);
  return { problems, found: found === null ? null : problems, onProblems: setFound };
}

function shownOf({ message, from, to, instead }: ExpressionProblem): ShownProblem {
  const found = instead === undefined ? {} : { instead: { from, to, text: instead } };
  return { severity: 'error', message, ...found };
}

/**
 * [EXF5] The check of the whole draft says the same as the field's own editor, but while somebody types the editor says
 *        it after a pause. `own`: what the editor found; null: it has not been asked.
 */
export function shownProblems(
  ofDraft: readonly Diagnostic[],
  own: readonly ShownProblem[] | null,
  before: readonly ShownProblem[] = []
): readonly ShownProblem[] {
  const others = ofDraft.filter(({ code }) => own === null || (code !== 'type' && code !== 'expression'));
  return others.length > 0 ? others : (own ?? before);
}

const PAUSE_MS = 400;

/** The problems of an expression inside a text: asked for while somebody edits the text, after a pause. */
export function useTextProblems(
  code: string | null,
  scope: LanguageScope,
  isEdited: boolean
): ExpressionProblem[] | null {
  const [found, setFound] = useState<ExpressionProblem[] | null>(null);
  const field = useId();
  useEffect(() => {
    if (!isEdited || typeof Worker === 'undefined') return;
    let isCurrent = true;
    const ask = () =>
      (code === null
        ? Promise.resolve([])
        : import('./language-client').then(({ askLanguage }) => askLanguage({ ask: 'problems', field, code, scope }))
      ).then(
        (problems) => isCurrent && setFound(problems),
        () => isCurrent && setFound(null)
      );
    const pause = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(pause);
    };
  }, [code, scope, isEdited, field]);
  return found;
}

type Editor = ComponentType<EditorProps>;
let loaded: Editor | null = null;
/** Null where there are no workers, or where it cannot be loaded: then the plain field remains. */
async function loadEditor(): Promise<Editor | null> {
  if (typeof Worker === 'undefined') return null;
  loaded ??= await import('./code-editor').then(
    (module) => module.default,
    () => null
  );
  return loaded;
}

/** A plain field until somebody edits it; then the editor takes its place, with the caret where it was. */
export function ExpressionInput({
  control,
  typed,
  handle,
  placeholder,
  scope,
  onProblems,
}: {
  control: Control;
  typed: Typed;
  handle: RefObject<InsertHandle | null>;
  placeholder?: string;
  scope: LanguageScope;
  onProblems: (problems: ExpressionProblem[]) => void;
}) {
  const { readOnly, samples } = useEditing();
  const area = useRef<HTMLTextAreaElement | null>(null);
  const fieldId = useId();
  const [editor, setEditor] = useState<{ Editor: Editor; selection: EditorProps['selection'] } | null>(null);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => void (isShown.current = false);
  }, []);
  useImperativeHandle(editor ? null : handle, () => ({ insert: (words) => insertInto(area, typed, words) }));
  const load = async () => {
    const Editor = await loadEditor();
    const { current } = area;
    if (!Editor || !current || !isShown.current) return;
    const hasFocus = document.activeElement === current;
    setEditor({ Editor, selection: hasFocus ? { from: current.selectionStart, to: current.selectionEnd } : null });
  };
  if (editor) {
    const { Editor, selection } = editor;
    return (
      <Editor
        control={control}
        labelId={labelIdOf(control.id)}
        typed={typed}
        scope={scope}
        fieldId={fieldId}
        placeholder={placeholder}
        isReadOnly={readOnly !== null}
        handle={handle}
        selection={selection}
        sampleOf={(path) => sampleWords(samples, path)}
        onProblems={onProblems}
      />
    );
  }
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
      onFocus={() => {
        typed.onFocus();
        void load();
      }}
      onBlur={typed.onBlur}
      onText={typed.onChange}
    />
  );
}

/**
 * Inserts at the caret, and puts the caret behind it. In a field that never had a caret it is at the end: browsers say
 * that it is at the beginning.
 */
export function insertInto(area: RefObject<HTMLTextAreaElement | null>, typed: Typed, words: string): void {
  const input = area.current;
  const hasCaret = input !== null && input.dataset.caret !== undefined;
  const from = hasCaret ? input.selectionStart : typed.text.length;
  const to = hasCaret ? input.selectionEnd : from;
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
  const known = namesOf(paths);
  const unknown = [...namesIn(expression)].filter((name) => !known.has(name) && !ALWAYS_KNOWN.has(name));
  return unknown.map((name) => ({
    severity: 'error' as const,
    message: `'${name}' cannot be read here.`,
    fix: "Use 'Insert value' to see what can.",
  }));
}
