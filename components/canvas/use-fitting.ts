'use client';

/**
 * How a drawing fits into its view (engine/flow/layout/fit.ts). It is asked when the view first has a size, when the
 * drawing is turned, and when the person asks; not when the view is resized or the run goes on, because a drawing must
 * not change by itself. But trouble is never hidden: it opens the fold that it is in.
 *
 * What the person opens stays open, on other pages of the flow and later as well: among the folds that are remembered
 * there is a mark for it.
 */
import { useCallback, useMemo, useState } from 'react';
import { sequencesIn } from '@/engine/flow/branches';
import type { FlowDocument } from '@/engine/flow/document';
import { fitInto, NO_FIT, type Fit } from '@/engine/flow/layout/fit';
import { foldsAround, NO_FOLDS } from '@/engine/flow/layout/folds';
import type { DrawingDirection } from '@/engine/flow/layout/layout';
import { nodeIn } from '@/engine/flow/tree';
import { TROUBLE } from '@/engine/run-view/loops';
import type { Ledger, NodeView, RunFacts } from '@/engine/run-view/model';
import { isLeftBehind } from '@/engine/run-view/remaining';
import { roomIn, useSize } from './camera';
import { firstInteresting } from './ranges';
import type { Folds } from './use-folds';

interface Options {
  document: FlowDocument;
  direction: DrawingDirection;
  linings: ReadonlySet<string>;
  states: Record<string, NodeView> | undefined;
  ledger: Ledger | undefined;
  status: RunFacts['status'] | undefined;
  selected: string | null;
  /** What must be seen. */
  keep: readonly string[];
  /** By hand; without them nothing is folded. */
  folds: Folds | undefined;
  /** Who draws folds by hand: what is edited is not hidden. */
  edited: boolean;
}
interface Fitting extends Fit {
  folds: Folds | undefined;
  /** How often the person has asked for it. */
  asked: number;
  ask: () => void;
}

const OPENED = '!';
const openedIn = (folds: Folds | undefined) =>
  [...(folds?.folded ?? NO_FOLDS)].filter((key) => key.startsWith(OPENED)).map((key) => key.slice(OPENED.length));

export function useFitting({
  document,
  direction,
  linings,
  states,
  ledger,
  status,
  selected,
  keep,
  folds,
  edited,
}: Options): Fitting {
  const size = useSize();
  const [asked, setAsked] = useState(0);
  const [made, setMade] = useState<{ for: string; fit: Fit }>({ for: '', fit: NO_FIT });
  const { steps } = document;
  const trouble = useMemo(() => troubleIn(states, ledger, status), [states, ledger, status]);

  const wanted = `${direction} ${asked}`;
  if (made.for !== wanted && size.width > 0 && size.height > 0) {
    const seen = [selected, firstInteresting(states), ...keep, ...trouble, ...insideOf(openedIn(folds), steps)];
    const fit = fitInto(document, direction, {
      room: roomIn(size, direction),
      lined: linings,
      edited,
      folded: folds?.folded,
      keep: folds && !edited ? new Set(seen.filter((id) => id !== null)) : 'all',
    });
    setMade({ for: wanted, fit });
  }
  const { fit } = made;
  const open = useCallback(
    (keys: readonly string[]) =>
      setMade((now) => {
        const left = [...now.fit.folded].filter((key) => !keys.includes(key));
        return left.length === now.fit.folded.size ? now : { ...now, fit: { ...now.fit, folded: new Set(left) } };
      }),
    []
  );
  const hides = fit.folded.size === 0 ? [] : trouble.flatMap((id) => foldsAround(steps, fit.folded, id));
  if (hides.length > 0) open(hides);

  const ask = useCallback(() => {
    folds?.unfold(...openedIn(folds).map((key) => OPENED + key));
    setAsked((times) => times + 1);
  }, [folds]);
  const both = useMemo((): Folds | undefined => {
    if (!folds || edited) return folds;
    const marks = (keys: readonly string[]) => keys.filter((key) => fit.folded.has(key)).map((key) => OPENED + key);
    return {
      ...folds,
      folded: fit.folded.size === 0 ? folds.folded : new Set([...folds.folded, ...fit.folded]),
      fold(...keys) {
        folds.unfold(...keys.map((key) => OPENED + key));
        folds.fold(...keys);
      },
      unfold(...keys) {
        folds.unfold(...keys);
        folds.fold(...marks(keys));
        open(keys);
      },
      unfoldAll() {
        folds.unfoldAll();
        folds.fold(...marks([...fit.folded]));
        open([...fit.folded]);
      },
      reveal(inside, id) {
        folds.reveal(inside, id);
        open(foldsAround(inside, fit.folded, id));
      },
    };
  }, [folds, edited, fit, open]);
  return useMemo(() => ({ ...fit, folds: both, asked, ask }), [fit, both, asked, ask]);
}

/** What is never hidden: what went wrong, what is being undone, and what a closed run has left behind. */
function troubleIn(
  states: Record<string, NodeView> | undefined,
  ledger: Ledger | undefined,
  status: RunFacts['status'] | undefined
): string[] {
  const wrong = Object.values(states ?? {}).filter(
    ({ state, fault }) => TROUBLE.has(state) || state === 'unwinding' || fault !== null
  );
  const isOver = status !== undefined && status !== 'running';
  const left = isOver ? (ledger?.entries ?? []).filter((entry) => isLeftBehind(entry, status === 'completed')) : [];
  return [...wrong, ...left].map(({ nodeId }) => nodeId);
}

/** A node inside each of these nodes: to keep it in view means to keep them open. */
const insideOf = (ids: readonly string[], steps: FlowDocument['steps']): string[] =>
  ids.flatMap((id) => {
    const node = nodeIn(steps, id);
    return node ? sequencesIn(node).flatMap((inner) => inner.steps.slice(0, 1).map((step) => step.id)) : [];
  });
