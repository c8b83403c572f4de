/** Flows to begin with, which come with the product. */
import type { TemplateCell } from '@/engine/examples/matrix';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { FlowDocument } from '@/engine/flow/document';
import type { Box } from '@/engine/flow/layout/layout';

/** The drawing of a flow without words, for a small picture. Coordinates as in its layout. */
export interface Sketch {
  bounds: Box;
  /** What is drawn in each place, in order: frames, steps, choices and bars. */
  boxes: (Box & { shape: 'frame' | 'card' | 'undo' | 'diamond' | 'bar' })[];
  /** SVG paths. */
  forward: string[];
  back: string[];
}

export type { TemplateCell };

/** In links to its page. */
export interface TemplateRef {
  name: string;
  title: string;
}

/** A flow that was made from a template. */
export interface MadeFromTemplate {
  draft: string;
  title: string;
  /** Null: it was not published yet. */
  flow: string | null;
  changedMs: number;
}

export interface TemplateSummary {
  name: string;
  title: string;
  /** One sentence. */
  summary: string;
  /** What it shows, in a few words each. */
  teaches: string[];
  steps: number;
  scenarios: number;
  sketch: Sketch;
}

export interface TemplateDetail {
  summary: TemplateSummary;
  document: FlowDocument;
  /** The operations that its steps call, whether they are connected yet or not. */
  catalogue: Catalogue;
  /** What to try, and what to look at then. */
  lookAt: { title: string; text: string }[];
  /** The services that its steps call, as people know them. */
  services: { connection: string; title: string }[];
  /** How it ends when a step fails, for each step and each way to fail, in the order of the flow. */
  matrix: TemplateCell[];
  /** What this person may see of it, the newest change first, at most 20; one entry for each flow. */
  made: MadeFromTemplate[];
}
