'use client';

/** An expression in CodeMirror, with completion, types and problems from the worker. Loaded when somebody edits an expression. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { javascriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { forceLinting, linter, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { EditorProps } from './editor-props';
import { askLanguage } from './language-client';
import type { Completion, LanguageScope } from './language-messages';

export default function CodeEditor(props: EditorProps) {
  const { control, labelId, typed, scope, fieldId, placeholder, handle, selection, onProblems } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef({ typed, scope, onProblems });
  now.current = { typed, scope, onProblems };
  const attributes = useRef(new Compartment());

  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: typed.text,
        selection: selection
          ? { anchor: Math.min(selection.from, typed.text.length), head: Math.min(selection.to, typed.text.length) }
          : undefined,
        extensions: [
          history(),
          closeBrackets(),
          bracketMatching(),
          javascriptLanguage,
          syntaxHighlighting(COLOURS),
          EditorView.lineWrapping,
          THEME,
          // A list inside the panel would be cut off at its edge.
          tooltips({ parent: document.body, position: 'fixed' }),
          placeholderOf(placeholder ?? ''),
          completing(fieldId, () => now.current.scope),
          problemsOf(
            fieldId,
            () => now.current.scope,
            (problems) => now.current.onProblems(problems)
          ),
          typesOf(fieldId, () => now.current.scope),
          // Tab leaves the field, unless a completion is open.
          Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...standardKeymap]),
          attributes.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.isUserEvent('theirs')))
              now.current.typed.onChange(update.state.doc.toString());
            if (update.focusChanged) {
              if (update.view.hasFocus) now.current.typed.onFocus();
              else now.current.typed.onBlur();
            }
          }),
        ],
      }),
    });
    view.current = made;
    if (selection) made.focus();
    return () => {
      made.destroy();
      void askLanguage({ ask: 'close', field: fieldId }).catch(() => undefined);
    };
    // One editor for the life of the field; what changes is read from `now`.
  }, []);

  useEffect(() => {
    const described = control['aria-describedby'];
    view.current?.dispatch({
      effects: attributes.current.reconfigure(
        EditorView.contentAttributes.of({
          id: control.id,
          'aria-labelledby': labelId,
          'aria-multiline': 'true',
          spellcheck: 'false',
          autocapitalize: 'off',
          ...(described === undefined ? {} : { 'aria-describedby': described }),
          ...(control['aria-invalid'] ? { 'aria-invalid': 'true' } : {}),
        })
      ),
    });
  }, [control.id, control['aria-describedby'], control['aria-invalid'], labelId]);

  useEffect(() => {
    const { current } = view;
    if (!current || current.state.doc.toString() === typed.text) return;
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: typed.text },
      userEvent: 'theirs',
    });
  }, [typed.text]);

  // What can be read here has changed: the same text may be right or wrong now.
  const known = JSON.stringify(scope);
  useEffect(() => {
    if (view.current) forceLinting(view.current);
  }, [known]);

  useImperativeHandle(handle, () => ({
    insert(words) {
      const { current } = view;
      if (!current) return;
      current.dispatch(current.state.replaceSelection(words), { userEvent: 'input.insert' });
      current.focus();
    },
  }));
  return <div ref={host} className="min-w-0" />;
}

function completing(field: string, scope: () => LanguageScope) {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w$]+$/);
    const isAfterDot = /\.\s*$/.test(context.state.sliceDoc(0, word?.from ?? context.pos));
    if (!context.explicit && !word && !isAfterDot) return null;
    const code = context.state.doc.toString();
    const found = await askLanguage({ ask: 'completions', field, code, scope: scope(), at: context.pos }).catch(
      () => null
    );
    if (!found || context.aborted) return null;
    return { from: found.from, options: found.entries.map(optionOf), validFor: /^[\w$]*$/ };
  };
  return autocompletion({ override: [source], icons: false, activateOnTypingDelay: 30 });
}

const optionOf = ({ name, kind, type, title }: Completion) => ({
  label: name,
  detail: title ?? shortened(type),
  type: kind,
  boost: kind === 'name' ? 2 : kind === 'field' ? 1 : 0,
  info: title !== null && type.length > 48 ? () => typeElement(type, null) : undefined,
});
const shortened = (type: string) => (type.length > 48 ? `${type.slice(0, 47)}…` : type);

/** The line below the field appears after a pause, so that nothing moves while somebody types; the mark in the text at once. */
const PAUSE_MS = 600;

