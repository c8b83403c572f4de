'use client';

import { Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';

/** Codes that are shown only once, to keep them in another place. */
export function RecoveryCodes({ codes, email }: { codes: readonly string[]; email: string }) {
  const text = codes.join('\n');
  const file = `Recovery codes of ${email} for Backstitch. Each works once.\n\n${text}\n`;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2 rounded-md border border-hairline bg-sunken py-2 pl-3 pr-1">
        <ol aria-label="Recovery codes" className="grid min-w-0 flex-1 grid-cols-2 gap-x-4 gap-y-1 font-mono text-sm">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <CopyButton text={text} label="Copy the recovery codes" />
      </div>
      <Button className="self-start" onClick={() => save(file)}>
        <Download aria-hidden />
        Download
      </Button>
    </div>
  );
}

function save(text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'backstitch-recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(link.href);
}
