'use client';

/** The failure matrix of the draft on the screen, cell by cell as they come. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { FAILURES } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { MatrixLine } from '@/app/_contract/trial';
import { failureFrom, postForLines } from '@/components/live/api';
import type { FlowDocument } from '@/engine/flow/document';
import type { MatrixCell, MatrixRow } from '@/engine/trial/matrix-cells';
import type { TrialPlan } from '@/engine/flow/trial-plan';
import { EMPTY_PLAN } from './plan-edits';

export interface Matrix {
  rows: MatrixRow[];
  cells: MatrixCell[];
  state: 'none' | 'playing' | 'done';
  failure: AppFailure | null;
  /** The cells are of another document than the one on the screen. */
  isStale: boolean;
  play(): void;
  stop(): void;
}

/** Cells that come within this time are drawn together. */
const PAINT_MS = 60;

/**
 * `input`: what the run starts with; without it as in a trial. Failures that a person tries are no part of the matrix.
 */
export function useMatrix(draftId: string, document: FlowDocument, input: TrialPlan['input']): Matrix {
  const [shown, setShown] = useState<{ rows: MatrixRow[]; cells: MatrixCell[] }>({ rows: [], cells: [] });
  const [state, setState] = useState<Matrix['state']>('none');
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [of, setOf] = useState('');
  const left = useRef<AbortController | null>(null);
  const leave = useCallback(() => left.current?.abort(), []);
  useEffect(() => leave, [leave]);

  const play = () => {
    leave();
    const mine = new AbortController();
    left.current = mine;
    let rows: MatrixRow[] = [];
    let cells: MatrixCell[] = [];
    let end: Extract<MatrixLine, { kind: 'end' }> | null = null;
    let painting: ReturnType<typeof setTimeout> | null = null;
    const paint = () => {
      painting = null;
      if (!mine.signal.aborted) setShown({ rows, cells });
    };
    const onLine = (line: MatrixLine) => {
      if (line.kind === 'rows') rows = line.rows;
      else if (line.kind === 'cell') cells = [...cells, line.cell];
      else end = line;
      painting ??= setTimeout(paint, PAINT_MS);
    };
    const finish = (refused: AppFailure | null) => {
      if (mine.signal.aborted) return;
      if (painting) clearTimeout(painting);
      setShown({ rows, cells });
      setFailure(refused);
      setState('done');
    };
    setShown({ rows, cells });
    setFailure(null);
    setState('playing');
    setOf(JSON.stringify(document));
    const plan: TrialPlan = { ...EMPTY_PLAN, input };
    postForLines<MatrixLine>(routes.tryMatrix(draftId), { document, plan }, onLine, mine.signal).then(
      () => finish(end?.end === 'done' ? null : endedEarly(end?.message)),
      (error: unknown) => finish(failureFrom(error))
    );
  };
  const stop = () => {
    leave();
    setState('done');
  };
  return {
    ...shown,
    state,
    failure,
    isStale: state !== 'none' && of !== JSON.stringify(document),
    play,
    stop,
  };
}

const endedEarly = (message = 'The connection was lost before the last failure was played.'): AppFailure => ({
  code: 'trialEnded',
  message,
  whatToDo: FAILURES.trialEnded.whatToDo,
});
