'use client';

import { OnceDialog } from '@/components/settings/once';

export function SecretOnce({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  return (
    <OnceDialog
      title={`The secret of '${title}'`}
      description="It is shown only once. The receiver verifies the signatures of events with it."
      label="Secret"
      text={secret}
      onClose={onClose}
    >
      <p className="text-sm text-ink-2">The page of the subscription has code that verifies a signature.</p>
    </OnceDialog>
  );
}
