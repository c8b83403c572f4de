import type { ReactNode, RefObject } from 'react';
import type { Declared } from '@/components/canvas/card-model';
import type { SagaCanvasProps } from '@/components/canvas/saga-canvas';
import type { Folds } from '@/components/canvas/use-folds';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import type { PaletteItem } from '../palette';
import type { DesignerCanvasHandle } from './canvas-handle';
import type { Edit } from './node-actions';
import type { Other } from './presence-marks';
import type { Selection } from './selection';

export interface DesignerCanvasProps extends Pick<
  SagaCanvasProps,
  'states' | 'branches' | 'ledger' | 'status' | 'whatIf' | 'className'
> {
  draft: Draft;
  document: FlowDocument;
  declared: Declared;
  catalogue: Catalogue;
  items: readonly PaletteItem[];
  selection: Selection;
  /** What is moved, copied or deleted together (selectedIn). */
  selected: readonly string[];
  onSelection: (selection: Selection) => void;
  /** The title of the selected step if it is no longer in the draft (useGone). */
  gone: string | null;
  /** Why nothing can be edited; null: it can. */
  readOnly: string | null;
  idsFollowTitles: boolean;
  /** Applies an edit. False: it was refused, and the person was told why. */
  onEdit: (edit: Edit) => boolean;
  onWhatIf: (id: string | null) => void;
  /** The person wants to edit the fields of the selected node. */
  onOpen: () => void;
  onRevert: () => void;
  onAgain: () => void;
  /** Where others are. */
  others: readonly Other[];
  /** Those with a node are marked on it. */
  problems: readonly Diagnostic[];
  onProblem: (nodeId: string | null, path: readonly (string | number)[]) => void;
  /** What was copied last, in this tab. */
  clipboard: readonly DraftNode[];
  onCopy: (how: { cut: boolean }) => void;
  /** Neighbours are to become a child flow. */
  onExtract: (ids: readonly string[]) => void;
  /** Above the drawing, unless several steps are selected: then there is what can be done with them. */
  band: ReactNode;
  folds: Folds;
  handle: RefObject<DesignerCanvasHandle | null>;
}
