/** The colours of code in every editor and view of it (globals.css). */
import { HighlightStyle } from '@codemirror/language';
import { tags } from '@lezer/highlight';

/** A colour of globals.css, '--ink' for example, mixed with what is behind it. */
export const tint = (colour: string, percent: number) => `color-mix(in oklab, var(${colour}) ${percent}%, transparent)`;

export const COLOURS = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-constant)' },
  { tag: tags.comment, color: 'var(--code-comment)' },
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
  { tag: [tags.operator, tags.punctuation], color: 'var(--code-punctuation)' },
]);
