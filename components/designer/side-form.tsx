'use client';

/**
 * The form of what is selected, beside the drawing. It follows the drawing in a rendering of its own, so that a
 * selection or an edit does not wait for dozens of fields. Only a form in which somebody works has each draft at once:
 * its next edit is made from it.
 */
import { memo, useMemo, useState, type FocusEvent, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { useAfterPaint } from '@/components/ui/use-after-paint';
import { Inspector, type InspectorProps } from './inspector/inspector';
import { focusField, HOMELESS_ATTRIBUTE } from './inspector/place';

interface SideFormProps extends InspectorProps {
  form: RefObject<HTMLDivElement | null>;
  /** Somebody types in a field of the selected node, or (null) left it. */
  onTyping: (nodeId: string | null, at: EventTarget | null) => void;
}

export const SideForm = memo(function SideForm({
  form,
  onTyping,
  selected,
  several,
  part,
  draft,
  document,
  ...rest
}: SideFormProps) {
  const now = useMemo(() => ({ selected, several, part, draft, document }), [selected, several, part, draft, document]);
  const made = useAfterPaint(now);
  const [isUsed, setUsed] = useState(false);
  // Until the next form is made, the last one is shown as it was: what it is about may be removed by now.
  const shown = isUsed && made.selected === selected ? now : made;
  return (
    <div
      data-inspector
      data-form-of={shown.selected ?? ''}
      ref={form}
      onKeyDown={(event: KeyboardEvent<HTMLDivElement>) => {
        // What is opened from the form, a menu for example, is elsewhere in the page and takes its own Escape.
        if (event.key !== 'Escape' || event.defaultPrevented || !event.currentTarget.contains(event.target as Node))
          return;
        window.document.getElementById(`face-${shown.selected}`)?.focus();
      }}
      onInput={({ target }: FormEvent) => onTyping(shown.selected, target)}
      onFocus={() => setUsed(true)}
      onBlur={({ currentTarget, relatedTarget }: FocusEvent) => {
        onTyping(shown.selected, null);
        setUsed(currentTarget.contains(relatedTarget));
      }}
    >
      <Form {...rest} {...shown} />
    </div>
  );
});

/** It is not drawn again when only what is behind it, `made`, was. */
const Form = memo(Inspector);

/** Frames until a form is given up: it is not there if its tab was left. */
const FRAMES = 120;

/** Puts the focus on a field of the form of a node (null: of the flow), as soon as this form is there. */
export function focusInForm(
  form: RefObject<HTMLDivElement | null>,
  nodeId: string | null,
  path: readonly (string | number)[],
  frames = FRAMES
): void {
  requestAnimationFrame(() => {
    const root = form.current;
    if (root?.dataset.formOf === (nodeId ?? '')) {
      if (focusField(root, path.map(String))) return;
      // [INS4] What no field shows is at the top.
      const top = root.querySelector<HTMLElement>(`[${HOMELESS_ATTRIBUTE}]`) ?? root.querySelector('input, textarea');
      (top ?? root.querySelector<HTMLElement>('button'))?.focus();
    } else if (frames > 0) focusInForm(form, nodeId, path, frames - 1);
  });
}
