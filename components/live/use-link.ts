'use client';

import { useSyncExternalStore } from 'react';
import type { LinkState } from '@/app/_contract/live';
import { onLink, readLink, readLinkOnServer } from './link';

/** What the live sign shows. */
export function useLink(): LinkState {
  return useSyncExternalStore(onLink, readLink, readLinkOnServer);
}
