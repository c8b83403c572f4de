/** Where the arrow keys lead among the cells of the failure matrix: in its table, and in the list of a narrow panel. */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';

type Move = 'up' | 'down' | 'left' | 'right' | 'first' | 'last';
type Cell = HTMLButtonElement;
const MOVES: Record<string, Move> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
};

export type NextCell = (all: readonly Cell[], from: Cell, move: Move) => Cell | undefined;

/** The cell that a person has opened as a trial, by its key. */
export interface OpenedCell {
  key: string;
  /** The person comes back from the trial: the cell gets the focus again. */
  isBack: boolean;
}

/** `onBack`: shows the matrix again. */
export function useOpenedCell(onBack: () => void) {
  const opened = useRef<OpenedCell | null>(null);
  const back = () => {
    if (!opened.current) return;
    opened.current = { ...opened.current, isBack: true };
    onBack();
  };
  return { opened, back };
}

/** One cell is a stop of the tab key. `first`: the key of the cell that is the stop before any had the focus. */
export function useCellKeys<E extends HTMLElement>(
  nextCell: NextCell,
  first: string | undefined,
  opened: RefObject<OpenedCell | null> | undefined
) {
  const frame = useRef<E>(null);
  const [stop, setStop] = useState<string | null>(null);
  useEffect(() => {
    const cell = opened?.current;
    if (!cell?.isBack) return;
    opened!.current = { ...cell, isBack: false };
    cellsIn(frame.current)
      .find((each) => each.dataset.place === cell.key)
      ?.focus();
  }, [opened]);
  return {
    frame,
    tabIndexOf: (key: string) => ((stop ?? first) === key ? 0 : -1),
    onFocus: setStop,
    onKeyDown(event: KeyboardEvent<E>) {
      const move = MOVES[event.key];
      const all = cellsIn(frame.current);
      const from = all.find((button) => button === event.target);
      if (!move || !from) return;
      event.preventDefault();
      nextCell(all, from, move)?.focus();
    },
  };
}

const cellsIn = (frame: HTMLElement | null): Cell[] => [
  ...(frame?.querySelectorAll<HTMLButtonElement>('button[data-place]') ?? []),
];

/** Left and right go through the columns of a row; up and down to the nearest cell of the same column. */
export const nextInTable: NextCell = (all, from, move) => {
  const rowOf = (button: HTMLElement) => (button.closest('tr') as HTMLTableRowElement).rowIndex;
  const columnOf = (button: HTMLElement) => (button.closest('td') as HTMLTableCellElement).cellIndex;
  const inRow = all.filter((each) => rowOf(each) === rowOf(from));
  const inColumn = all.filter((each) => columnOf(each) === columnOf(from));
  switch (move) {
    case 'up':
      return inColumn[inColumn.indexOf(from) - 1];
    case 'down':
      return inColumn[inColumn.indexOf(from) + 1];
    case 'left':
      return inRow.findLast((each) => columnOf(each) < columnOf(from));
    case 'right':
      return inRow.find((each) => columnOf(each) > columnOf(from));
    case 'first':
      return inRow[0];
    case 'last':
      return inRow.at(-1);
  }
};

/** Left and right go in the order of the list; up and down to the nearest cell of the line above or below. */
export const nextInList: NextCell = (all, from, move) => {
  const at = all.indexOf(from);
  const { left, top } = from.getBoundingClientRect();
  const topOf = (cell: Cell) => cell.getBoundingClientRect().top;
  const inLine = (line: number | undefined) =>
    all
      .filter((each) => topOf(each) === line)
      .sort(
        (a, b) => Math.abs(a.getBoundingClientRect().left - left) - Math.abs(b.getBoundingClientRect().left - left)
      )[0];
  switch (move) {
    case 'up':
      return inLine(all.map(topOf).findLast((each) => each < top));
    case 'down':
      return inLine(all.map(topOf).find((each) => each > top));
    case 'left':
      return all[at - 1];
    case 'right':
      return all[at + 1];
    case 'first':
      return all[0];
    case 'last':
      return all.at(-1);
  }
};
