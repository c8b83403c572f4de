'use client';

/**
 * Two codes in CodeMirror: side by side, or one below the other where there is no room. Unchanged parts are folded.
 * Loaded when it is shown.
 */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { tint } from './code-colours';
import { readingOf } from './code-reading';

export interface CodeDiffProps {
  before: { label: string; text: string };
  after: { label: string; text: string };
  /** Side by side; otherwise one below the other. */
  wide: boolean;
}

/** Unchanged lines beside a change that are shown, and how many there must be to be folded. */
const FOLDED = { margin: 4, minSize: 8 };

const reading = (label: string): Extension => [readingOf(label), SIDES];

/** What was is marked as deleted, also where both are side by side; folded lines are quiet in both schemes. */
const SIDES = EditorView.theme({
  '&.cm-merge-a .cm-changedLine': { backgroundColor: `${tint('--fail', 8)} !important` },
  '&.cm-merge-a .cm-changedText': { background: `${tint('--fail', 22)} !important` },
  '&.cm-merge-a .cm-changedLineGutter': { backgroundColor: 'var(--fail) !important' },
  '&.cm-merge-b .cm-changedLineGutter': { backgroundColor: 'var(--forward) !important' },
  '.cm-collapsedLines': {
    background: 'var(--sunken) !important',
    color: 'var(--ink-2)',
    padding: '2px 10px',
    fontSize: '0.75rem',
    cursor: 'pointer',
  },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"·" !important', margin: '0 6px' },
});

export default function CodeDiff({ before, after, wide }: CodeDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = host.current!;
    if (wide) {
      const view = new MergeView({
        parent,
        a: { doc: before.text, extensions: reading(`Code of ${before.label}`) },
        b: { doc: after.text, extensions: reading(`Code of ${after.label}`) },
        collapseUnchanged: FOLDED,
        highlightChanges: true,
        gutter: true,
      });
      return () => view.destroy();
    }
    const view = new EditorView({
      parent,
      doc: after.text,
      extensions: [
        reading(`Code of ${after.label}, with what ${before.label} had in its place`),
        unifiedMergeView({
          original: before.text,
          mergeControls: false,
          highlightChanges: true,
          gutter: true,
          collapseUnchanged: FOLDED,
        }),
      ],
    });
    return () => view.destroy();
  }, [before.label, before.text, after.label, after.text, wide]);
  return <div ref={host} className="code-diff min-w-0" />;
}
