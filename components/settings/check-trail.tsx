'use client';

/** Settings, Audit: a check that nothing in the trail was changed, removed or added past its chain. */
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { AuditCheck } from '@/app/_contract/audit';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';

export function CheckTrail() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <ShieldCheck aria-hidden />
        Check the trail
      </Button>
      {open ? <CheckDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CheckDialog({ onClose }: { onClose: () => void }) {
  const [head, setHead] = useState('');
  const [found, setFound] = useState<AuditCheck | null>(null);
  const { pending, failure, send } = useSend(['audit']);
  const check = async () => setFound(await send<AuditCheck>(routes.checkAudit(), { head: head.trim() }));
  return (
    <FormDialog
      title="Check the audit trail"
      description="Each entry is chained to the one before it. The check reads all of them and finds every one that was changed, removed or added past the chain, also by somebody with access to the database."
      action={found ? 'Check again' : 'Check'}
      leave={found ? 'Close' : 'Cancel'}
      pending={pending}
      onSubmit={() => void check()}
      onClose={onClose}
    >
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      <Field
        label="Head of an earlier check"
        help="With it, the check also finds that the end was cut off, or that everything was written anew."
        error={failure?.problems?.[0]?.message}
      >
        <Input
          className="font-mono"
          value={head}
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          placeholder="4812:9f3a…"
          onChange={({ target }) => setHead(target.value)}
        />
      </Field>
      {found ? <Found check={found} /> : null}
    </FormDialog>
  );
}

function Found({ check: { entries, head, faults, found } }: { check: AuditCheck }) {
  const text = `${head.link}:${head.hash}`;
  return (
    <section aria-label="Result" className="flex flex-col gap-3">
      {found === 0 ? (
        <p role="status" className="text-sm">
          {entryWords(entries)}: none was changed, removed or added past the chain.
        </p>
      ) : (
        <div role="alert" className="rounded-md border border-fail/40 bg-fail-tint px-3 py-2 text-sm">
          <p className="font-medium">
            {entryWords(entries)}, {found === 1 ? '1 fault' : `${found.toLocaleString('en')} faults`}
          </p>
          <ul className="mt-1 flex flex-col gap-1">
            {faults.map(({ link, entry, what }, at) => (
              <li key={at} className="[overflow-wrap:anywhere]">
                {what} <span className="font-mono text-xs text-ink-2">{entry ?? `link ${link}`}</span>
              </li>
            ))}
          </ul>
          {found > faults.length ? <p className="mt-1">and {found - faults.length} more</p> : null}
        </div>
      )}
      <div>
        <h3 className="text-xs font-medium">Head</h3>
        <div className="mt-1 flex items-center gap-2 rounded-md border border-hairline bg-sunken py-1 pl-3 pr-1">
          <code aria-label="Head" className="min-w-0 flex-1 select-all break-all font-mono text-xs">
            {text}
          </code>
          <CopyButton text={text} label="Copy the head" />
        </div>
        <p className="mt-1 text-xs text-ink-2">Keep it outside of this system, for a later check.</p>
      </div>
    </section>
  );
}

const entryWords = (count: number) => (count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`);
