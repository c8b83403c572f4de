'use client';

/**
 * Copy, cut and paste of steps, as readable JSON in the clipboard of the system: across flows, tabs and people. Text
 * that is selected or edited keeps the usual meaning of these keys.
 */
import { useEffect, useRef, useState } from 'react';
import { copiedNodesSchema } from '@/app/_contract/drafts';
import { readPasted } from '@/engine/flow/values/pasted';
import { FLOW_FORMAT } from '@/engine/flow/document';
import { findNode, withInner, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import { oneLineSteps } from '@/engine/flow/edit/titles';
import { NODE_KINDS } from '@/engine/flow/nodes/table';
import { outermost, pasted, remove, slotAfter, slotAtEnd, type Edit } from './node-actions';
import type { Selection } from './selection';
import { toast } from '@/components/ui/toast';

interface Options {
  draft: Draft;
  selection: Selection;
  readOnly: string | null;
  onEdit: (edit: Edit) => boolean;
  onSelection: (selection: Selection) => void;
}
/** Names what the text is, for whoever finds it in another program. */
const MARK = 'backstitch steps';

export function useClipboard(options: Options): { clipboard: readonly DraftNode[] } {
  const [clipboard, setClipboard] = useState<readonly DraftNode[]>([]);
  const now = useRef(options);
  useEffect(() => {
    now.current = options;
  });
  useEffect(() => {
    const copied = (event: ClipboardEvent): string[] | null => {
      const { draft, selection } = now.current;
      if (!isHere(event) || selection.primary === null || !event.clipboardData) return null;
      if (!getSelection()?.isCollapsed) return null;
      const ids = outermost(draft, [selection.primary, ...selection.also]);
      const nodes = ids.map((id) => findNode(draft, id)!);
      event.clipboardData.setData('text/plain', textOf(nodes));
      event.preventDefault();
      setClipboard(nodes);
      return ids;
    };
    const onCopy = (event: ClipboardEvent) => void copied(event);
    const onCut = (event: ClipboardEvent) => {
      const { draft, readOnly, onEdit, onSelection } = now.current;
      const ids = readOnly === null ? copied(event) : null;
      if (!ids) return;
      const edit = remove(draft, ids);
      if (onEdit(edit)) onSelection({ primary: edit.select ?? null, part: 'step', also: [] });
    };
    const onPaste = (event: ClipboardEvent) => {
      const { draft, selection, readOnly, onEdit, onSelection } = now.current;
      if (!isHere(event) || readOnly !== null) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const { nodes, whyNot } = copiedIn(text);
      event.preventDefault();
      if (!nodes) return void toast.error(whyNot);
      const slot = selection.primary === null ? slotAtEnd(draft) : slotAfter(draft, selection.primary);
      const edit = pasted(draft, nodes, slot);
      if (onEdit(edit)) onSelection({ primary: edit.select ?? null, part: 'step', also: [] });
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
  return { clipboard };
}

/** In the drawing, or nowhere in particular. */
function isHere({ target }: ClipboardEvent): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest('input, textarea, select, [contenteditable], .cm-editor')) return false;
  return target.closest('[data-designer-canvas]') !== null || document.activeElement === document.body;
}

type Copied = { nodes: DraftNode[]; whyNot: null } | { nodes: null; whyNot: string };

/** The steps in a text, or why there are none, in words. */
export function copiedIn(text: string): Copied {
  const refuse = (whyNot: string): Copied => ({ nodes: null, whyNot });
  if (text.trim() === '') return refuse('The clipboard has no text. Copy steps first.');
  if (!text.includes(MARK))
    return refuse('What was copied is no piece of a flow. Copy steps of a drawing, then paste them here.');
  // A value in a step in a branch in a branch has more levels than a value alone.
  const pasted = readPasted(text, { levels: 1_000, exact: true, place: true });
  if ('problem' in pasted)
    return refuse(`These steps cannot be read: the text was changed, or is not complete. ${pasted.problem}`);
  const value = (pasted.value ?? {}) as { [MARK]?: unknown; format?: unknown };
  if (typeof value.format === 'number' && value.format > FLOW_FORMAT)
    return refuse('These steps were copied from a newer release of Backstitch. This release cannot read them.');
  const read = copiedNodesSchema.safeParse(value[MARK]);
  if (!read.success) return refuse('These steps cannot be read: the text was changed, or is not complete.');
  const unknown = read.data.flatMap(withInner).find(({ kind }) => !NODE_KINDS.includes(kind));
  if (unknown) return refuse(`This release has no kind of step called '${unknown.kind.slice(0, 40)}'.`);
  return { nodes: oneLineSteps(read.data), whyNot: null };
}
export const textOf = (nodes: readonly DraftNode[]) => JSON.stringify({ [MARK]: nodes, format: FLOW_FORMAT }, null, 2);
