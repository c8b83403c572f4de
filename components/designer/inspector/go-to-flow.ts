'use client';

import { useEditing } from './editing';
import { focusField } from './place';

/** Selects the flow and puts the focus on one of its fields. */
export function useGoToFlow(): (field: string) => void {
  const { onSelect } = useEditing();
  return (field) => {
    onSelect(null);
    // The form of the flow is there after the next paint.
    requestAnimationFrame(() => focusField(document, [field]));
  };
}
