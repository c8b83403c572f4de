'use client';

/**
 * A trial of the draft on the screen: its plan, its result, and the moment that is shown. It plays again after every
 * change of the plan or of the document, while its panel is open. What it gives the drawing is what a run gives it.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { TryAnswer } from '@/app/_contract/trial';
import { failureFrom, postJson } from '@/components/live/api';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import type { BranchState, Ledger, NodeView, RunFacts, RunProjection } from '@/engine/run-view/model';
import { project } from '@/engine/run-view/project';
import type { TrialPlan } from '@/engine/flow/trial-plan';
import { factsAt, type TrialResult } from '@/engine/trial/result';
import { untested } from '../tests/use-tests';
import { EMPTY_PLAN } from './plan-edits';

/** Changes within this time are played together. */
const PACE_MS = 350;

/** The props of SagaCanvas that show a run. */
export interface TrialPicture {
  states: Record<string, NodeView>;
  branches: Record<string, BranchState>;
  ledger: Ledger;
  status: RunFacts['status'];
}

export interface Trial {
  plan: TrialPlan;
  /** Plays this plan, which may be that of a cell of the matrix, and shows its end. */
  setPlan(plan: TrialPlan): void;
  /** The newest result; null before the first. It stays on the screen while the next one is played. */
  result: TrialResult | null;
  /** The result is not of the plan and the document as they are now. */
  isStale: boolean;
  isPlaying: boolean;
  failure: AppFailure | null;
  again(): void;
  /** The moment that is shown; there are `moments` of them. */
  at: number;
  moments: number;
  setAt(at: number): void;
  projection: RunProjection | null;
  picture: TrialPicture | null;
}

/** `isOpen`: while it is false nothing is played, and there is no picture. */
export function useTrial(draftId: string, document: FlowDocument, isOpen: boolean): Trial {
  const [plan, setPlan] = useState<TrialPlan>(EMPTY_PLAN);
  const [newest, setNewest] = useState<{ result: TrialResult; of: string } | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [turn, setTurn] = useState(0);
  /** Null: the end, also of a later result. */
  const [shown, setShown] = useState<number | null>(null);
  const played = useMemo(() => untested(document), [document]);
  const asked = useMemo(() => JSON.stringify([played, plan]), [played, plan]);
  const isFirst = useRef(true);

  useEffect(() => {
    if (!isOpen) return;
    const left = new AbortController();
    const play = async () => {
      setPlaying(true);
      try {
        const body = { document: played, plan };
        const { result } = await postJson<TryAnswer>(routes.tryDraft(draftId), body, left.signal);
        if (left.signal.aborted) return;
        setNewest({ result, of: asked });
        setFailure(null);
      } catch (error) {
        if (left.signal.aborted) return;
        setFailure(failureFrom(error));
      }
      setPlaying(false);
    };
    const timer = setTimeout(() => void play(), isFirst.current ? 0 : PACE_MS);
    isFirst.current = false;
    return () => {
      clearTimeout(timer);
      left.abort();
    };
    // `asked` covers the document and the plan: another object with the same content is not played again.
  }, [draftId, asked, isOpen, turn]);

  const result = newest?.result ?? null;
  const moments = result?.moments.length ?? 0;
  const at = Math.max(0, Math.min(shown ?? moments - 1, moments - 1));
  const facts = useMemo(() => (result ? factsAt(result, at) : null), [result, at]);
  const projection = useMemo(() => (result && facts ? project(facts, result.manifest) : null), [result, facts]);
  const isOfDocument = result !== null && sameNodes(result, document);
  const picture = useMemo(
    () =>
      projection && facts && isOpen && isOfDocument
        ? {
            states: projection.nodes,
            branches: projection.branches,
            ledger: projection.ledger,
            status: facts.status,
          }
        : null,
    [projection, facts, isOpen, isOfDocument]
  );
  return {
    plan,
    setPlan: useCallback((next: TrialPlan) => {
      setPlan(next);
      setShown(null);
    }, []),
    result,
    isStale: newest !== null && newest.of !== asked,
    isPlaying,
    failure,
    again: () => setTurn((number) => number + 1),
    at,
    moments,
    setAt: useCallback((next: number) => setShown(next), []),
    projection,
    picture,
  };
}

/** A drawing cannot show states of nodes that were not played. */
function sameNodes({ manifest }: TrialResult, document: FlowDocument): boolean {
  return idsOf(manifest.document) === idsOf(document);
}
const idsOf = ({ steps }: FlowDocument): string =>
  allNodes(steps)
    .map(({ id }) => id)
    .join();
