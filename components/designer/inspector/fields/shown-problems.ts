/**
 * Which problems the form shows now, so that it can list the others at its top [INS4]. A field that is on the page is
 * counted as a place for its problems, also while its own editor says something else.
 */
import { createContext, useContext, useLayoutEffect, useState } from 'react';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { fieldName } from '../place';

/** A problem, or the name of a field, or `everythingIn` it. */
type Shown = object | string;
export const everythingIn = (name: string): string => `${name}.*`;

export class ShownProblems {
  readonly #times = new Map<Shown, number>();

  /** Returns what ends it. */
  add(each: Shown): () => void {
    this.#times.set(each, (this.#times.get(each) ?? 0) + 1);
    return () => {
      const left = (this.#times.get(each) ?? 0) - 1;
      if (left > 0) this.#times.set(each, left);
      else this.#times.delete(each);
    };
  }
  has(problem: Diagnostic): boolean {
    const { path } = problem;
    return (
      this.#times.has(problem) ||
      this.#times.has(fieldName(path)) ||
      path.some((_, index) => this.#times.has(everythingIn(fieldName(path.slice(0, index + 1)))))
    );
  }
}

/** Null outside of the inspector: there nobody asks. */
export const ShownProblemsContext = createContext<ShownProblems | null>(null);

/** These problems, or the field of this name, are on the page as long as the component is. */
export function useShown(shown: readonly Shown[]): void {
  const all = useContext(ShownProblemsContext);
  useLayoutEffect(() => {
    const ends = all ? shown.map((each) => all.add(each)) : [];
    return () => ends.forEach((end) => end());
  });
}

/** Those of these problems that no field shows, after every rendering of the form, before the browser draws it. */
export function useHomeless(problems: readonly Diagnostic[], all: ShownProblems): readonly Diagnostic[] {
  const [homeless, setHomeless] = useState<readonly Diagnostic[]>([]);
  useLayoutEffect(() => {
    const next = problems.filter((each) => !all.has(each));
    setHomeless((before) =>
      before.length === next.length && next.every((each, index) => each === before[index]) ? before : next
    );
  });
  return homeless;
}
