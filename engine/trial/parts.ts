/** What the door of trials gives, part by part, as JSON: shared by the process that plays, the web and the browser. */
import type { Catalogue } from '../flow/catalogue';
import type { Diagnostic } from '../flow/diagnostic';
import type { MatrixCell, MatrixRow } from './matrix-cells';
import type { TrialPlan } from './plan';
import type { TrialResult } from './result';

export type TrialPart =
  /** The document has errors: it cannot be compiled. */
  | { kind: 'refused'; diagnostics: Diagnostic[] }
  /** Of a try; nothing follows but the end. */
  | { kind: 'result'; result: TrialResult }
  /** Of a matrix. Later rows replace earlier ones. */
  | { kind: 'rows'; rows: MatrixRow[] }
  | { kind: 'cell'; cell: MatrixCell }
  /** Always the last part. */
  | { kind: 'end'; end: TrialOver; message: string };

/** A part on its way: its kind is known without reading it. */
export interface SentPart {
  kind: TrialPart['kind'];
  json: string;
}
export const sentPart = (part: TrialPart): SentPart => ({ kind: part.kind, json: JSON.stringify(part) });

/** `done`: everything was played. The others say why not. */
export type TrialOver = 'done' | 'tooLong' | 'tooMuchMemory' | 'replaced' | 'busy' | 'broken';

export interface TrialRequest {
  document: unknown;
  /** The operations of connections that the document names. */
  operations: Catalogue;
  /** 'try': this plan. 'matrix': every failure on the way that this plan begins. */
  what: 'try' | 'matrix';
  plan: TrialPlan;
}

/** A part of more characters is not sent. */
export const LARGEST_PART = 8_000_000;
