'use client';

/**
 * [FLP2] One line in the header of a flow: how long its closed runs are kept, and which one is deleted next, and when.
 * Administrators have the way to the setting.
 */
import Link from 'next/link';
import type { FlowRetention } from '@/app/_contract/retention';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { keptWords } from '@/components/settings/retention-words';
import { Instant } from '@/components/ui/time';

export function FlowRetentionLine({ flow }: { flow: string }) {
  const { data, failure } = useList<FlowRetention>('runs', routes.flowRetention(flow));
  const mayChange = useWhyNot('namespaces.update') === null;
  // The height of its line, so that nothing below moves when the answer comes.
  return (
    <div className="mt-1 flex min-h-5 max-md:min-h-12 flex-wrap items-center gap-x-2 text-xs text-ink-2">
      {data ? (
        <>
          <span>
            Closed runs are kept {keptWords(data.days)}
            {data.isOwn ? ', a period of this flow' : ''}.
          </span>
          {data.next ? (
            <span className="wrap-anywhere">
              Next deleted:{' '}
              <Link
                href={pages.run(data.next.workflowId, data.next.runId)}
                className="rounded-sm text-ink underline underline-offset-2 pointer-coarse:py-3"
              >
                {data.next.workflowId}
              </Link>
              , <Instant atMs={data.next.atMs} to="minute" />
            </span>
          ) : null}
          {mayChange ? (
            <Link
              href={pages.retention()}
              className="rounded-sm text-ink underline underline-offset-2 pointer-coarse:py-3"
            >
              Change the period
            </Link>
          ) : null}
        </>
      ) : failure ? (
        <span>How long its closed runs are kept is not known now.</span>
      ) : null}
    </div>
  );
}
