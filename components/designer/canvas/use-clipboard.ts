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
import { pasted, remove, slotAfter, slotAtEnd, type Edit } from './node-actions';
import type { Selection } from './selection';
import { toast } from '@/components/ui/toast';
import { useLatest } from '@/components/ui/use-latest';

interface Options {
  draft: Draft;
  /** In reading order, none inside another. */
  selected: readonly string[];
  readOnly: string | null;
  onEdit: (edit: Edit) => boolean;
  onSelection: (selection: Selection) => void;
}
/** Names what the text is, for whoever finds it in another program. */
const MARK = 'backstitch steps';

export interface Clipboard {
  /** What was copied last, in this tab. */
  clipboard: readonly DraftNode[];
  /** Copies by a button: the browser may refuse it, and then the steps can be inserted in this tab only. */
  copy: (how: { cut: boolean }) => void;
}

export function useClipboard(options: Options): Clipboard {
  const [clipboard, setClipboard] = useState<readonly DraftNode[]>([]);
  const now = useRef(options);
  useEffect(() => {
    now.current = options;
  });
  useEffect(() => {
    const copied = (event: ClipboardEvent): boolean => {
      const { draft, selected } = now.current;
      if (!isHere(event) || selected.length === 0 || !event.clipboardData) return false;
      if (!getSelection()?.isCollapsed) return false;
      const nodes = nodesOf(draft, selected);
      event.clipboardData.setData('text/plain', textOf(nodes));
      event.preventDefault();
      setClipboard(nodes);
      return true;
    };
    const onCopy = (event: ClipboardEvent) => void copied(event);
    const onCut = (event: ClipboardEvent) => {
      if (now.current.readOnly === null && copied(event)) removeSelected(now.current);
    };
    const onPaste = (event: ClipboardEvent) => {
      const { draft, selected, readOnly, onEdit, onSelection } = now.current;
      if (!isHere(event) || readOnly !== null) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const { nodes, whyNot } = copiedIn(text);
      event.preventDefault();
      if (!nodes) return void toast.error(whyNot);
      const last = selected.at(-1);
      const slot = last === undefined ? slotAtEnd(draft) : slotAfter(draft, last);
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
  const copy: Clipboard['copy'] = useLatest(({ cut }) => {
    const { draft, selected } = options;
    const nodes = nodesOf(draft, selected);
    setClipboard(nodes);
    if (cut) removeSelected(options);
    const said = nodes.length === 1 ? 'One step is copied' : `${nodes.length} steps are copied`;
    // A page without https has no clipboard.
    const written = navigator.clipboard?.writeText(textOf(nodes)) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => toast(`${said}. Ctrl V inserts, in this flow or another.`),
      () => toast(`${said} for this tab. The browser did not allow more.`)
    );
  });
  return { clipboard, copy };
}

const nodesOf = (draft: Draft, ids: readonly string[]) => ids.map((id) => findNode(draft, id)!);
function removeSelected({ draft, selected, onEdit, onSelection }: Options): void {
  const edit = remove(draft, selected);
  if (onEdit(edit)) onSelection({ primary: edit.select ?? null, part: 'step', also: [] });
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
