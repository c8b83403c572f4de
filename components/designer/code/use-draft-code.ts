'use client';

/**
 * The code of the draft that the server holds. It is asked for again after every saved edit, one request at a time; the
 * last code that compiled stays until the next one is there.
 */
import { useEffect, useRef, useState } from 'react';
import type { CompiledCode, DraftCodeAnswer } from '@/app/_contract/code';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import type { Diagnostic } from '@/engine/flow/diagnostic';

/** Edits within this time are compiled together. */
const PACE_MS = 200;

export interface DraftCodeView {
  /** The newest that compiled; null before the first. */
  code: (CompiledCode & { number: number; version: number }) | null;
  /** The first code that was shown. */
  first: CompiledCode | null;
  /** Of the newest answer. */
  problems: readonly Diagnostic[];
  /** The newest answer did not compile. */
  isBroken: boolean;
  /** The code is not of the draft as it is now, or not known to be. */
  isStale: boolean;
  failure: AppFailure | null;
  again(): void;
}

/** `number`: of the draft that the server holds. `isOpen`: while it is false nothing is asked for. */
export function useDraftCode(draftId: string, number: number, isOpen: boolean): DraftCodeView {
  const [answer, setAnswer] = useState<DraftCodeAnswer | null>(null);
  const [code, setCode] = useState<DraftCodeView['code']>(null);
  const [first, setFirst] = useState<CompiledCode | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [turn, setTurn] = useState(0);
  const isAsking = useRef(false);
  const isDue = useRef(false);
  const known = useRef<number | null>(null);

  useEffect(() => {
    if (!isOpen || known.current === number) return;
    let isLeft = false;
    const ask = async () => {
      // The answer that is awaited may be of an earlier number: then it is asked for again.
      if (isAsking.current) {
        isDue.current = true;
        return;
      }
      isAsking.current = true;
      isDue.current = false;
      try {
        const next = await getJson<DraftCodeAnswer>(routes.draftCode(draftId));
        known.current = next.number;
        const { compiled } = next;
        setAnswer(next);
        setFailure(null);
        if (compiled) {
          setCode({ ...compiled, number: next.number, version: next.version });
          setFirst((before) => before ?? compiled);
        }
      } catch (error) {
        setFailure(failureFrom(error));
      }
      isAsking.current = false;
      if (isDue.current) setTurn((before) => before + 1);
    };
    const timer = setTimeout(() => !isLeft && void ask(), known.current === null ? 0 : PACE_MS);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [draftId, number, isOpen, turn]);

  return {
    code,
    first,
    problems: answer?.diagnostics ?? [],
    isBroken: answer !== null && answer.compiled === null,
    isStale: answer === null || answer.number !== number || answer.compiled === null,
    failure,
    again: () => {
      known.current = null;
      setTurn((before) => before + 1);
    },
  };
}
