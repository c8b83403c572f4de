'use client';

/**
 * Code to read, in CodeMirror: only the lines on the screen are drawn, and a caret can be put on them. Loaded when it
 * is shown.
 */
import { foldGutter } from '@codemirror/language';
import { unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { useLatest } from '@/components/ui/use-latest';
import { replacement } from './replacement';
import { readingOf } from './code-reading';

export interface CodeViewProps {
  text: string;
  /** First and last line of what is selected, from 1. */
  lit: readonly [number, number] | null;
  /** Lines that differ from this text are marked; null: none are. */
  compareWith: string | null;
  /** Somebody put the caret on a line. */
  onLine: (line: number) => void;
  label: string;
}

/** What is seen above the selected lines, in pixels. */
const ABOVE = 48;

const setLit = StateEffect.define<readonly [number, number] | null>();
const litLine = Decoration.line({ class: 'cm-lit' });
const litLines = StateField.define({
  create: () => Decoration.none,
  update(marks, { effects, state, docChanged }) {
    for (const effect of effects) {
      if (!effect.is(setLit)) continue;
      if (!effect.value) return Decoration.none;
      const [from, to] = effect.value;
      const last = Math.min(to, state.doc.lines);
      const lines = Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => state.doc.line(from + index));
      return Decoration.set(lines.map((line) => litLine.range(line.from)));
    }
    return docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const comparedWith = (text: string | null): Extension =>
  text === null
    ? []
    : unifiedMergeView({
        original: text,
        mergeControls: false,
        highlightChanges: true,
        gutter: true,
        allowInlineDiffs: false,
      });

export default function CodeView({ text, lit, compareWith, onLine, label }: CodeViewProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const comparison = useRef(new Compartment());
  const pick = useLatest(onLine);
  /** The lines that the caret selected: they are not scrolled to, because somebody is reading there. */
  const own = useRef<number | null>(null);

  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          readingOf(label),
          foldGutter(),
          litLines,
          comparison.current.of(comparedWith(compareWith)),
          EditorView.updateListener.of(({ transactions, state }) => {
            if (!transactions.some((each) => each.isUserEvent('select'))) return;
            const line = state.doc.lineAt(state.selection.main.head).number;
            own.current = line;
            pick(line);
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // One view for the life of the panel; what changes is dispatched below.
  }, []);

  useEffect(() => {
    const { current } = view;
    const changes = current && replacement(current.state.doc.toString(), text);
    if (changes) current.dispatch({ changes });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: comparison.current.reconfigure(comparedWith(compareWith)) });
  }, [compareWith]);
  const from = lit?.[0];
  const to = lit?.[1];
  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const { doc } = current.state;
    const isThere = from !== undefined && to !== undefined && to <= doc.lines;
    current.dispatch({ effects: setLit.of(isThere ? [from, to] : null) });
    const isOwn = own.current !== null && isThere && own.current >= from && own.current <= to;
    own.current = null;
    if (!isThere || isOwn) return;
    // Measured: before it is drawn for the first time, CodeMirror does not know how high a line is.
    current.requestMeasure({
      key: setLit,
      read: ({ scrollDOM: { scrollTop, clientHeight } }) => {
        const { top } = current.lineBlockAt(doc.line(from).from);
        const { bottom } = current.lineBlockAt(doc.line(to).to);
        return top >= scrollTop && bottom <= scrollTop + clientHeight ? null : Math.max(0, top - ABOVE);
      },
      // The code alone: CodeMirror's own way would also scroll the page to where the code is.
      write: (top, { scrollDOM }) => (top === null ? undefined : scrollDOM.scrollTo({ top })),
    });
  }, [from, to, text]);
  return <div ref={host} className="h-full min-h-0 min-w-0" />;
}
