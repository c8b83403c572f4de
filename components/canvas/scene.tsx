'use client';

/**
 * Everything of the drawing except the cards: threads, labels, the pivot's line and flag. Of a large drawing the part
 * that is seen.
 */
import { Zap } from 'lucide-react';
import { memo, useId } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark } from '@/components/status/status-mark';
import type { FlowLayout, LabelBox, Thread } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { BackRange, ThreadsGone } from '@/engine/run-view/threads';
import type { BranchState } from '@/engine/run-view/model';
import { useSeen } from './seen';

/** Outside of every drawing, in pixels. */
const FAR = 100_000;

export interface SceneProps {
  layout: FlowLayout;
  gone: ThreadsGone | null;
  branches: Record<string, BranchState> | null;
  /** The stretches of back threads that are orange, by branch key; null is the outermost sequence. */
  back: ReadonlyMap<string | null, BackRange>;
  previewing: boolean;
  /** Shown at the join of a parallel until its branches have ended. */
  settling: Record<string, string>;
  /** The run reached its end. */
  ended: boolean;
}

export const Scene = memo(function Scene({ layout, gone, branches, back, previewing, settling, ended }: SceneProps) {
  const { caps } = layout;
  const isSeen = useSeen(layout);
  const down = layout.direction === 'down';
  const notTaken = (key: string | null) => key !== null && branches?.[key] === 'notTaken';
  return (
    <div aria-hidden className="pointer-events-none absolute left-0 top-0 -z-10">
      {/* What it contains is drawn outside of it. So it remains the same when the drawing becomes longer. */}
      <svg width={1} height={1} fill="none" className="absolute left-0 top-0 overflow-visible">
        {layout.threads
          .filter(({ box }) => isSeen(box))
          .map((thread) =>
            thread.kind === 'back' ? (
              <BackThread
                key={thread.id}
                path={thread.pieces
                  .filter(isSeen)
                  .map(({ path }) => path)
                  .join('')}
                arrows={thread.arrows.filter(isSeen)}
                down={down}
                range={back.get(thread.branch) ?? null}
                quiet={gone !== null || previewing}
              />
            ) : (
              <ForwardThread
                key={thread.id}
                thread={thread}
                taken={!previewing && (gone?.forward.has(thread.id) ?? false)}
                notTaken={!previewing && notTaken(thread.branch)}
              />
            )
          )}
        {layout.diamonds
          .filter((each) => each.role === 'meet' && isSeen(each))
          .map((each) => {
            const x = each.x + each.width / 2;
            const y = each.y + each.height / 2;
            return (
              <path
                key={`meet-${each.id}`}
                d={`M${x} ${y - 6}l6 6-6 6-6-6z`}
                className="fill-paper stroke-mark"
                strokeWidth="calc(1px / var(--zoom))"
              />
            );
          })}
        {layout.pivots.map((pivot) => (
          <g key={pivot.id}>
            <path
              d={`M${pivot.line[0].x} ${pivot.line[0].y}L${pivot.line[1].x} ${pivot.line[1].y}`}
              className="stroke-ink"
              strokeWidth="calc(2px / var(--zoom))"
            />
            {pivot.cap ? (
              <path
                d={`M${pivot.cap.x} ${pivot.cap.y}${down ? 'm-7 0h14' : 'm0 -7v14'}`}
                className="stroke-ink"
                strokeWidth="5"
                strokeLinecap="round"
              />
            ) : null}
          </g>
        ))}
        <circle
          cx={caps.start.x}
          cy={caps.start.y}
          r="6"
          className={cn('fill-card', gone ? 'stroke-forward' : 'stroke-mark')}
          strokeWidth="2"
        />
        {caps.end && isSeen(caps.end) ? (
          <circle
            cx={caps.end.x}
            cy={caps.end.y}
            r="6"
            className={cn(ended ? 'fill-forward stroke-forward' : 'fill-card stroke-mark')}
            strokeWidth="2"
          />
        ) : null}
      </svg>
      {layout.labels.filter(isSeen).map((label) => (
        <Label
          key={`${label.role}-${label.owner}-${label.branch ?? ''}`}
          label={label}
          dashed={notTaken(label.role === 'title' ? null : label.branch)}
        />
      ))}
      {layout.bars
        .filter((bar) => bar.role === 'join' && settling[bar.id])
        .map((bar) => (
          <div
            key={bar.id}
            style={
              down
                ? { left: bar.x + 132, top: bar.y + 10 }
                : { left: bar.x + bar.width / 2, top: bar.y + bar.height + 6 }
            }
            className={cn('absolute whitespace-nowrap text-xs text-ink-2', !down && '-translate-x-1/2')}
          >
            {settling[bar.id]}
          </div>
        ))}
    </div>
  );
});

