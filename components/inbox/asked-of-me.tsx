'use client';

import { CircleHelp } from 'lucide-react';
import Link from 'next/link';
import type { InboxList } from '@/app/_contract/inbox';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';

/** Questions about approvals that wait for an answer of this person; nothing if there are none. */
export function AskedOfMe() {
  const { data } = useList<InboxList>('inbox', routes.inbox());
  const asked = data?.askedOfMe ?? [];
  if (asked.length === 0) return null;
  return (
    <section aria-labelledby="asked-of-me" className="border-b border-hairline px-4 py-3">
      <h2 id="asked-of-me" className="mb-1.5 text-xs font-medium text-ink-2">
        Asked of me
      </h2>
      <ul className="flex max-h-40 flex-col gap-1 overflow-y-auto text-sm">
        {asked.map(({ taskId, question, text, by, askedAtMs }) => (
          <li key={`${taskId}/${askedAtMs}`} className="flex items-start gap-2.5">
            <CircleHelp aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
            <Link href={pages.task(taskId)} className="min-w-0 rounded-sm wrap-anywhere hover:underline">
              <span className="line-clamp-2 font-medium">
                <PlainText text={text} />
              </span>
              <span className="text-xs text-ink-2">
                <PlainText text={by} />, <RelativeTime atMs={askedAtMs} />: {question}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
