'use client';

/**
 * The problems that only the compiler finds, for the whole draft, from the worker of expressions. The worker is loaded
 * when the page has nothing else to do.
 *
 * Rules
 * [UTP1] One draft is checked at a time; of those that came meanwhile, only the newest is checked after it.
 * [UTP4] A check begins when nothing was edited or pressed for a moment, and for at least as long as the last check
 *        took: of a large flow it takes longer than the pause between two acts, and whoever goes on would always share
 *        the processors with a check of what they have changed already, or are about to.
 * [UTP2] Until the answer for a draft is there, the problems of the one before remain, but those of nodes that are
 *        gone.
 * [UTP3] If the worker cannot be loaded, the draft has no such problems here: publishing checks the same.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { factsOf } from '@/engine/flow/nodes/table';
import { allNodes } from '@/engine/flow/tree';

export type CheckFlow = (document: FlowDocument, catalogue: Catalogue) => Promise<readonly Diagnostic[]>;

const NONE: readonly Diagnostic[] = [];
/** Several keystrokes are one check. */
const PAUSE_MS = 80;
const LONGEST_PAUSE_MS = 600;
const PRESSES = ['keydown', 'pointerdown'] as const;

export function useTypeProblems(
  document: FlowDocument,
  catalogue: Catalogue,
  check: CheckFlow = inWorker
): readonly Diagnostic[] {
  const [found, setFound] = useState(NONE);
  const idle = useRef(false);
  const newest = useRef({ document, catalogue });
  const running = useRef(false);
  const isLoaded = useRef(false);
  const pause = useRef(PAUSE_MS);
  const acted = useRef(0);
  const cancel = useRef(() => {});
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    const pressed = () => void (acted.current = performance.now());
    for (const press of PRESSES) addEventListener(press, pressed, { capture: true, passive: true });
    return () => {
      isOpen.current = false;
      for (const press of PRESSES) removeEventListener(press, pressed, { capture: true });
    };
  }, []);

  useEffect(() => {
    newest.current = { document, catalogue };
    acted.current = performance.now();
    const run = async () => {
      if (running.current) return;
      running.current = true;
      const asked = newest.current;
      const begun = performance.now();
      const problems = await problemsOf(asked, check).catch(() => NONE);
      // The first one also loads the compiler.
      if (isLoaded.current) pause.current = Math.min(Math.max(PAUSE_MS, performance.now() - begun), LONGEST_PAUSE_MS);
      isLoaded.current = true;
      running.current = false;
      if (!isOpen.current) return;
      setFound(problems);
      if (asked === newest.current) return;
      cancel.current();
      cancel.current = afterPause(run, left);
    };
    const left = () => pause.current - (performance.now() - acted.current);
    const begin = () => {
      idle.current = true;
      void run();
    };
    cancel.current = idle.current ? afterPause(run, left) : whenIdle(begin);
    return () => cancel.current();
  }, [document, catalogue, check]);

  return useMemo(() => {
    const ids = new Set(allNodes(document.steps).map(({ id }) => id));
    const still = found.filter(({ nodeId }) => nodeId === null || ids.has(nodeId));
    return still.length === 0 ? NONE : still;
  }, [document, found]);
}

/** Rejects whatever fails, so that the next draft is checked all the same. */
async function problemsOf(
  { document, catalogue }: { document: FlowDocument; catalogue: Catalogue },
  check: CheckFlow
): Promise<readonly Diagnostic[]> {
  return check(document, calledIn(document, catalogue));
}

/** What the flow calls: a catalogue can have thousands of operations. */
function calledIn(document: FlowDocument, catalogue: Catalogue): Catalogue {
  const names = new Set(allNodes(document.steps).flatMap((node) => factsOf(node).activities(node)));
  return Object.fromEntries(Object.entries(catalogue).filter(([name]) => names.has(name)));
}

const inWorker: CheckFlow = async (document, catalogue) => {
  if (typeof Worker === 'undefined') return NONE;
  const { askLanguage } = await import('./inspector/expressions/language-client');
  return askLanguage({ ask: 'flow', document, catalogue });
};

/** Runs when no milliseconds are left; until then there may be more of them each time. Returns what cancels it. */
function afterPause(run: () => unknown, left: () => number): () => void {
  let pause: ReturnType<typeof setTimeout>;
  const wait = () => {
    pause = setTimeout(() => (left() > 0 ? wait() : run()), left());
  };
  wait();
  return () => clearTimeout(pause);
}

/** Safari has no idle callbacks. */
function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const later = setTimeout(run, 1_000);
    return () => clearTimeout(later);
  }
  const handle = requestIdleCallback(run, { timeout: 3_000 });
  return () => cancelIdleCallback(handle);
}
