/**
 * The only place where a state gets its shape, colour and word. The shape identifies the state; the colour repeats
 * it. Never draw a state elsewhere, and never show a mark without its word or an accessible name.
 */
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import type { NodeState } from '@/engine/run-view/model';

export const STATE_WORDS: Record<NodeState, string> = {
  notYet: 'Not yet',
  running: 'Running',
  retrying: 'Retrying',
  done: 'Done',
  failed: 'Failed',
  unwinding: 'Unwinding',
  undone: 'Undone',
  undoFailed: 'Undo failed',
  waitsForPerson: 'Waits for a person',
  waitsForTimer: 'Waits for a timer',
  waitsForSignal: 'Waits for a signal',
  notTaken: 'Not taken',
  noWorker: 'No worker',
  paused: 'Paused',
  unknown: 'Outcome unknown',
  cancelled: 'Cancelled',
  terminated: 'Terminated',
};

const COLOURS: Record<NodeState, string> = {
  notYet: 'text-mark',
  running: 'text-work',
  retrying: 'text-work',
  done: 'text-forward',
  failed: 'text-fail',
  unwinding: 'text-back',
  undone: 'text-back',
  undoFailed: 'text-fail',
  waitsForPerson: 'text-ink',
  waitsForTimer: 'text-work',
  waitsForSignal: 'text-work',
  notTaken: 'text-mark',
  noWorker: 'text-fail',
  paused: 'text-ink',
  unknown: 'text-fail',
  cancelled: 'text-mark',
  terminated: 'text-ink-2',
};

/** The word of a state, with the attempt if it matters: `Retrying 2/5`. `maximum` 0 means no limit. */
export function stateWord(state: NodeState, attempt = 0, maximum = 0): string {
  if (state !== 'retrying' || attempt < 1) return STATE_WORDS[state];
  return maximum > 0 ? `${STATE_WORDS.retrying} ${attempt}/${maximum}` : `${STATE_WORDS.retrying}, attempt ${attempt}`;
}

export interface StatusMarkProps {
  state: NodeState;
  /** For `retrying`: the number of segments of its ring. */
  attempt?: number;
  maximumAttempts?: number;
  /** On the face of a card whose lining shows the undo: a done step that was undone is a hollow tick. */
  face?: boolean;
  /** Pixels. */
  size?: number;
  /**
   * 'visible' writes the word next to the mark; 'hidden' keeps it for screen readers; 'none' if the name is written
   * elsewhere.
   */
  word?: 'visible' | 'hidden' | 'none';
  className?: string;
}

export function StatusMark({
  state,
  attempt = 0,
  maximumAttempts = 0,
  face = false,
  size = 16,
  word = 'hidden',
  className,
}: StatusMarkProps) {
  const takenBack = face && state === 'undone';
  const text = stateWord(state, attempt, maximumAttempts);
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)} data-state={state}>
      <svg
        aria-hidden
        viewBox="0 0 20 20"
        width={size}
        height={size}
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        className={cn('shrink-0', takenBack ? 'text-mark' : COLOURS[state])}
      >
        {takenBack ? (
          hollowTick
        ) : state === 'retrying' ? (
          <Segments attempt={attempt} maximum={maximumAttempts} />
        ) : (
          SHAPES[state]
        )}
      </svg>
      {word === 'visible' ? <span className="figures">{text}</span> : null}
      {word === 'hidden' ? <span className="sr-only">{text}</span> : null}
    </span>
  );
}

const hollow = <circle cx="10" cy="10" r="7" />;
const hollowTick = (
  <>
    {hollow}
    <path d="M6.8 10.3l2.2 2.2 4.2-4.8" strokeWidth="1.75" />
  </>
);
const onHue = { stroke: 'var(--on-hue)' };
/** The way back: an arrow to the left. Every mark of an undo is a variation of it. */
const leftArrow = (
  <>
    <path d="M17 10H4" />
    <path d="M9 5l-5 5 5 5" />
  </>
);

