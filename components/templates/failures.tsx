/**
 * The failure matrix of a template: how it ends for each step and each way to fail. The row of the selected step is in
 * words.
 */
import type { TemplateCell } from '@/app/_contract/templates';
import {
  cellWords,
  COLUMNS,
  FAILURE_WORDS,
  itemWords,
  summaryOf,
  UNDO_WORDS,
} from '@/components/designer/trial/cell-words';
import { StatusMark } from '@/components/status/status-mark';
import { cn } from '@/components/ui/cn';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import type { NodeState } from '@/engine/run-view/model';

const HEADS = ['before its effect', 'after its effect', 'no answer', 'stopped'];

export interface FailuresProps {
  document: FlowDocument;
  matrix: readonly TemplateCell[];
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
}

export function Failures({ document, matrix, selected, onSelect }: FailuresProps) {
  const rows = allNodes(document.steps).flatMap(({ id, title }) => {
    const cells = COLUMNS.flatMap(({ failures }) =>
      matrix.filter(({ nodeId, failure }) => nodeId === id && failures.includes(failure))
    );
    const items = new Map(cells.map(({ item }) => [item?.at ?? 'all', item]));
    return [...items].map(([at, item]) => ({
      id,
      key: `${id} ${at}`,
      title: item ? `${title}: only ${itemWords(item)}` : title,
      cells: cells.filter((cell) => (cell.item?.at ?? 'all') === at),
    }));
  });
  return (
    <Card>
      <CardHeader title="When a step fails" description="Every failure was played. Select a step to read its row." />
      <CardBody>
        <p className="text-sm">{summaryOf(matrix)}</p>
        <table className="mt-2 w-full table-fixed text-xs">
          <thead>
            <tr className="text-left align-bottom text-ink-2">
              <th scope="col" className="w-2/5 py-1 pr-2 font-medium">
                Step
              </th>
              {HEADS.map((head) => (
                <th key={head} scope="col" className="px-1 py-1 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, key, title, cells }) => (
              <Row
                key={key}
                title={title}
                cells={cells}
                isSelected={id === selected}
                onSelect={() => onSelect(id === selected ? null : id)}
              />
            ))}
          </tbody>
        </table>
        <ul aria-label="What the marks say" className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
          {[...legendOf(matrix)].map(([mark, words]) => (
            <li key={mark} className="inline-flex items-center gap-1.5">
              <StatusMark state={mark} attempt={3} word="none" />
              {words}
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );
}

function Row({
  title,
  cells,
  isSelected,
  onSelect,
}: {
  title: string;
  cells: readonly TemplateCell[];
  isSelected: boolean;
  onSelect: () => void;
}) {
  return (
    <>
      <tr className={cn('border-t border-hairline', isSelected && 'bg-ink/4')}>
        <th scope="row" className="py-1.5 pr-2 text-left font-normal">
          <button
            type="button"
            aria-expanded={isSelected}
            onClick={onSelect}
            className="rounded-sm text-left text-sm underline-offset-2 hover:underline"
          >
            {title}
          </button>
        </th>
        {COLUMNS.map((column) => (
          <td key={column.title} className="px-1 py-1.5">
            <span className="flex flex-wrap gap-1">
              {cells
                .filter(({ failure }) => column.failures.includes(failure))
                .map((cell) => (
                  <span key={`${cell.failure} ${cell.undo}`} title={sentenceOf(cell)}>
                    <StatusMark state={cellWords(cell).mark} attempt={3} word="none" />
                    <span className="sr-only">{sentenceOf(cell)}</span>
                  </span>
                ))}
            </span>
          </td>
        ))}
      </tr>
      {isSelected ? (
        <tr className="bg-ink/4">
          <td colSpan={COLUMNS.length + 1} className="pb-2">
            <ul className="flex flex-col gap-1">
              {cells.map((cell) => (
                <li key={`${cell.failure} ${cell.undo}`} className="flex items-start gap-2">
                  <StatusMark state={cellWords(cell).mark} attempt={3} word="none" className="mt-px" />
                  <span>{sentenceOf(cell)}</span>
                </li>
              ))}
            </ul>
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** Each mark once; 'Failed: all undone' and 'Stopped: all undone' have the same. */
function legendOf(matrix: readonly TemplateCell[]): Map<NodeState, string> {
  const words = matrix.map((cell) => cellWords(cell));
  return new Map(words.map(({ mark, words: said }) => [mark, said.replace(/^(Failed|Stopped): /, '')]));
}

/** 'Fails after its effect, its undo fails: Needs a decision: undo failed, 1 may remain' */
function sentenceOf(cell: TemplateCell): string {
  const { words, left } = cellWords(cell);
  const undo = UNDO_WORDS[cell.undo];
  const how = undo
    ? `${FAILURE_WORDS[cell.failure]}, ${undo.charAt(0).toLowerCase()}${undo.slice(1)}`
    : FAILURE_WORDS[cell.failure];
  return `${how}: ${words}${left ? `, ${left}` : ''}`;
}
