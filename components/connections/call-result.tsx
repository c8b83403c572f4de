'use client';

/** What a real call brought: status, time and body. `told`: what it means, in place of the failure. */
import type { CallReport } from '@/app/_contract/connections';
import { JsonTree } from '@/components/ui/json-tree';
import { PlainText } from '@/components/ui/plain-text';
import { Badge } from '@/components/ui/surface';
import { readPasted } from '@/engine/flow/values/pasted';

export function CallResult({
  report,
  told = null,
}: {
  report: CallReport;
  told?: { isReached: boolean; words: string } | null;
}) {
  const { status, headers, text, shortened, tookMs, failure, sent } = report;
  const body = jsonIn(text);
  return (
    <section aria-label="Answer of the call" aria-live="polite" className="flex min-w-0 flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        {status === null ? (
          // Only HTTP has statuses.
          <Badge tone={failure ? 'fail' : 'forward'}>{failure ? 'Failed' : 'Done'}</Badge>
        ) : (
          <Badge tone={told?.isReached ? 'neutral' : failure ? 'fail' : 'forward'}>{status}</Badge>
        )}
        <span className="figures text-ink-2">{tookMs} ms</span>
        {headers['content-type'] ? <span className="text-xs text-ink-2">{headers['content-type']}</span> : null}
        {sent ? null : <span className="text-xs text-ink-2">Nothing was sent.</span>}
      </p>
      {told ? (
        <p className={told.isReached ? 'text-sm' : 'text-sm text-fail'}>{told.words}</p>
      ) : failure ? (
        <p className="text-sm text-fail [overflow-wrap:anywhere]">
          {failure.message} <span className="font-mono text-xs">({failure.type})</span>
        </p>
      ) : null}
      {text === '' ? null : (
        <div
          role="region"
          aria-label="Body of the answer"
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md border border-hairline bg-sunken p-3 text-xs"
        >
          {body ? (
            <JsonTree value={body.value} />
          ) : (
            <pre className="whitespace-pre-wrap font-mono [overflow-wrap:anywhere]">
              <PlainText text={text.slice(0, LONGEST_SHOWN)} />
            </pre>
          )}
        </div>
      )}
      {shortened || (!body && text.length > LONGEST_SHOWN) ? (
        <p className="text-xs text-ink-2">The body is longer; this is its beginning.</p>
      ) : null}
    </section>
  );
}

const LONGEST_SHOWN = 20_000;

/** The value of a JSON text; null for another text. */
export function jsonIn(text: string): { value: unknown } | null {
  const read = readPasted(text);
  return 'problem' in read ? null : read;
}
