'use client';

import { CopyButton } from './copyable';

/** Text to paste elsewhere: a call, a program, a configuration. */
export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative min-w-0">
      <div className="absolute right-1 top-1 rounded-md bg-paper">
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto rounded-md border border-hairline bg-paper py-2 pl-3 pr-10 font-mono text-xs leading-5"
      >
        {text}
      </pre>
    </div>
  );
}
