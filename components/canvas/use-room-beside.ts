'use client';

/** Whether a drawing has room beside other things on a page: seen from side to side, and large enough to be read. */
import { useMemo, type RefCallback } from 'react';
import { useRoomFor } from '@/components/ui/use-room-for';
import type { FlowDocument } from '@/engine/flow/document';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { widthToRead } from './camera';
import { linedOf, stepFactsOf, type Declared } from './card-model';
import { useDirection } from './use-direction';

/**
 * In pixels of the view. 0 for a sideways drawing: it is as long as its flow, and begins at its start. `stacked`: with
 * the branches of every fork below each other.
 */
export function useWidthToRead(document: FlowDocument | null, manifest: Declared | null, stacked = false): number {
  const { direction } = useDirection();
  return useMemo(() => {
    if (!document || direction === 'sideways') return 0;
    const lined = linedOf(stepFactsOf(document, manifest));
    const forks = new Set(stacked ? document.steps.map(({ id }) => id) : []);
    return widthToRead(layoutFlow(document, direction, { lined, stacked: forks }));
  }, [document, manifest, direction, stacked]);
}

/**
 * `frame`: for the element that contains both. `others`: the width of the other things, in pixels. Null until it is
 * measured.
 */
export function useRoomBeside(
  document: FlowDocument,
  manifest: Declared,
  others: number
): [frame: RefCallback<HTMLElement>, hasRoom: boolean | null] {
  return useRoomFor(useWidthToRead(document, manifest, true) + others);
}
