'use client';

/** The title of a node, edited where it is drawn. Enter or leaving the field keeps it, Esc does not. */
import { useEffect, useRef } from 'react';

interface TitleEditorProps {
  box: { x: number; y: number; width: number; height: number };
  title: string;
  onDone: (title: string | null) => void;
}

const LONGEST = 120;

export function TitleEditor({ box, title, onDone }: TitleEditorProps) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean) => {
    if (done.current) return;
    done.current = true;
    const typed = field.current?.value.trim() ?? '';
    onDone(keep && typed !== '' && typed !== title ? typed : null);
  };
  return (
    <input
      ref={field}
      autoFocus
      aria-label="Title"
      defaultValue={title}
      maxLength={LONGEST}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      className="nodrag nopan nowheel pointer-events-auto absolute z-20 rounded-md border-2 border-ink bg-card px-2 text-sm font-semibold outline-none"
    />
  );
}