const SHAPES: Record<Exclude<NodeState, 'retrying'>, ReactNode> = {
  notYet: hollow,
  running: (
    <>
      <circle cx="10" cy="10" r="7" strokeOpacity="0.25" />
      <path d="M10 3a7 7 0 0 1 7 7" className="turn" style={{ transformOrigin: '10px 10px' }} />
    </>
  ),
  done: (
    <>
      <circle cx="10" cy="10" r="8" fill="currentColor" />
      <path d="M6.2 10.4l2.6 2.6 5-5.6" style={onHue} />
    </>
  ),
  failed: (
    <>
      <path d="M10 1.6l8.4 8.4-8.4 8.4L1.6 10z" fill="currentColor" />
      <path d="M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4" style={onHue} />
    </>
  ),
  unwinding: leftArrow,
  undone: (
    <>
      <path d="M9 13.5H3" />
      <path d="M6.5 9.5l-4 4 4 4" />
      <path d="M9.5 6.2l2.8 2.8 5.2-6.2" />
    </>
  ),
  undoFailed: (
    <>
      <rect x="1.5" y="1.5" width="17" height="17" rx="3" fill="currentColor" />
      <path d="M15.5 10H8.5M11.5 6.5L8 10l3.5 3.5M4.8 5.5v9" style={onHue} />
    </>
  ),
  waitsForPerson: (
    <>
      <rect x="1" y="1" width="18" height="18" rx="5" fill="currentColor" />
      <g style={{ stroke: 'var(--card)' }} strokeWidth="1.5">
        <path d="M7 10.5V6.2a1 1 0 0 1 2 0V9.4M9 9V4.9a1 1 0 0 1 2 0V9M11 9V5.7a1 1 0 0 1 2 0V10" />
        <path d="M13 8.6a1 1 0 0 1 2 0v2.9c0 2.6-1.7 4.3-4.2 4.3-2 0-3-.8-3.9-2.4l-1.6-2.8a1 1 0 0 1 1.7-1L7 10.6" />
      </g>
    </>
  ),
  waitsForTimer: (
    <>
      {hollow}
      <path d="M10 6.2V10l2.6 1.8" />
    </>
  ),
  waitsForSignal: (
    <>
      <circle cx="10" cy="10" r="1.6" fill="currentColor" stroke="none" />
      <path d="M6.5 13.5a5 5 0 0 1 0-7M13.5 6.5a5 5 0 0 1 0 7M4 16a8.5 8.5 0 0 1 0-12M16 4a8.5 8.5 0 0 1 0 12" />
    </>
  ),
  notTaken: <circle cx="10" cy="10" r="7" strokeDasharray="2.4 3.1" strokeLinecap="butt" />,
  noWorker: (
    <>
      <path d="M7 2.5v3.5M13 2.5v3.5M4.8 6h10.4v3.2a5.2 5.2 0 0 1-10.4 0zM10 14.5v3" />
    </>
  ),
  paused: (
    <>
      {hollow}
      <path d="M8 7.2v5.6M12 7.2v5.6" />
    </>
  ),
  unknown: (
    <>
      <path d="M10 3a7 7 0 0 0 0 14" strokeDasharray="2.6 2.8" />
      <path d="M10 3a7 7 0 0 1 0 14" />
      <path d="M8.2 8.2a1.9 1.9 0 1 1 2.6 1.9c-.6.3-.8.6-.8 1.2" strokeWidth="1.5" />
      <circle cx="10" cy="13.4" r="0.9" fill="currentColor" stroke="none" />
    </>
  ),
  cancelled: (
    <>
      {hollow}
      <path d="M5.2 14.8l9.6-9.6" />
    </>
  ),
  terminated: <rect x="3.5" y="3.5" width="13" height="13" rx="1.5" fill="currentColor" />,
};

/** A ring with one segment for each allowed attempt (eight at most), filled up to the current one. */
function Segments({ attempt, maximum }: { attempt: number; maximum: number }) {
  const count = maximum > 0 ? Math.min(Math.max(maximum, 2), 8) : 6;
  const filled = maximum > 0 ? Math.ceil((Math.min(attempt, maximum) / maximum) * count) : Math.min(attempt, count);
  const length = (2 * Math.PI * 7) / count;
  const gap = Math.min(3.2, length / 2.5);
  return (
    <g transform="rotate(-90 10 10)">
      {Array.from({ length: count }, (_, index) => (
        <circle
          key={index}
          cx="10"
          cy="10"
          r="7"
          strokeLinecap="butt"
          strokeWidth={index < filled ? 3 : 1.5}
          strokeOpacity={index < filled ? 1 : 0.45}
          strokeDasharray={`${length - gap} ${2 * Math.PI * 7 - length + gap}`}
          strokeDashoffset={-index * length - gap / 2}
        />
      ))}
    </g>
  );
}
