/** What the door of trials gives, part by part, as JSON: shared by the process that plays, the web and the browser. */
import type { Catalogue } from '../flow/catalogue';
import type { Connection } from '../flow/connections/connection';
import type { OwnSources } from '../flow/connections/own-code';
import type { FrozenOperation } from '../flow/connections/operation';
import type { Diagnostic } from '../flow/diagnostic';
import type { MatrixCell, MatrixRow } from './matrix-cells';
import type { DraftCode } from './draft-code';
import type { TrialPlan } from '../flow/trial-plan';
import type { TrialResult } from './result';

export type TrialPart =
  /** The document has errors: it cannot be compiled. */
  | { kind: 'refused'; diagnostics: Diagnostic[] }
  /** Of a try; nothing follows but the end. */
  | { kind: 'result'; result: TrialResult }
  /** Of a matrix. Later rows replace earlier ones. */
  | { kind: 'rows'; rows: MatrixRow[] }
  | { kind: 'cell'; cell: MatrixCell }
  /** Of a request for the code; nothing follows but the end. */
  | { kind: 'code'; code: DraftCode }
  /** Of a request for a project, by path, with the names of the flows whose code it has; nothing follows but the end. */
  | { kind: 'project'; files: Record<string, string>; flows: string[] }
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

interface OfDocument {
  document: unknown;
  /** The operations of connections that the document names. */
  operations: Catalogue;
}
export interface PlayRequest extends OfDocument {
  /** 'try': this plan. 'matrix': every failure on the way that this plan begins. */
  what: 'try' | 'matrix';
  plan: TrialPlan;
}
/** Compiles and checks the types; nothing is played. */
export interface CodeRequest extends OfDocument {
  what: 'code';
  /** The version that it would be published as. */
  version: number;
}
/** Makes a project of the document that runs without Backstitch. */
export interface ProjectRequest extends OfDocument, CalledByFlow {
  what: 'project';
  version: number;
  /** All flows that run below it. */
  below: readonly FlowBelow[];
}
interface CalledByFlow {
  frozen: readonly FrozenOperation[];
  connections: readonly Connection[];
  ownSources: OwnSources;
}
/** A flow that runs as a child, in the version to which its parent is bound. */
export interface FlowBelow extends OfDocument, CalledByFlow {
  version: number;
  revision: string;
}
export type TrialRequest = PlayRequest | CodeRequest | ProjectRequest;

/** A part of more characters is not sent. */
export const LARGEST_PART = 8_000_000;
