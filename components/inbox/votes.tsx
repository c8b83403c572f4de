'use client';

/** Where several people decide: how many must agree, and what those before have said. */
import type { InboxTask } from '@/app/_contract/inbox';
import { StatusMark } from '@/components/status/status-mark';
import { PlainText } from '@/components/ui/plain-text';
import { SchemaView } from '@/components/ui/schema-value';
import { RelativeTime } from '@/components/ui/time';
import { TakeBackLine } from './take-back';
import { agreeWords } from './words';

export function Votes({ task }: { task: InboxTask }) {
  const { howMany, votes, decisions, settled } = task;
  if (howMany === null) return null;
  const byKey = new Map(decisions.map((decision) => [decision.key, decision]));
  return (
    <section aria-labelledby="task-votes" className="rounded-lg border border-hairline bg-card px-4 py-3">
      <h2 id="task-votes" className="text-xs font-medium text-ink-2">
        {agreeWords(task)}
      </h2>
      {votes.length === 0 ? null : (
        <ol className="mt-2 flex flex-col gap-2.5 text-sm">
          {votes.map(({ decision, comment, values, by, byId, atMs }, index) => {
            const taken = byKey.get(decision);
            return (
              <li key={`${byId} ${index}`} className="flex items-start gap-2.5">
                <StatusMark state={taken?.turnsBack ? 'failed' : 'done'} word="none" className="mt-0.5" />
                <div className="min-w-0 flex-1">
                  <p className="wrap-anywhere">
                    <span className="font-medium">{taken?.title ?? decision}</span> by <PlainText text={by} />{' '}
                    <span className="text-ink-2">
                      <RelativeTime atMs={atMs} />
                    </span>
                  </p>
                  {comment ? (
                    <blockquote className="mt-1 border-l-2 border-hairline pl-3 break-words whitespace-pre-wrap">
                      <PlainText text={comment} />
                    </blockquote>
                  ) : null}
                  {taken?.form ? <SchemaView value={values} schema={taken.form} /> : null}
                </div>
              </li>
            );
          })}
        </ol>
      )}
      {settled ? null : <TakeBackLine task={task} />}
    </section>
  );
}
