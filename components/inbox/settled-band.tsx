'use client';

/** How a task ended: the receipt of the person's own decision, or who decided first, and where to continue. */
import Link from 'next/link';
import type { InboxList, InboxTask } from '@/app/_contract/inbox';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';
import { SchemaView } from '@/components/ui/schema-value';
import { PlainText } from '@/components/ui/plain-text';
import { FOCUS_FIRST } from '@/components/ui/focus';
import { Instant, RelativeTime } from '@/components/ui/time';
import type { DraftState } from './draft';
import { useWriting } from '@/components/ui/writing';
import { primaryText } from './shown-data';
import { TakeBackLine } from './take-back';
import { OUTCOMES, settledSentence, type SettledHow } from './words';

export interface SettledBandProps {
  task: InboxTask;
  how: SettledHow;
  draft: DraftState;
}

export function SettledBand({ task, how, draft }: SettledBandProps) {
  const writing = useWriting();
  const { settled } = task;
  const { data } = useList<InboxList>('inbox', routes.inbox());
  if (!settled) return null;
  const taken = task.decisions.find(({ key }) => key === settled.decision);
  const next = data?.tasks.find(({ mine, taskId }) => mine && taskId !== task.taskId);
  return (
    <section
      aria-label="The decision"
      tabIndex={-1}
      {...(how === 'own' ? { [FOCUS_FIRST]: '' } : {})}
      className="flex flex-col gap-3 rounded-lg border border-mark/50 bg-card px-4 py-3"
    >
      <div role="status" className="flex items-start gap-2.5">
        <StatusMark state={OUTCOMES[settled.outcome].mark} size={20} word="none" className="mt-0.5" />
        <div className="min-w-0">
          <p className="text-base font-medium">
            {settledSentence(settled, how, primaryText(task.data, task.schema, writing), task.decisions)}
          </p>
          <p className="text-sm text-ink-2">
            <Instant atMs={settled.atMs} /> · <RelativeTime atMs={settled.atMs} />
          </p>
          {settled.comment ? (
            <blockquote className="mt-2 border-l-2 border-hairline pl-3 text-sm break-words whitespace-pre-wrap">
              <PlainText text={settled.comment} />
            </blockquote>
          ) : null}
        </div>
      </div>
      <TakeBackLine task={task} />
      {taken?.form ? <SchemaView value={settled.values} schema={taken.form} /> : null}
      {how !== 'own' && draft.comment.trim() ? <LeftOver draft={draft} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link href={pages.run(task.workflowId, task.currentRunId)}>See the run</Link>
        </Button>
        {next && how !== 'past' ? (
          <Button asChild variant={how === 'own' ? 'primary' : 'secondary'} className="max-w-full min-w-0">
            <Link href={pages.task(next.taskId)}>
              <span className="truncate">
                Next:{' '}
                {[primaryText(next.data, next.schema, writing), next.question || next.title]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </Link>
          </Button>
        ) : null}
      </div>
    </section>
  );
}

/** The comment of a person whose decision came too late. */
function LeftOver({ draft }: { draft: DraftState }) {
  return (
    <div className="rounded-md border border-hairline px-3 py-2 text-sm">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 text-ink-2">What you wrote was not sent:</p>
        <CopyButton text={draft.comment} label="Copy what you wrote" />
        <Button size="sm" variant="ghost" onClick={draft.drop}>
          Discard
        </Button>
      </div>
      <p className="mt-1 break-words whitespace-pre-wrap">{draft.comment}</p>
    </div>
  );
}
