'use client';

import { toast } from '@/components/ui/toast';
import { reportOf } from './report';
import type { RunView } from './run-view';

/** To the clipboard. `from`: where the run was seen; otherwise the address of the page without what is selected on it. */
export async function copyReport(view: RunView, from?: string): Promise<void> {
  const { origin, pathname } = window.location;
  try {
    await navigator.clipboard.writeText(reportOf(view, from ?? `${origin}${pathname}`));
    toast.success('The report was copied.');
  } catch {
    toast.error('The browser did not allow it to copy.');
  }
}
