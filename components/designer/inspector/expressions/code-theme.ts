/** How the editor of expressions looks: like the plain field that it replaces. */
import { EditorView } from '@codemirror/view';
import { tint } from '@/components/code/code-colours';

/** As the plain field that it replaces: the same size, so that nothing moves. */
export const THEME = EditorView.theme({
  '&': {
    border: `1px solid ${tint('--mark', 60)}`,
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
  '&.cm-focused .cm-matchingBracket': { backgroundColor: tint('--ink', 12) },
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
    backgroundColor: tint('--ink', 8),
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
  // As fields on a phone: letters below 16 px make Safari zoom in.
  '@media (pointer: coarse)': {
    '.cm-scroller': { fontSize: '1rem' },
    '.cm-content': { padding: '10px 0' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { minHeight: '2.75rem' },
  },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '3px solid var(--fail)' },
});