const ForwardThread = memo(
  function ForwardThread({ thread, taken, notTaken }: { thread: Thread; taken: boolean; notTaken: boolean }) {
    if (thread.kind === 'catch') {
      return (
        <path
          d={thread.path}
          className={taken ? 'stroke-fail' : 'stroke-fail/70'}
          strokeWidth={`calc(${taken ? 3 : 1.5}px / var(--zoom))`}
          strokeDasharray={taken ? undefined : '2 3'}
        />
      );
    }
    return (
      <path
        d={thread.path}
        className={cn('transition-colors', taken ? 'stroke-forward' : 'stroke-mark')}
        strokeWidth={`calc(${taken ? 3 : 1}px / var(--zoom))`}
        strokeDasharray={notTaken ? '4 4' : undefined}
      />
    );
  },
  (a, b) =>
    a.taken === b.taken &&
    a.notTaken === b.notTaken &&
    a.thread.kind === b.thread.kind &&
    a.thread.path === b.thread.path
);

interface BackThreadProps {
  /** What is seen of it: the browser computes all dashes of a path, however little of it is in the view. */
  path: string;
  arrows: readonly Point[];
  down: boolean;
  quiet: boolean;
  range: BackRange | null;
}
const BackThread = memo(
  function BackThread({ path, arrows, down, quiet, range }: BackThreadProps) {
    const clip = `back-${useId()}`;
    const whole = range !== null && !Number.isFinite(range[0]) && !Number.isFinite(range[1]);
    const isOn = ({ x, y }: Point) => {
      const place = down ? y : x;
      return range !== null && place >= range[0] && place <= range[1];
    };
    return (
      <g className={cn('group/back', !quiet && 'pointer-events-auto')}>
        {quiet ? null : <path d={path} className="[pointer-events:stroke]" strokeWidth="16" />}
        <path
          d={path}
          className="stroke-mark/80 transition-colors group-hover/back:stroke-back"
          strokeWidth="calc(1px / var(--zoom))"
          strokeDasharray="6 4"
        />
        {range ? (
          <>
            {whole ? null : (
              <clipPath id={clip}>
                {down ? (
                  <rect x={-FAR} y={range[0]} width={2 * FAR} height={Math.max(0, range[1] - range[0])} />
                ) : (
                  <rect x={range[0]} y={-FAR} width={Math.max(0, range[1] - range[0])} height={2 * FAR} />
                )}
              </clipPath>
            )}
            <path
              d={path}
              clipPath={whole ? undefined : `url(#${clip})`}
              className="stroke-back"
              strokeWidth="calc(2px / var(--zoom))"
              strokeDasharray="6 4"
            />
          </>
        ) : null}
        {arrows.map((at) => (
          <path
            key={`${at.x}:${at.y}`}
            d={down ? `M${at.x - 4.5} ${at.y + 4}l4.5 -7 4.5 7z` : `M${at.x + 4} ${at.y - 4.5}l-7 4.5 7 4.5z`}
            className={cn('transition-colors', isOn(at) ? 'fill-back' : 'fill-mark/80 group-hover/back:fill-back')}
          />
        ))}
      </g>
    );
  },
  (a, b) =>
    a.path === b.path &&
    a.down === b.down &&
    a.arrows.length === b.arrows.length &&
    a.arrows.every(({ x, y }, index) => x === b.arrows[index]!.x && y === b.arrows[index]!.y) &&
    a.quiet === b.quiet &&
    a.range?.[0] === b.range?.[0] &&
    a.range?.[1] === b.range?.[1]
);

const Label = memo(
  function Label({ label, dashed }: { label: LabelBox; dashed: boolean }) {
    const style = { left: label.x, top: label.y, width: label.width, height: label.height };
    if (label.role === 'pivot') {
      return (
        <div
          style={{ left: label.x + label.width, top: label.y + label.height + 4 }}
          className="absolute -translate-x-full -translate-y-full whitespace-nowrap rounded-l-sm bg-ink px-2 py-0.5 text-2xs font-medium text-paper small:text-[length:calc(10px/var(--zoom))] small:leading-tight"
        >
          {label.text}
        </div>
      );
    }
    const isTitle = label.role === 'title';
    return (
      <div
        style={style}
        title={label.text}
        className={cn(
          'absolute flex items-center text-xs leading-4',
          isTitle ? 'font-semibold text-ink' : 'text-ink-2 band:hidden',
          label.centred && 'justify-center',
          label.role === 'catch' && 'text-fail'
        )}
      >
        <span
          className={cn(
            'flex min-w-0 items-center gap-1 small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))]',
            label.centred && 'bg-paper px-1'
          )}
        >
          {label.role === 'catch' ? <Zap aria-hidden className="size-3 shrink-0" /> : null}
          {dashed ? <StatusMark state="notTaken" size={12} word="none" /> : null}
          {/* A title of another writing direction shows its beginning, too. */}
          <span dir="auto" className={cn('text-left', label.height > 20 ? 'line-clamp-2 wrap-anywhere' : 'truncate')}>
            {label.text}
          </span>
        </span>
      </div>
    );
  },
  (a, b) =>
    a.dashed === b.dashed &&
    (Object.keys({ ...a.label, ...b.label }) as (keyof LabelBox)[]).every((key) => a.label[key] === b.label[key])
);
