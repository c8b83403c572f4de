'use client';

import type { MadeLink } from '@/app/_contract/people';
import { Instant } from '@/components/ui/time';
import { OnceDialog } from './once';

/** The link of an invitation or of a new password. It is shown only once. */
export function LinkMade({ link, onClose }: { link: MadeLink; onClose: () => void }) {
  return (
    <OnceDialog
      title={`A link for ${link.email}`}
      description="Anybody who has this link can use it, once. It is not shown again."
      label="Link"
      text={link.url}
      onClose={onClose}
    >
      {link.mailed ? (
        <p role="status" className={link.mailed.ok ? 'text-sm text-ink-2' : 'text-sm text-fail'}>
          {link.mailed.message}
        </p>
      ) : null}
      <p className="text-xs text-ink-2">
        It is valid until <Instant atMs={link.expiresMs} to="minute" />, or until a newer link is created.
      </p>
    </OnceDialog>
  );
}
