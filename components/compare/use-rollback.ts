'use client';

/**
 * The failure matrix of two documents, one after the other, since a person has one trial at a time; compared as the
 * cells come. What was played is kept while the page is open.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { MatrixLine } from '@/app/_contract/trial';
import { placesOf } from '@/components/designer/trial/cell-words';
import { EMPTY_PLAN } from '@/components/designer/trial/plan-edits';
import { failureFrom, postForLines } from '@/components/live/api';
import type { FlowDocument } from '@/engine/flow/document';
import { compareMatrices, type RollbackComparison } from '@/engine/trial/compare-matrices';
import type { MatrixCell, MatrixRow } from '@/engine/trial/matrix-cells';
import { notComparedWords } from './rollback-words';

interface Played {
  rows: MatrixRow[];
  cells: MatrixCell[];
  /** Why it ended before the last failure; null: it did not. */
  ended: string | null;
}
export interface Rollback {
  state: 'none' | 'before' | 'after' | 'done';
  played: number;
  /** How many failures there are, as far as it is known. */
  expected: number;
  comparison: RollbackComparison | null;
  /** What ended early, in words. */
  early: string[];
  /** What the comparison does not see, in sentences. */
  notCompared: string[];
  failure: AppFailure | null;
  play(): void;
  stop(): void;
}

/** Cells that come within this time are drawn together. */
const PAINT_MS = 80;
const NONE: Played = { rows: [], cells: [], ended: null };

export interface PlayedSide {
  label: string;
  document: FlowDocument;
}

export function useRollback(from: PlayedSide, to: PlayedSide): Rollback {
  const [before, setBefore] = useState<Played>(NONE);
  const [after, setAfter] = useState<Played>(NONE);
  const [state, setState] = useState<Rollback['state']>('none');
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const left = useRef<AbortController | null>(null);
  const leave = useCallback(() => left.current?.abort(), []);
  useEffect(() => leave, [leave]);

  const play = async () => {
    leave();
    const mine = new AbortController();
    left.current = mine;
    setFailure(null);
    setBefore(NONE);
    setAfter(NONE);
    try {
      setState('before');
      await playMatrix(from.document, mine.signal, setBefore);
      if (mine.signal.aborted) return;
      setState('after');
      await playMatrix(to.document, mine.signal, setAfter);
    } catch (error) {
      if (!mine.signal.aborted) setFailure(failureFrom(error));
    }
    if (!mine.signal.aborted) setState('done');
  };
  const comparison = useMemo(() => {
    if (state === 'none' || state === 'before') return null;
    const result = compareMatrices(before, after);
    return state === 'after' ? { ...result, notPlayed: 0 } : result;
  }, [state, before, after]);
  return {
    state,
    played: before.cells.length + after.cells.length,
    expected: placesIn(before) + (state === 'before' ? placesIn(before) : placesIn(after)),
    comparison,
    early: [
      ...(before.ended === null ? [] : [`${from.label}: ${before.ended}`]),
      ...(after.ended === null ? [] : [`${to.label}: ${after.ended}`]),
    ],
    notCompared: comparison ? notComparedWords(comparison.unreached, from.document, to.document) : [],
    failure,
    play: () => void play(),
    stop: () => {
      leave();
      setState('done');
    },
  };
}

const placesIn = ({ rows }: Played) => rows.reduce((sum, row) => sum + placesOf(row).length, 0);

async function playMatrix(document: FlowDocument, signal: AbortSignal, show: (played: Played) => void): Promise<void> {
  let rows: MatrixRow[] = [];
  const cells: MatrixCell[] = [];
  let end: Extract<MatrixLine, { kind: 'end' }> | null = null;
  let painting: ReturnType<typeof setTimeout> | null = null;
  const paint = () => {
    painting = null;
    if (!signal.aborted) show({ rows, cells: [...cells], ended: null });
  };
  await postForLines<MatrixLine>(
    routes.tryMatrix('compared'),
    { document, plan: EMPTY_PLAN },
    (line) => {
      if (line.kind === 'rows') rows = line.rows;
      else if (line.kind === 'cell') cells.push(line.cell);
      else end = line;
      painting ??= setTimeout(paint, PAINT_MS);
    },
    signal
  );
  if (painting) clearTimeout(painting);
  const last = end as Extract<MatrixLine, { kind: 'end' }> | null;
  const ended =
    last?.end === 'done' ? null : (last?.message ?? 'The connection was lost before the last failure was played.');
  if (!signal.aborted) show({ rows, cells, ended });
}
