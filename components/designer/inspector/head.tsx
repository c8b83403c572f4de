'use client';

/** The title of what is selected, with its kind and its id. */
import { useRef } from 'react';
import { CopyableId } from '@/components/ui/copyable';
import { KindIcon } from '@/components/canvas/kind-icon';
import { Input } from '@/components/ui/field';
import type { FlowNode } from '@/engine/flow/document';
import { retitle } from '@/engine/flow/edit/compose';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { factsOf } from '@/engine/flow/nodes/table';
import { useEditing, useField } from './editing';
import { Frame } from './fields/frame';
import { plainText } from './fields/text-field';
import { useTyped } from './fields/use-typed';

/**
 * The id follows the title when the field is left, not at every key: it is in the address of the page, and others see
 * it.
 */
export function NodeHead({ node }: { node: DraftNode }) {
  const { draft, onEdit, onSelect, onSettle, idsFollowTitles, firstIds } = useEditing();
  const field = useField({ target: { node: node.id }, path: ['title'] });
  const isChanged = useRef(false);
  const typed = useTyped({
    value: plainText(field.value),
    send: (title) => {
      isChanged.current = true;
      field.set(title, { typing: true });
    },
    settle: () => {
      const rename = retitle(draft, node.id, plainText(field.value), idsFollowTitles).find(({ op }) => op === 'rename');
      if (isChanged.current && rename?.op === 'rename') {
        firstIds.set(rename.to, firstIds.get(node.id) ?? node.id);
        onEdit([rename], { typing: true });
        onSelect(rename.to);
      }
      isChanged.current = false;
      onSettle();
    },
  });
  const words = factsOf({ kind: node.kind } as FlowNode).words.kind;
  const activity = typeof node.fields.activity === 'string' ? node.fields.activity : undefined;
  return (
    <header className="px-4 pb-3 pt-3">
      <div className="mb-1 flex min-w-0 items-center gap-1.5 text-xs text-ink-2">
        <KindIcon node={{ kind: node.kind, activity }} className="size-4 shrink-0" />
        <span className="shrink-0">{words.charAt(0).toUpperCase() + words.slice(1)}</span>
        <span aria-hidden>·</span>
        <CopyableId id={node.id} length={28} what="id" className="min-w-0" />
      </div>
      <Frame {...field} label="Title" typed={typed}>
        {(control) => (
          <Input
            {...control}
            value={typed.text}
            autoComplete="off"
            className="font-medium"
            onFocus={typed.onFocus}
            onBlur={typed.onBlur}
            onChange={({ target }) => typed.onChange(target.value)}
          />
        )}
      </Frame>
    </header>
  );
}