function problemsOf(field: string, scope: () => LanguageScope, report: EditorProps['onProblems']) {
  let pause: ReturnType<typeof setTimeout> | undefined;
  return linter(
    async (view): Promise<Diagnostic[]> => {
      const code = view.state.doc.toString();
      const found = await askLanguage({ ask: 'problems', field, code, scope: scope() }).catch(() => null);
      if (found === null || view.state.doc.toString() !== code) return [];
      clearTimeout(pause);
      if (found.length === 0) report(found);
      else pause = setTimeout(() => report(found), view.hasFocus ? PAUSE_MS : 0);
      return found.map(({ from, to, message }) => ({ from, to: Math.max(to, from), message, severity: 'error' }));
    },
    { delay: 150 }
  );
}

function typesOf(field: string, scope: () => LanguageScope) {
  return hoverTooltip(async (view, at) => {
    const code = view.state.doc.toString();
    const found = await askLanguage({ ask: 'hover', field, code, scope: scope(), at }).catch(() => null);
    if (!found) return null;
    return {
      pos: found.from,
      end: found.to,
      above: true,
      create: () => ({ dom: typeElement(found.type, found.title) }),
    };
  });
}

function typeElement(type: string, title: string | null): HTMLElement {
  const element = document.createElement('div');
  element.className = 'cm-type';
  if (title !== null) element.append(Object.assign(document.createElement('div'), { textContent: title }));
  element.append(Object.assign(document.createElement('code'), { textContent: type }));
  return element;
}

/** The colours of code on other pages (globals.css). */
const COLOURS = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--shiki-token-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--shiki-token-constant)' },
  { tag: tags.keyword, color: 'var(--shiki-token-keyword)' },
  { tag: tags.function(tags.propertyName), color: 'var(--shiki-token-function)' },
  { tag: [tags.operator, tags.punctuation], color: 'var(--shiki-token-punctuation)' },
]);

/** As the plain field that it replaces: the same size, so that nothing moves. */
const THEME = EditorView.theme({
  '&': {
    border: '1px solid color-mix(in oklab, var(--mark) 60%, transparent)',
    borderRadius: '6px',
    backgroundColor: 'var(--card)',
    color: 'var(--ink)',
    fontSize: '0.75rem',
    maxHeight: '320px',
  },
  '&.cm-focused': { outline: '2px solid var(--ink)' },
  '&:has([aria-invalid])': { borderColor: 'var(--fail)' },
  '.cm-scroller': { fontFamily: 'var(--font-geist-mono, monospace)', lineHeight: '1.5rem', overflow: 'auto' },
  '.cm-content': { padding: '4px 0', caretColor: 'var(--ink)', minHeight: '1.5rem' },
  '.cm-line': { padding: '0 10px' },
  '.cm-placeholder': { color: 'var(--ink-2)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in oklab, var(--ink) 12%, transparent)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--fail)',
    textDecorationSkipInk: 'none',
  },
  '.cm-tooltip': {
    border: '1px solid var(--hairline)',
    borderRadius: '8px',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: 'var(--float)',
    maxWidth: 'min(24rem, calc(100vw - 1rem))',
    zIndex: '60',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '15rem', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    justifyContent: 'space-between',
    gap: '1rem',
    minHeight: '1.75rem',
    alignItems: 'center',
    padding: '2px 8px',
    borderRadius: '4px',
    fontFamily: 'var(--font-geist-mono, monospace)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'color-mix(in oklab, var(--ink) 8%, transparent)',
    color: 'var(--ink)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': {
    fontStyle: 'normal',
    color: 'var(--ink-2)',
    marginLeft: '0',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  '.cm-completionInfo': { padding: '4px 8px' },
  '.cm-type': { padding: '4px 8px', fontSize: '0.75rem', overflowWrap: 'anywhere' },
  '.cm-type code': { fontFamily: 'var(--font-geist-mono, monospace)' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '3px solid var(--fail)' },
});
