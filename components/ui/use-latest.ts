'use client';

import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * The same function in every rendering, which calls the newest one: what it is given to is not drawn again because of
 * it. For handlers of events, which are not called while a page is drawn.
 */
export function useLatest<Args extends unknown[], Result>(call: (...args: Args) => Result): (...args: Args) => Result {
  const latest = useRef(call);
  useLayoutEffect(() => {
    latest.current = call;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
