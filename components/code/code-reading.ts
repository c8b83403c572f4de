/** Code in CodeMirror that is read, not written: its keys, its colours, and how it looks. */
import { standardKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { syntaxHighlighting } from '@codemirror/language';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { COLOURS, tint } from './code-colours';

const READING = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--card)', color: 'var(--ink)', fontSize: '0.75rem' },
  '&.cm-focused': { outline: '2px solid var(--ink)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--font-geist-mono, monospace)', lineHeight: '1.25rem', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 24px 0 8px', borderLeft: '2px solid transparent', cursor: 'text' },
  '.cm-line.cm-lit': { borderLeftColor: 'var(--ink)', backgroundColor: tint('--ink', 6) },
  '.cm-gutters': {
    backgroundColor: 'var(--card)',
    color: 'var(--ink-2)',
    border: 'none',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-foldGutter span': { color: 'var(--ink-2)' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: `${tint('--forward', 10)} !important` },
  '.cm-changedText': { background: `${tint('--forward', 22)} !important` },
  '.cm-changedLineGutter': { backgroundColor: 'var(--forward)' },
  '.cm-deletedChunk': { backgroundColor: `${tint('--fail', 8)} !important`, paddingLeft: '10px' },
  '.cm-deletedChunk .cm-deletedText': { background: `${tint('--fail', 22)} !important` },
  '.cm-deletedLine': { textDecoration: 'none' },
  '.cm-deletedLineGutter': { backgroundColor: 'var(--fail)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--ink)', borderColor: 'var(--hairline)' },
  '.cm-panel.cm-search': { padding: '6px 8px', fontFamily: 'inherit' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button': {
    font: 'inherit',
    color: 'var(--ink)',
    background: 'var(--card)',
    border: '1px solid var(--hairline)',
    borderRadius: '6px',
    padding: '2px 6px',
  },
  '.cm-searchMatch': { backgroundColor: tint('--work', 20) },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: tint('--work', 40) },
  '.cm-selectionMatch': { backgroundColor: tint('--ink', 8) },
});

/** A caret is wanted, the keyboard of a phone is not. `label`: for screen readers. */
export const readingOf = (label: string): Extension => [
  EditorState.readOnly.of(true),
  EditorView.contentAttributes.of({ 'aria-label': label, inputmode: 'none', spellcheck: 'false', tabindex: '0' }),
  lineNumbers(),
  javascript({ typescript: true }),
  syntaxHighlighting(COLOURS),
  search({ top: true }),
  keymap.of([...searchKeymap, ...standardKeymap]),
  READING,
];
