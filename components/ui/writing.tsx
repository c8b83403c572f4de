'use client';

/**
 * The number format of this person: chosen in the person's menu and stored in a cookie, so that the server formats
 * numbers as the browser does.
 */
import { createContext, useContext, type ReactNode } from 'react';
import { writeMoney } from '@/engine/flow/values/money';
import { exactDigits } from '@/engine/flow/values/numbers';
import {
  DEFAULT_WRITING,
  groupDigits,
  WRITING_COOKIE,
  writingOf,
  type Writing,
  type WritingName,
} from '@/engine/flow/values/writing';

const WritingContext = createContext<Writing>(DEFAULT_WRITING);
const YEAR_S = 365 * 24 * 3_600;

export function WritingProvider({ name, children }: { name: WritingName; children: ReactNode }) {
  return <WritingContext.Provider value={writingOf(name)}>{children}</WritingContext.Provider>;
}
export const useWriting = (): Writing => useContext(WritingContext);

/** An amount in minor units of its currency. */
export function Money({ minor, currency }: { minor: number; currency: string | null }) {
  return <>{writeMoney(minor, currency, useWriting())}</>;
}

/** A count: '12,345'. */
export function useCount(): (count: number) => string {
  const writing = useWriting();
  return (count) => groupDigits(exactDigits(count), writing);
}

/** Takes effect with the next page that the server renders; `router.refresh()` requests it. */
export function keepWriting(name: WritingName): void {
  document.cookie = `${WRITING_COOKIE}=${name}; path=/; max-age=${YEAR_S}; samesite=lax`;
}
