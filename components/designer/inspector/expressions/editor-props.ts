import type { Ref } from 'react';
import type { Control } from '../fields/frame';
import type { Typed } from '../fields/use-typed';
import type { ExpressionProblem, LanguageScope } from './language-messages';

/** Inserts words where the caret is. */
export interface InsertHandle {
  insert: (words: string) => void;
}

export interface EditorProps {
  control: Control;
  labelId: string;
  typed: Typed;
  scope: LanguageScope;
  /** Of the field, unique in the page. */
  fieldId: string;
  placeholder?: string;
  isReadOnly: boolean;
  handle: Ref<InsertHandle>;
  /** Of the plain field that the editor replaces while it has the focus; null: the focus is elsewhere. */
  selection: { from: number; to: number } | null;
  /** The value of a path in the last run or try, in words; null: there is none. */
  sampleOf: (path: string) => string | null;
  onProblems: (problems: ExpressionProblem[]) => void;
}

/** Of the editor of a whole script. */
export interface ScriptEditorProps {
  id: string;
  label: string;
  invalid: boolean;
  text: string;
  onChange: (text: string) => void;
}
