'use client';

/** A script in CodeMirror. Loaded when somebody edits a script. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap, indentWithTab, standardKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { COLOURS } from '@/components/code/code-colours';
import { useLatest } from '@/components/ui/use-latest';
import { THEME } from './code-theme';
import type { ScriptEditorProps } from './editor-props';

export default function ScriptEditor({ id, label, invalid, text, onChange }: ScriptEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useLatest(onChange);
  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          autocompletion(),
          closeBrackets(),
          bracketMatching(),
          javascript(),
          syntaxHighlighting(COLOURS),
          EditorView.lineWrapping,
          THEME,
          // Esc, then Tab, leaves the editor (the usual key of CodeMirror).
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...standardKeymap, indentWithTab]),
          EditorView.contentAttributes.of({
            id,
            'aria-label': label,
            spellcheck: 'false',
            autocapitalize: 'off',
            ...(invalid ? { 'aria-invalid': 'true' } : {}),
          }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) change(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // One editor for the life of the field.
  }, []);
  useEffect(() => {
    const { current } = view;
    if (!current || current.state.doc.toString() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text]);
  return <div ref={host} className="min-w-0 [&_.cm-content]:min-h-48" />;
}
