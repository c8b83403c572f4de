/** The drawing of a flow as a small picture without words: its steps, forks and frames, and the way back. */
import type { Sketch as SketchModel } from '@/app/_contract/templates';
import { cn } from '@/components/ui/cn';

const PAD = 16;
const SHORTEST = 1_000;
const SHAPES: Record<SketchModel['boxes'][number]['shape'], { rx: number; className: string }> = {
  frame: { rx: 16, className: 'fill-transparent stroke-mark' },
  card: { rx: 12, className: 'fill-card stroke-mark' },
  undo: { rx: 12, className: 'fill-back-tint stroke-back' },
  diamond: { rx: 4, className: 'fill-card stroke-mark' },
  bar: { rx: 4, className: 'fill-mark stroke-mark' },
};

export function Sketch({ sketch, className }: { sketch: SketchModel; className?: string }) {
  const { x, y, width, height: all } = sketch.bounds;
  // Of a long flow the beginning is shown: the whole of it would be too small to be seen.
  const height = Math.min(all, Math.max(1.4 * width, SHORTEST));
  const view = [x - PAD, y - PAD, width + 2 * PAD, height + 2 * PAD].join(' ');
  return (
    <svg
      viewBox={view}
      aria-hidden
      className={cn('block', className)}
      preserveAspectRatio={height < all ? 'xMidYMin meet' : 'xMidYMid meet'}
    >
      <g className="fill-none stroke-mark" strokeWidth={3}>
        {sketch.forward.map((path, index) => (
          <path key={index} d={path} />
        ))}
      </g>
      <g className="fill-none stroke-back" strokeWidth={3} strokeDasharray="12 10" opacity={0.7}>
        {sketch.back.map((path, index) => (
          <path key={index} d={path} />
        ))}
      </g>
      {sketch.boxes.map(({ shape, ...box }, index) => {
        const { rx, className: look } = SHAPES[shape];
        const turn = shape === 'diamond' ? `rotate(45 ${box.x + box.width / 2} ${box.y + box.height / 2}) ` : undefined;
        return <rect key={index} {...box} rx={rx} className={look} strokeWidth={3} transform={turn} />;
      })}
    </svg>
  );
}
