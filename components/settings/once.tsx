'use client';

import { CopyButton } from '@/components/ui/copyable';

/** A secret that is shown only once: a link or a key. */
export function Once({ label, text }: { label: string; text: string }) {
  return (
    <div className="flex items-center gap-2 rounded-md border border-hairline bg-sunken py-1 pl-3 pr-1">
      <code aria-label={label} className="min-w-0 flex-1 select-all break-all font-mono text-xs">
        {text}
      </code>
      <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
    </div>
  );
}
