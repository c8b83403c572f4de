'use client';

import { useSyncExternalStore } from 'react';
import type { LinkState } from '@/app/_contract/live';
import { onLink, readLink, readLinkOnServer } from './link';

/** The state that the live sign shows. */
export function useLink(): LinkState {
  return useSyncExternalStore(onLink, readLink, readLinkOnServer);
}
