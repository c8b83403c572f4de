'use client';

import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';
import { Dialog } from '@/components/ui/dialog';

interface OnceDialogProps {
  title: string;
  description: string;
  /** What `text` is: 'Link' or 'Key'. */
  label: string;
  text: string;
  onClose: () => void;
  children: ReactNode;
}

/** A secret that is shown only once: a link or a key. */
export function OnceDialog({ title, description, label, text, onClose, children }: OnceDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex items-center gap-2 rounded-md border border-hairline bg-sunken py-1 pl-3 pr-1">
          <code aria-label={label} className="min-w-0 flex-1 select-all break-all font-mono text-xs">
            {text}
          </code>
          <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
        </div>
        {children}
      </div>
    </Dialog>
  );
}
