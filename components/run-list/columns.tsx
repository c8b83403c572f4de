'use client';

/** The content of a row of the runs list, column by column. */
import { columnVisibilityFeature, createColumnHelper, tableFeatures } from '@tanstack/react-table';
import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import type { RunSummary } from '@/app/_contract/runs';
import { RunStatus } from '@/components/status/run-status';
import { CopyableId } from '@/components/ui/copyable';
import { Badge } from '@/components/ui/surface';
import { Duration, RelativeTime } from '@/components/ui/time';
import { leftMeanwhile } from '@/components/words';
import type { SearchableField } from '@/engine/flow/searchable';
import { SearchableValue } from './field-value';
import { keyOf, type RunRow } from './row';

export const features = tableFeatures({ columnVisibilityFeature });
const helper = createColumnHelper<typeof features, RunRow>();

/** Lies above the link that covers the row, because it has a tooltip or a button of its own. */
const OWN = 'relative z-10';

const FIXED = helper.columns([
  helper.display({
    id: 'status',
    header: 'Status',
    enableHiding: false,
    cell: ({ row: { original } }) => (
      <span className="flex min-w-0 items-center gap-2">
        <RunStatus {...original.item} size={14} />
        <span className="figures truncate text-xs text-ink-2">
          {original.gone ? 'no longer matches' : leftMeanwhile(original.item)}
        </span>
      </span>
    ),
  }),
  helper.display({
    id: 'id',
    header: 'Workflow id',
    enableHiding: false,
    cell: ({ row: { original } }) => <RunLink run={original.item} />,
  }),
  helper.display({
    id: 'flow',
    header: 'Flow',
    cell: ({ row: { original } }) => <FlowName run={original.item} />,
  }),
  helper.display({
    id: 'runId',
    header: 'Run id',
    cell: ({ row: { original } }) => <CopyableId id={original.item.runId} what="run id" length={14} className={OWN} />,
  }),
  helper.display({
    id: 'started',
    header: 'Started',
    cell: ({ row: { original } }) => <RelativeTime atMs={original.item.startMs} className={`${OWN} text-ink-2`} />,
  }),
  helper.display({
    id: 'ended',
    header: 'Ended',
    cell: ({
      row: {
        original: { item: run },
      },
    }) =>
      run.closeMs === null ? (
        <span className="text-ink-2">–</span>
      ) : (
        <RelativeTime atMs={run.closeMs} className={`${OWN} text-ink-2`} />
      ),
  }),
  helper.display({
    id: 'duration',
    header: 'Duration',
    cell: ({
      row: {
        original: { item: run },
      },
    }) => (
      <Duration
        startMs={run.startMs}
        endMs={run.closeMs}
        className={run.closeMs === null ? 'text-ink' : 'text-ink-2'}
      />
    ),
  }),
]);

type FixedId = 'status' | 'id' | 'flow' | 'runId' | 'started' | 'ended' | 'duration';
type FieldId = `field:${string}`;
export type ColumnId = FixedId | FieldId;
const isField = (id: ColumnId): id is FieldId => id.startsWith('field:');

const fieldId = ({ name }: SearchableField): FieldId => `field:${name}`;
const ofField = (field: SearchableField) =>
  helper.display({
    id: fieldId(field),
    header: field.title,
    cell: ({ row: { original } }) => (
      <span className="block truncate">
        <SearchableValue type={field.type} value={original.item.fields?.[field.name]} />
      </span>
    ),
  });
/** The fields come behind the flow. */
export function columnsWith(fields: readonly SearchableField[]) {
  const behind = FIXED.findIndex(({ id }) => id === 'flow') + 1;
  return [...FIXED.slice(0, behind), ...fields.map(ofField), ...FIXED.slice(behind)];
}

/** The columns that can be switched on and off, with their names. */
const OPTIONAL: readonly { id: ColumnId; label: string }[] = [
  { id: 'flow', label: 'Flow' },
  { id: 'runId', label: 'Run id' },
  { id: 'started', label: 'Started' },
  { id: 'ended', label: 'Ended' },
  { id: 'duration', label: 'Duration' },
];
export const optionalColumns = (fields: readonly SearchableField[]): readonly { id: ColumnId; label: string }[] => [
  ...OPTIONAL,
  ...fields.map((field) => ({ id: fieldId(field), label: field.title })),
];
export type ColumnChoice = Partial<Record<ColumnId, boolean>>;
const HIDDEN_AT_FIRST: readonly ColumnId[] = ['runId', 'ended'];
/** Whether a column is shown if nobody has chosen. */
export const isShown = (id: ColumnId, chosen: ColumnChoice): boolean =>
  chosen[id] ?? !(isField(id) || HIDDEN_AT_FIRST.includes(id));

/** The columns of the grid from 768 px. Below that a row is a card, placed by `cardPlaceOf`. */
const TRACKS: Record<FixedId, string> = {
  status: 'minmax(11rem, 15rem)',
  id: 'minmax(12rem, 2fr)',
  flow: 'minmax(10rem, 1.4fr)',
  runId: '9.5rem',
  started: '6rem',
  ended: '6rem',
  duration: '6.5rem',
};
export const trackOf = (id: ColumnId): string => (isField(id) ? 'minmax(10.5rem, 1fr)' : TRACKS[id]);
const CARD_PLACES: Record<FixedId, string> = {
  status: 'max-md:col-start-1 max-md:row-start-1',
  duration: 'max-md:col-start-2 max-md:row-start-1 max-md:text-right',
  id: 'max-md:col-span-2 max-md:col-start-1 max-md:row-start-2',
  flow: 'max-md:col-start-1 max-md:row-start-3',
  started: 'max-md:col-start-2 max-md:row-start-3 max-md:text-right',
  ended: 'max-md:hidden',
  runId: 'max-md:hidden',
};
export const cardPlaceOf = (id: ColumnId): string => (isField(id) ? 'max-md:hidden' : CARD_PLACES[id]);

/** The link of the row; it covers the whole row. */
function RunLink({ run }: { run: RunSummary }) {
  return (
    <Link
      href={pages.run(run.workflowId, run.runId)}
      prefetch={false}
      data-run={keyOf(run)}
      title={run.workflowId}
      className="block truncate rounded-sm font-mono text-xs leading-5 outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink max-md:text-sm"
    >
      {run.workflowId}
    </Link>
  );
}

function FlowName({ run }: { run: RunSummary }) {
  if (!run.flow) {
    return (
      <span
        className="block truncate font-mono text-xs text-ink-2"
        title="A workflow that is not a flow of this Backstitch"
      >
        {run.workflowType}
      </span>
    );
  }
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="truncate">{run.flow}</span>
      <Badge className="h-4 px-1 text-2xs">v{run.version}</Badge>
    </span>
  );
}
