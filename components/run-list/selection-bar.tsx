'use client';

/**
 * What can be done with the selected runs. It lies over the end of the list, so that it moves nothing.
 *
 * [SLB1] On a Temporal cluster, what its batches cannot do is disabled, with the reason and the way to do it.
 */
import { ChevronDown, GitCompare, History, OctagonX, Pause, Play, RotateCw, Send, X } from 'lucide-react';
import type { ComponentType } from 'react';
import { MOST_NAMED_RUNS } from '@/app/_contract/batches';
import type { ActName } from '@/components/batches/targets';
import { pages } from '@/app/_contract/routes';
import { Button, IconButton } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { useCount } from '@/components/ui/writing';
import type { Selection } from './use-selection';

const ACTS: readonly {
  act: ActName;
  label: string;
  icon: ComponentType<{ 'aria-hidden'?: boolean }>;
  description: string;
}[] = [
  { act: 'stop', label: 'Stop…', icon: OctagonX, description: 'Undo and end, or end at once' },
  { act: 'signal', label: 'Signal…', icon: Send, description: 'Send the same data to each' },
  { act: 'retry', label: 'Try again now…', icon: RotateCw, description: 'Steps that wait for another attempt' },
  { act: 'reset', label: 'Reset…', icon: History, description: 'Go back to an earlier point' },
  { act: 'pause', label: 'Pause…', icon: Pause, description: 'Begin no step and no attempt' },
  { act: 'resume', label: 'Resume…', icon: Play, description: 'Go on where they were paused' },
];
/** They are batches of this Backstitch's own engine (`StartRunsBatch`). */
const NOT_ON_CLUSTER: readonly ActName[] = ['pause', 'resume'];
/** They have a button of their own where there is room. */
const OFTEN: readonly ActName[] = ['stop', 'signal', 'retry'];

interface SelectionBarProps {
  selection: Selection;
  /** All runs that the filters find; null: not counted. */
  total: number | null;
  /** There are runs that are not shown. */
  hasMore: boolean;
  /** All of them are of one flow. */
  isOneFlow: boolean;
  /** The runs are those of a Temporal cluster. */
  isCluster: boolean;
  /** Why nothing can be done now. */
  disabledReason: string | null;
  onAct: (act: ActName) => void;
}

export function SelectionBar({
  selection,
  total,
  hasMore,
  isOneFlow,
  isCluster,
  disabledReason,
  onAct,
}: SelectionBarProps) {
  const count = useCount();
  const { isAll, runs, isTooMany } = selection;
  if (!isAll && runs.length === 0) return null;
  // The earlier one is the first.
  const [first, second] = runs.toSorted((a, b) => a.startMs - b.startMs);
  const all = total === null ? 'All that match' : `All ${count(total)}`;
  const tooMany = isTooMany
    ? `At most ${count(MOST_NAMED_RUNS)} runs can be selected one by one. Select all that the filter finds, or fewer.`
    : null;
  const whyNot = (act: ActName): string | null =>
    disabledReason ??
    tooMany ??
    (isCluster && NOT_ON_CLUSTER.includes(act)
      ? 'A Temporal cluster does this to one run at a time: open the run.'
      : act === 'signal' && !isOneFlow
        ? 'Only for runs of one flow: filter by it.'
        : null);
  const entries = (acts: typeof ACTS) =>
    acts.map(({ act, label, icon: Icon, description }) => (
      <MenuItem
        key={act}
        icon={<Icon aria-hidden />}
        description={whyNot(act) ?? description}
        disabled={whyNot(act) !== null}
        onSelect={() => onAct(act)}
      >
        {label}
      </MenuItem>
    ));
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 z-30 flex justify-center px-3">
      <div
        role="toolbar"
        aria-label="Selected runs"
        className="appear pointer-events-auto flex max-w-full flex-wrap items-center gap-x-2 gap-y-1 rounded-lg border border-hairline bg-raised px-2 py-1.5 shadow-float"
      >
        <span role="status" className="figures px-1 text-sm font-medium">
          {isAll ? `${all} selected` : `${count(runs.length)} selected`}
        </span>
        {!isAll && hasMore ? (
          <Button variant="ghost" size="sm" onClick={selection.selectAll}>
            {total === null ? 'Select all that match' : `Select all ${count(total)}`}
          </Button>
        ) : null}
        {isAll || !first || !second || runs.length > 2 ? null : (
          <LinkButton size="sm" href={pages.compareRuns(first, second)}>
            <GitCompare aria-hidden />
            Compare
          </LinkButton>
        )}
        <span className="flex items-center gap-1 max-md:hidden">
          {ACTS.filter(({ act }) => OFTEN.includes(act)).map(({ act, label, icon: Icon }) => (
            <Button key={act} size="sm" disabledReason={whyNot(act)} onClick={() => onAct(act)}>
              <Icon aria-hidden />
              {label}
            </Button>
          ))}
          <Menu
            trigger={
              <Button size="sm">
                More
                <ChevronDown aria-hidden />
              </Button>
            }
          >
            {entries(ACTS.filter(({ act }) => !OFTEN.includes(act)))}
          </Menu>
        </span>
        <span className="md:hidden">
          <Menu
            trigger={
              <Button size="sm">
                Act on them
                <ChevronDown aria-hidden />
              </Button>
            }
          >
            {entries(ACTS)}
          </Menu>
        </span>
        <IconButton label="Select nothing" size="sm" onClick={selection.clear}>
          <X aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
