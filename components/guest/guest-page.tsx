'use client';

/**
 * One task for somebody without an account: the question, its data, and the decision. Opening it decides nothing. The token is
 * after the '#', so it is not sent with the request for the page.
 */
import { useQuery } from '@tanstack/react-query';
import { Check, CircleCheckBig, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { GuestReceipt, GuestTask } from '@/app/_contract/guests';
import type { TaskDecision } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { useToken } from '@/components/entry/use-token';
import { SchemaForm } from '@/components/flow/schema-form';
import { Due } from '@/components/inbox/due';
import { primaryOf, primaryText, startOf, withoutPrimary } from '@/components/inbox/shown-data';
import { PrimaryValue, YourComment } from '@/components/inbox/task-parts';
import { commentHelp, inOrder } from '@/components/inbox/words';
import { ApiError, failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Stitch } from '@/components/shell/rail';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { SchemaView } from '@/components/ui/schema-value';
import { Instant } from '@/components/ui/time';
import { useWriting } from '@/components/ui/writing';

type Shown = NonNullable<GuestTask['task']>;

export function GuestPage() {
  const token = useToken();
  const { data, error } = useQuery({
    queryKey: ['guest', token],
    queryFn: () => postJson<GuestTask>(routes.lookAsGuest(), { token }),
    enabled: token !== null && token !== '',
    retry: false,
    // The page changes only by what the guest does.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const [decided, setDecided] = useState<{ receipt: GuestReceipt; title: string } | null>(null);
  if (token === '' || error)
    return (
      <Frame>
        <h1 className="text-xl font-semibold">This link cannot be used</h1>
        {error ? (
          <FailureBand failure={failureFrom(error)} />
        ) : (
          <p className="text-sm text-ink-2">
            A part of it is missing. Copy the whole link, including the part after the #.
          </p>
        )}
      </Frame>
    );
  if (!data || !token)
    return (
      <Frame>
        <h1 className="text-xl font-semibold">Opening the link</h1>
        <p className="text-sm text-ink-2">One moment…</p>
      </Frame>
    );
  if (decided)
    return (
      <Frame>
        <div role="status">
          <h1 className="flex items-center gap-2 text-xl font-semibold">
            <CircleCheckBig aria-hidden className="size-5 shrink-0 text-forward" />
            You decided: {decided.title}
          </h1>
        </div>
        <p className="text-sm text-ink-2">
          Recorded <Instant atMs={decided.receipt.atMs} to="minute" /> as {decided.receipt.by}.
          {decided.receipt.outcome === 'voted' ? ' Others are asked too.' : ''} You can close this page.
        </p>
      </Frame>
    );
  if (!data.task)
    return (
      <Frame>
        <h1 className="text-xl font-semibold">There is nothing left to decide</h1>
        <p className="text-sm text-ink-2">{data.over}</p>
      </Frame>
    );
  return <Task {...{ token, guest: data, task: data.task, onDecided: setDecided }} />;
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-4 px-4 py-6">
      <Brand />
      {children}
    </div>
  );
}

const Brand = () => (
  <p className="flex items-center gap-2 text-sm font-semibold">
    <Stitch className="size-5" />
    Backstitch
  </p>
);

interface TaskProps {
  token: string;
  guest: GuestTask;
  task: Shown;
  onDecided: (decided: { receipt: GuestReceipt; title: string }) => void;
}

function Task({ token, guest, task, onDecided }: TaskProps) {
  const [comment, setComment] = useState('');
  const [asked, setAsked] = useState<TaskDecision | null>(null);
  const [missing, setMissing] = useState(false);
  const primary = primaryOf(task.data, task.schema);
  const ask = (decision: TaskDecision) => {
    const needsComment = decision.requireComment && !comment.trim();
    setMissing(needsComment);
    if (!needsComment) setAsked(decision);
  };
  return (
    <>
      <article className="mx-auto flex max-w-2xl flex-col gap-5 px-4 pt-6 pb-32">
        <Brand />
        <header className="flex flex-col gap-2">
          <p className="text-sm text-ink-2">
            {guest.by} asks you, {guest.name}, to decide this. You need no account.
          </p>
          <h1 className="text-xl font-semibold text-balance wrap-anywhere">{task.question || task.title}</h1>
          <PrimaryValue primary={primary} data={task.data} />
          {task.dueAtMs === null ? null : (
            <p className="text-sm">
              <Due atMs={task.dueAtMs} />
            </p>
          )}
        </header>
        <section aria-labelledby="guest-data">
          <h2 id="guest-data" className="mb-2 text-xs font-medium text-ink-2">
            Data to decide on
          </h2>
          <SchemaView value={task.data} schema={primary ? withoutPrimary(task.schema) : task.schema} />
        </section>
        <Field
          label="Comment"
          required={task.decisions.every(({ requireComment }) => requireComment) || missing}
          help={commentHelp(task.decisions)}
          error={missing && !comment.trim() ? 'Write a comment that says why. It is kept with the decision.' : null}
        >
          <Textarea value={comment} maxLength={4_000} onChange={({ target }) => setComment(target.value)} />
        </Field>
        <p className="text-xs text-ink-2">
          Your decision is recorded as {guest.name} ({guest.email}), invited by {guest.by}. The link decides once, until{' '}
          <Instant atMs={guest.expiresMs} to="minute" />.
        </p>
      </article>
      <footer className="fixed inset-x-0 bottom-0 border-t border-hairline bg-card pb-[env(safe-area-inset-bottom)]">
        <div
          className={cn(
            'mx-auto grid max-w-2xl auto-rows-fr grid-cols-2 gap-3 px-4 py-2',
            task.decisions.length % 2 === 1 && '[&>:last-child]:col-span-2'
          )}
        >
          {inOrder(task.decisions).map((decision) => {
            const Icon = decision.turnsBack ? X : Check;
            return (
              <Button key={decision.key} size="lg" onClick={() => ask(decision)}>
                <Icon aria-hidden className={decision.turnsBack ? 'text-fail' : 'text-forward'} />
                <span className="truncate">{decision.title}</span>
              </Button>
            );
          })}
        </div>
      </footer>
      {asked ? (
        <Confirm {...{ token, task, asked, comment: comment.trim(), onDecided }} onClose={() => setAsked(null)} />
      ) : null}
    </>
  );
}

interface ConfirmProps extends Omit<TaskProps, 'guest'> {
  asked: TaskDecision;
  comment: string;
  onClose: () => void;
}

function Confirm({ token, task, asked, comment, onDecided, onClose }: ConfirmProps) {
  const writing = useWriting();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const { key, title, form } = asked;
  const amount = primaryText(task.data, task.schema, writing);
  const act = `${title}${amount && !form ? ` ${amount}` : ''}`;
  const decide = async (values?: unknown) => {
    const body = {
      token,
      decision: key,
      comment,
      dataHash: task.dataHash,
      ...(values === undefined ? {} : { values }),
    };
    onDecided({ receipt: await postJson<GuestReceipt>(routes.decideAsGuest(), body), title });
  };
  const send = async () => {
    setPending(true);
    setFailure(null);
    try {
      await decide();
    } catch (error) {
      setFailure(failureFrom(error));
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !pending && onClose()}
      title={`${act}?`}
      description={task.question || task.title}
    >
      <div className="flex flex-col gap-4">
        {failure ? <FailureBand failure={failure} /> : null}
        <YourComment comment={comment} />
        {form ? (
          <SchemaForm
            schema={form}
            initial={startOf(form, task)}
            submitLabel={act}
            disabledReason={null}
            onSubmit={(values) =>
              decide(values).catch((error: unknown) => {
                throw new ApiError(failureFrom(error));
              })
            }
          />
        ) : (
          <form
            method="post"
            className="flex gap-3 sm:justify-end"
            onSubmit={(event) => {
              event.preventDefault();
              if (!pending) void send();
            }}
          >
            <Button type="button" size="lg" className="max-sm:flex-1" disabled={pending} onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              size="lg"
              variant={asked.turnsBack ? 'dangerFilled' : 'primary'}
              className="max-sm:flex-1"
              pending={pending}
            >
              {failure ? `${title}: send again` : act}
            </Button>
          </form>
        )}
      </div>
    </Dialog>
  );
}
