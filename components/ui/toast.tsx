'use client';

import { Toaster as Sonner, toast } from 'sonner';
import { usePhone } from './use-wide';

/**
 * Mounted once, in the root layout. Toasts confirm what was done; anything that needs an answer is a dialog, never a
 * toast.
 */
export function Toaster() {
  return (
    <Sonner
      // The buttons of a sheet, and the bar with the pages, are at the lower edge of a phone.
      position={usePhone() ? 'top-center' : 'bottom-right'}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-3 rounded-lg border border-hairline bg-raised px-4 py-3 font-sans text-sm text-ink shadow-float',
          title: 'font-medium',
          description: 'text-ink-2',
          error: '!border-fail/50',
          icon: 'mt-0.5',
          actionButton: 'ml-auto shrink-0 font-medium underline underline-offset-2',
        },
      }}
    />
  );
}
export { toast };
