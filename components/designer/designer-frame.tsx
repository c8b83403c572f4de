'use client';

/** Where palette, drawing and side are: beside each other, or on a narrow screen the drawing above the side. */
import type { ReactNode } from 'react';
import { Panels } from '@/components/ui/panels';

interface DesignerFrameProps {
  /** Null before the width is known: nothing is shown then. */
  wide: boolean | null;
  /** Null: folded away. */
  palette: ReactNode | null;
  drawing: ReactNode;
  side: ReactNode;
}

export function DesignerFrame({ wide, palette, drawing, side }: DesignerFrameProps) {
  if (wide === null) return <div className="min-h-0 flex-1" />;
  if (!wide)
    return (
      <div className="relative flex min-h-0 flex-1 flex-col overflow-auto">
        <div className="flex h-[48dvh] min-h-80 shrink-0 flex-col">{drawing}</div>
        <div className="min-h-96 border-t border-hairline">{side}</div>
      </div>
    );
  return (
    <Panels
      name={palette ? 'designer-palette' : 'designer'}
      className="min-h-0 flex-1"
      items={[
        ...(palette ? [{ id: 'palette', defaultSize: '16%', minSize: '200px', content: palette }] : []),
        { id: 'drawing', defaultSize: '52%', minSize: '30%', content: drawing },
        { id: 'side', defaultSize: '32%', minSize: '320px', content: side },
      ]}
    />
  );
}
