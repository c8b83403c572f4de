import { useSyncExternalStore } from 'react';

/** What is after the '#' of the address; null until the browser has read it. */
export const useToken = () =>
  useSyncExternalStore<string | null>(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash.slice(1),
    () => null
  );
