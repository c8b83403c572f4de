'use client';

/** On one drawing, what each step is in both runs, and where the runs part. The list beside it says the same in words. */
import { boxesOf } from '@/components/compare/change-marks';
import { StatusMark } from '@/components/status/status-mark';
import { cn } from '@/components/ui/cn';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { forwardState, type RunComparison } from '@/engine/run-view/compare-runs';
import type { NodeView, RunProjection } from '@/engine/run-view/model';

interface RunMarksProps {
  layout: FlowLayout;
  comparison: RunComparison;
  a: RunProjection;
  b: RunProjection;
}

export function RunMarks({ layout, comparison, a, b }: RunMarksProps) {
  const first = comparison.steps.find(({ stepId }) => stepId === comparison.first)?.nodeId;
  const different = new Set(comparison.steps.flatMap(({ nodeId, differs }) => (differs.length > 0 ? [nodeId] : [])));
  const reached = new Set(comparison.steps.map(({ nodeId }) => nodeId));
  return (
    <div aria-hidden className="pointer-events-none absolute left-0 top-0">
      {[...boxesOf(layout)].map(([id, box]) =>
        reached.has(id) ? (
          <div
            key={id}
            data-parting={id === first || undefined}
            style={{
              left: box.x - REACH,
              top: box.y - REACH,
              width: box.width + 2 * REACH,
              height: box.height + 2 * REACH,
            }}
            className={cn(
              'absolute rounded-xl border-[length:calc(2px/var(--zoom))]',
              id === first ? 'border-ink' : different.has(id) ? 'border-dashed border-mark' : 'border-transparent'
            )}
          >
            <span
              className={cn(
                'absolute flex gap-1',
                // Beside a diamond, on the edge of what is wider.
                box.width < NARROW ? 'right-full top-1/2 mr-1 -translate-y-1/2' : '-top-3 left-3'
              )}
            >
              <span className={cn(CHIP, 'border-hairline bg-card font-semibold text-ink')}>
                <Mark letter="A" view={a.nodes[id]} />
                <Mark letter="B" view={b.nodes[id]} />
              </span>
              {id === first ? (
                <span className={cn(CHIP, 'border-ink bg-ink font-medium text-paper')}>They part here</span>
              ) : null}
            </span>
          </div>
        ) : null
      )}
    </div>
  );
}

const REACH = 5;
const NARROW = 100;
const CHIP =
  'inline-flex h-5 items-center gap-1 rounded-sm border px-1.5 text-2xs small:h-[calc(16px/var(--zoom))] small:text-[length:calc(11px/var(--zoom))] whitespace-nowrap';

function Mark({ letter, view }: { letter: 'A' | 'B'; view: NodeView | undefined }) {
  return (
    <>
      {letter}
      <StatusMark state={view ? forwardState(view) : 'notYet'} size={14} word="none" />
    </>
  );
}
