'use client';

/**
 * What the designer draws above the cards: places to insert and to drop, labels of branches, marks, the menu and the
 * title field.
 */
import type { PointerEvent } from 'react';
import { useLatest } from '@/components/ui/use-latest';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import type { Act } from './actions';
import { BranchLabels } from './branch-labels';
import { BranchMarks } from './branch-marks';
import type { BranchRef } from './branch-places';
import { PivotTarget, UndoTarget } from './ghost';
import type { Edit } from './node-actions';
import { NodeMenu } from './node-menu';
import { OutcomeMarks } from './outcome-marks';
import { PivotFlags } from './pivot-flags';
import { PresenceMarks, type Other } from './presence-marks';
import { ProblemMarks } from './problem-marks';
import type { Selection } from './selection';
import { slotKey, slotName } from './slot-places';
import { Slots } from './slots';
import { titleBoxOf } from './title-box';
import { TitleEditor } from './title-editor';
import { undoCellOf } from './undo-cell';
import type { useDrops } from './use-drops';
import { isAimed, type Moved } from './use-moving';

export interface CanvasOverlayProps {
  layout: FlowLayout;
  draft: Draft;
  flow: FlowDocument;
  catalogue: Catalogue;
  selection: Selection;
  readOnly: string | null;
  problems: readonly Diagnostic[];
  others: readonly Other[];
  drops: ReturnType<typeof useDrops>;
  acts: () => ReadonlyMap<string, Act>;
  isPreview: boolean;
  /** The slot whose menu is open. */
  open: SlotPlace | null;
  /** The node whose title is edited. */
  renaming: string | null;
  /** The step whose policies for an unknown outcome are shown. */
  outcomeOf: string | null;
  onOutcome: (id: string | null) => void;
  onRenamed: (title: string | null) => void;
  onPress: (slot: SlotPlace, mark: HTMLElement) => void;
  onProblem: (nodeId: string | null, path: readonly (string | number)[]) => void;
  onEdit: (edit: Edit) => boolean;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
  onDrag: (event: PointerEvent, moved: Moved) => void;
  onMoveBranch: (branch: BranchRef) => void;
  onWhyNot: (why: string) => void;
}

export function CanvasOverlay(props: CanvasOverlayProps) {
  const { layout, draft, flow, selection, readOnly, drops, acts, renaming, onEdit } = props;
  const focusSelected = useLatest(() => selection.primary !== null && props.onFocus(selection.primary));
  const marks = <ProblemMarks layout={layout} problems={props.problems} onGo={props.onProblem} />;
  if (readOnly !== null) return marks;
  const { moving, ghost } = drops;
  const primary = selection.primary === null ? null : titleBoxOf(layout, selection.primary);
  const box = renaming === null ? null : titleBoxOf(layout, renaming);
  const node = renaming === null ? null : findNode(draft, renaming);
  const isBranch = moving?.moved.kind === 'branch';
  const pivot = moving?.moved.kind === 'pivot' ? moving.moved.id : null;
  const slots = pivot !== null ? [] : isBranch ? (moving.aimed ? [moving.aimed] : []) : layout.slots;
  const cell = moving?.lining ? undoCellOf(layout, moving.lining) : null;
  const editing = (
    <div className="absolute left-0 top-0 z-10 band:hidden">
      <Slots
        // A branch goes beside other branches; a slot is shown only while its steps would be dropped there.
        layout={slots === layout.slots ? layout : { ...layout, slots }}
        nameOf={(slot) => slotName(draft, slot)}
        open={props.open ? slotKey(props.open) : null}
        whyNot={drops.whyNot}
        all={moving !== null && moving.pointer === null}
        at={selection.primary}
        aimed={isAimed(moving)}
        onPress={props.onPress}
      />
      <BranchMarks
        marks={drops.marks}
        nameOf={drops.nameOfMark}
        whyNot={drops.whyNotMark}
        aimed={isAimed(moving)}
        onPress={(mark) => {
          if (moving?.moved.kind !== 'branch') return;
          drops.cancel();
          drops.putBranchAt(moving.moved.branch, mark);
        }}
      />
      <BranchLabels
        layout={layout}
        draft={draft}
        document={flow}
        onEdit={(operations) => onEdit({ operations })}
        onSelect={props.onSelect}
        onFocus={props.onFocus}
        onField={props.onProblem}
        onDrag={(event, branch) => props.onDrag(event, { kind: 'branch', branch })}
        onMove={props.onMoveBranch}
        onWhyNot={props.onWhyNot}
        isMoving={moving !== null}
      />
      {moving ? null : (
        <PivotFlags
          layout={layout}
          draft={draft}
          onEdit={(operations, select) => void onEdit({ operations, select })}
          onDrag={(event, id) => props.onDrag(event, { kind: 'pivot', id })}
        />
      )}
      {pivot !== null && moving?.aimed ? (
        <PivotTarget layout={layout} id={pivot} at={moving.aimed.at} isFree={ghost?.whyNot === null} />
      ) : null}
      {moving || props.isPreview ? null : (
        <OutcomeMarks
          layout={layout}
          draft={draft}
          catalogue={props.catalogue}
          open={props.outcomeOf}
          onOpen={props.onOutcome}
          onEdit={(operations, select) => void onEdit({ operations, select })}
          onFocus={props.onFocus}
          onField={props.onProblem}
        />
      )}
      {cell ? <UndoTarget box={cell} isFree={ghost?.whyNot === null} /> : null}
      {primary && !moving && renaming === null && !props.isPreview ? (
        <NodeMenu box={primary} acts={acts} onClosed={focusSelected} />
      ) : null}
      {box && node ? (
        <TitleEditor
          key={node.id}
          box={box}
          title={typeof node.fields.title === 'string' ? node.fields.title : node.id}
          onDone={props.onRenamed}
        />
      ) : null}
    </div>
  );
  return (
    <>
      {/* Problems and people are seen at every zoom. */}
      <div className="absolute left-0 top-0 z-10">
        {marks}
        <PresenceMarks layout={layout} others={props.others} />
      </div>
      {editing}
    </>
  );
}
