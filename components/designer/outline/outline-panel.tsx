'use client';

/**
 * The flow as a tree, for screen readers, and for whoever wants to see a large flow at a glance. It has one tab stop;
 * the arrow keys move and select, Enter goes to the step in the drawing, where every key of the designer works. Only
 * the visible rows are in the page.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight, CircleAlert, GitBranch, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { stepFactsOf, type Declared } from '@/components/canvas/card-model';
import { KindIcon } from '@/components/canvas/kind-icon';
import { cn } from '@/components/ui/cn';
import { useAfterPaint } from '@/components/ui/use-after-paint';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { countsByNode } from '../canvas/problem-marks';
import { outlineRows, rowsAround, type OutlineRow } from './outline-rows';

export interface OutlinePanelProps {
  document: FlowDocument;
  declared: Declared | null;
  problems: readonly Diagnostic[];
  selected: string | null;
  onSelect: (id: string) => void;
  /** Gives the step the focus in the drawing. */
  onGo: (id: string) => void;
  /** A press goes to the step too: the outline covers the drawing. */
  pressGoes?: boolean;
}

const ROW_PX = 44;
const NONE_CLOSED: ReadonlySet<string> = new Set();
const idOf = (key: string) => `outline-${key}`;

export const OutlinePanel = memo(function OutlinePanel(props: OutlinePanelProps) {
  const { problems, selected, onSelect, onGo, pressGoes = false } = props;
  // An edit is drawn first.
  const document = useAfterPaint(props.document);
  const facts = useMemo(() => stepFactsOf(document, props.declared), [document, props.declared]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(NONE_CLOSED);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [active, setActive] = useState<string | null>(selected);
  const rows = useMemo(() => outlineRows(document, { facts, closed }), [document, facts, closed]);
  const counts = useMemo(() => countsByNode(problems), [problems]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.key,
    overscan: 6,
  });
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === active)
  );

  // What is selected in the drawing is shown here too, in a branch that was closed as well.
  useEffect(() => {
    if (selected === null) return;
    setActive((now) => (rows.find(({ key }) => key === now)?.node.id === selected ? now : selected));
    if (rows.some(({ key }) => key === selected)) return;
    const around = rowsAround(outlineRows(document, { facts, closed: NONE_CLOSED }), selected);
    if (around.some((key) => closed.has(key)))
      setClosed((now) => new Set([...now].filter((key) => !around.includes(key))));
  }, [selected, rows, document, facts, closed]);
  useEffect(() => {
    if (rows.length > 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, rows.length, virtual]);

  const turn = ({ key, isOpen }: OutlineRow) =>
    setClosed((now) => (isOpen ? new Set([...now, key]) : new Set([...now].filter((each) => each !== key))));
  const move = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    setActive(row.key);
    if (row.node.id !== selected) onSelect(row.node.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAct(event.key, { rows, at, row, move, turn, onGo });
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  if (rows.length === 0) return <p className="p-3 text-sm text-ink-2">The flow has no steps yet.</p>;
  return (
    <div
      ref={setBox}
      role="tree"
      aria-label="Outline of the flow"
      tabIndex={0}
      aria-activedescendant={idOf(rows[at]!.key)}
      onKeyDown={onKeyDown}
      className="group h-full overflow-y-auto p-1.5 outline-none"
    >
      <div role="none" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size, key }) => {
          const row = rows[index]!;
          return (
            <div key={key} role="none" className="absolute inset-x-0" style={{ top: start, height: size }}>
              <Row
                row={row}
                isActive={index === at}
                isSelected={row.key === selected}
                problems={row.kind === 'step' ? counts.get(row.node.id) : undefined}
                onTurn={() => turn(row)}
                onPress={() => {
                  move(index);
                  if (pressGoes) onGo(row.node.id);
                }}
                onOpen={() => onGo(row.node.id)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
});

interface Keys {
  rows: readonly OutlineRow[];
  at: number;
  row: OutlineRow;
  move: (index: number) => void;
  turn: (row: OutlineRow) => void;
  onGo: (id: string) => void;
}
/** As in every tree: ARIA Authoring Practices, 'Tree View'. */
function keyAct(key: string, { rows, at, row, move, turn, onGo }: Keys): (() => void) | null {
  switch (key) {
    case 'ArrowDown':
      return () => move(at + 1);
    case 'ArrowUp':
      return () => move(at - 1);
    case 'Home':
      return () => move(0);
    case 'End':
      return () => move(rows.length - 1);
    case 'ArrowRight':
      if (row.isOpen === null) return null;
      return row.isOpen ? () => move(at + 1) : () => turn(row);
    case 'ArrowLeft':
      if (row.isOpen) return () => turn(row);
      return row.parent === null ? null : () => move(rows.findIndex((each) => each.key === row.parent));
    case 'Enter':
      return () => onGo(row.node.id);
  }
  return key.length === 1 && key !== ' ' ? typed(key, rows, at, move) : null;
}
/** The next row that begins with the letter. */
function typed(letter: string, rows: readonly OutlineRow[], at: number, move: (index: number) => void) {
  const wanted = letter.toLowerCase();
  const order = rows.map((_, index) => (at + 1 + index) % rows.length);
  const found = order.find((index) => rows[index]!.title.toLowerCase().startsWith(wanted));
  return found === undefined ? null : () => move(found);
}

interface RowProps {
  row: OutlineRow;
  isActive: boolean;
  isSelected: boolean;
  problems: { errors: number; warnings: number } | undefined;
  onTurn: () => void;
  onPress: () => void;
  onOpen: () => void;
}

function Row({ row, isActive, isSelected, problems, onTurn, onPress, onOpen }: RowProps) {
  const { key, kind, node, title, says, level, position, siblings, isOpen } = row;
  const trouble = troubleWords(problems);
  return (
    <div
      role="treeitem"
      id={idOf(key)}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={isOpen ?? undefined}
      aria-selected={isSelected}
      aria-label={[title, says, trouble].filter(Boolean).join(', ')}
      title={`${title}${says ? `\n${says}` : ''}`}
      onClick={onPress}
      onDoubleClick={onOpen}
      style={{ paddingLeft: 4 + Math.min(level - 1, 8) * 12 }}
      className={cn(
        'flex h-full cursor-default select-none items-center gap-1.5 rounded-md pr-2 hover:bg-ink/4',
        isSelected && 'bg-ink/8',
        isActive && 'group-focus-visible:ring-2 group-focus-visible:ring-inset group-focus-visible:ring-ink'
      )}
    >
      <span
        aria-hidden
        className="grid size-5 shrink-0 place-items-center text-ink-2"
        onClick={(event) => {
          if (isOpen === null) return;
          event.stopPropagation();
          onTurn();
        }}
      >
        {isOpen === null ? null : (
          <ChevronRight className={cn('size-3.5 transition-transform', isOpen && 'rotate-90')} />
        )}
      </span>
      <span aria-hidden className="grid size-5 shrink-0 place-items-center text-ink-2">
        {kind === 'branch' ? <GitBranch className="size-3.5" /> : <KindIcon node={node} className="size-3.5" />}
      </span>
      <span className="min-w-0 flex-1">
        <span className={cn('block truncate text-sm', kind === 'step' ? 'font-medium' : 'text-ink-2')}>{title}</span>
        {says ? <span className="block truncate text-xs text-ink-2">{says}</span> : null}
      </span>
      {problems && problems.errors > 0 ? (
        <CircleAlert aria-hidden className="size-3.5 shrink-0 text-fail" />
      ) : problems ? (
        <TriangleAlert aria-hidden className="size-3.5 shrink-0 text-back" />
      ) : null}
    </div>
  );
}

function troubleWords(problems: RowProps['problems']): string | null {
  if (!problems) return null;
  const count = (many: number, one: string) => (many === 0 ? null : many === 1 ? `1 ${one}` : `${many} ${one}s`);
  return [count(problems.errors, 'error'), count(problems.warnings, 'warning')].filter(Boolean).join(', ');
}
