'use client';

import { useState } from 'react';
import type { RunDetail } from '@/app/_contract/runs';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { SagaList } from '@/components/canvas/saga-list';
import { pictureOf, useRunView } from '@/components/runs/run-view';

/** The live drawing of a run. `nodeId`: the node that is highlighted at first. */
export function RunDrawing({ run, nodeId }: { run: RunDetail; nodeId: string }) {
  const view = useRunView(run);
  const [selected, setSelected] = useState<string | null>(nodeId);
  if (!view.manifest) return <p className="px-4 pb-3 text-sm text-ink-2">This workflow has no drawing.</p>;
  const picture = { ...pictureOf(view), selected, onSelect: setSelected };
  return (
    <div className="border-t border-hairline">
      <SagaCanvas {...picture} className="hidden h-[32rem] md:block" />
      <SagaList {...picture} className="px-2 py-4 md:hidden" />
    </div>
  );
}
