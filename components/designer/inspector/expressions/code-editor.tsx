'use client';

/**
 * An expression in CodeMirror, with completion, types and problems from the worker. Loaded when somebody edits an
 * expression.
 */
import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { javascriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { forceLinting } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf, tooltips } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef } from 'react';
import { COLOURS } from '@/components/code/code-colours';
import { completing, problemsOf, signatures, typesOf } from './code-language';
import { THEME } from './code-theme';
import type { EditorProps } from './editor-props';
import { askLanguage } from './language-client';

export default function CodeEditor(props: EditorProps) {
  const { control, labelId, typed, scope, fieldId, placeholder, isReadOnly, handle, selection } = props;
  const { sampleOf, onProblems } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef({ typed, scope, sampleOf, onProblems });
  now.current = { typed, scope, sampleOf, onProblems };
  /**
   * Texts that were typed here and have not come back yet: React may be behind the editor, and must not take letters
   * back.
   */
  const sent = useRef<string[]>([]);
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
          completing(
            fieldId,
            () => now.current.scope,
            (path) => now.current.sampleOf(path)
          ),
          problemsOf(
            fieldId,
            () => now.current.scope,
            (problems) => now.current.onProblems(problems)
          ),
          typesOf(
            fieldId,
            () => now.current.scope,
            (path) => now.current.sampleOf(path)
          ),
          signatures(fieldId, () => now.current.scope),
          // Tab leaves the field, unless a completion is open.
          Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...standardKeymap]),
          attributes.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.isUserEvent('theirs'))) {
              const text = update.state.doc.toString();
              sent.current.push(text);
              now.current.typed.onChange(text);
            }
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
      effects: attributes.current.reconfigure([
        EditorView.editable.of(!isReadOnly),
        EditorView.contentAttributes.of({
          id: control.id,
          'aria-labelledby': labelId,
          'aria-multiline': 'true',
          spellcheck: 'false',
          autocapitalize: 'off',
          ...(described === undefined ? {} : { 'aria-describedby': described }),
          ...(control['aria-invalid'] ? { 'aria-invalid': 'true' } : {}),
        }),
      ]),
    });
  }, [control.id, control['aria-describedby'], control['aria-invalid'], labelId, isReadOnly]);

  useEffect(() => {
    const { current } = view;
    const own = sent.current.lastIndexOf(typed.text);
    sent.current.splice(0, own < 0 ? sent.current.length : own + 1);
    if (!current || own >= 0 || current.state.doc.toString() === typed.text) return;
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
      // The editor takes the focus without a scroll, and on a phone the list was over the whole form.
      current.dom.scrollIntoView?.({ block: 'nearest' });
    },
  }));
  return <div ref={host} className="min-w-0" />;
}
