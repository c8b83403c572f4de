'use client';

/** Plays the kept tests of the draft on the screen, one after the other, as trials; publishing plays the same. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { TryAnswer } from '@/app/_contract/trial';
import { failureFrom, postJson } from '@/components/live/api';
import type { FlowDocument } from '@/engine/flow/document';
import { differencesOf, unreachedIn, type Difference, type FlowTest, type Outcome } from '@/engine/flow/tests';
import { allNodes } from '@/engine/flow/tree';
import { unfitIn, withoutUnfit } from '@/engine/flow/unfit-tests';
import { outcomeOf } from '@/engine/trial/outcome';

export interface TestResult {
  differences: Difference[];
  outcome: Outcome;
  /** The test and the flow as they were played. */
  of: string;
}
export interface Tests {
  list: readonly FlowTest[];
  /**
   * The last result of a test; null: it was not played since the page was opened. `isStale`: of another flow or test.
   */
  resultOf(test: FlowTest): (TestResult & { isStale: boolean }) | null;
  /** Why a test no longer fits the flow; empty: it fits. Such a test is not played. */
  unfitOf(test: FlowTest): readonly Difference[];
  /** The test without what no longer fits. */
  fitted(test: FlowTest): FlowTest;
  /** The name of the one that is played now. */
  playing: string | null;
  failure: AppFailure | null;
  play(tests: readonly FlowTest[]): void;
}

export function useTests(draftId: string, document: FlowDocument): Tests {
  const [results, setResults] = useState<Readonly<Record<string, TestResult>>>({});
  const [playing, setPlaying] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const left = useRef<AbortController | null>(null);
  const leave = useCallback(() => left.current?.abort(), []);
  useEffect(() => leave, [leave]);
  const list = document.tests ?? [];

  const play = (tests: readonly FlowTest[]) => {
    leave();
    const mine = new AbortController();
    left.current = mine;
    setFailure(null);
    const titles = new Map(allNodes(document.steps).map(({ id, title }) => [id, title]));
    const run = async () => {
      for (const test of tests) {
        if (unfitIn(test, document).length > 0) continue;
        setPlaying(test.name);
        const body = { document: untested(document), plan: test.plan };
        const { result } = await postJson<TryAnswer>(routes.tryDraft(draftId), body, mine.signal);
        if (mine.signal.aborted) return;
        const outcome = outcomeOf(result);
        const differences = differencesOf(
          test.expect,
          outcome,
          (id) => titles.get(id) ?? null,
          unreachedIn(test.plan, result.reached)
        );
        setResults((all) => ({ ...all, [test.name]: { differences, outcome, of: keyOf(test, document) } }));
      }
    };
    void run()
      .catch((error: unknown) => {
        if (!mine.signal.aborted) setFailure(failureFrom(error));
      })
      .finally(() => {
        if (!mine.signal.aborted) setPlaying(null);
      });
  };
  return {
    list,
    resultOf(test) {
      const result = results[test.name];
      return result ? { ...result, isStale: result.of !== keyOf(test, document) } : null;
    },
    unfitOf: (test) => unfitIn(test, document),
    fitted: (test) => withoutUnfit(test, document),
    playing,
    failure,
    play,
  };
}

/** Tests are no part of what is played. */
export function untested(document: FlowDocument): FlowDocument {
  const { tests: _, ...flow } = document;
  return flow;
}
const keyOf = (test: FlowTest, document: FlowDocument): string => JSON.stringify([test, untested(document)]);
