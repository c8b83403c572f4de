/** What the page and the worker of expressions say to each other. */
import type { Completions, Hover, LanguageScope, Signature } from '@/engine/compiler/language/language';
import type { ExpressionProblem } from '@/engine/compiler/expressions';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';

export type { Completion, LanguageScope, Signature } from '@/engine/compiler/language/language';
export type { ExpressionProblem } from '@/engine/compiler/expressions';

/**
 * `field`: the id of the expression. Every question sends the whole expression, so that answers never belong to an
 * older one.
 */
export type Question =
  | { ask: 'problems'; field: string; code: string; scope: LanguageScope }
  | { ask: 'completions'; field: string; code: string; scope: LanguageScope; at: number }
  | { ask: 'hover'; field: string; code: string; scope: LanguageScope; at: number }
  | { ask: 'signature'; field: string; code: string; scope: LanguageScope; at: number }
  | { ask: 'close'; field: string }
  /** The whole draft. `catalogue`: what it calls. */
  | { ask: 'flow'; document: FlowDocument; catalogue: Catalogue };

export interface Answers {
  problems: ExpressionProblem[];
  completions: Completions | null;
  hover: Hover | null;
  signature: Signature | null;
  close: null;
  flow: Diagnostic[];
}
export type Asked = { id: number; question: Question };
export type Answered = { id: number; answer: Answers[Question['ask']] } | { id: number; failed: string };
