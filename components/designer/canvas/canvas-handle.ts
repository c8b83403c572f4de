import type { PaletteItem } from '../palette';
import type { Moved, useMoving } from './use-moving';

/** For what is around the drawing: the palette and the tray. */
export interface DesignerCanvasHandle {
  startDrag: ReturnType<typeof useMoving>['onPointerDown'];
  /** The slot is chosen afterwards. */
  place: (moved: Moved) => void;
  /** Behind the selected node, or at the end. */
  insertItem: (item: PaletteItem) => void;
  focus: (id: string) => void;
  /** Brings it into view; the focus stays where it is. */
  show: (id: string) => void;
  /** Opens the search in the flow. */
  search: () => void;
}
