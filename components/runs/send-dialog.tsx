'use client';

/**
 * Signal, query or update a run: a form made from the flow's schema, or JSON for a name that the flow does not
 * declare.
 */
import { useId, useState, type ReactNode } from 'react';
import { routes } from '@/app/_contract/routes';
import type { QueryAnswer, Receipt, UpdateAnswer } from '@/app/_contract/runs';
import { SchemaForm } from '@/components/flow/schema-form';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useRequestId } from '@/components/live/request-id';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { SchemaView } from '@/components/ui/schema-value';
import { toast } from '@/components/ui/toast';
import type { AppFailure } from '@/app/_contract/errors';
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import type { RunView } from './run-view';
import { readPasted } from '@/engine/flow/values/pasted';

export type SendKind = 'signal' | 'query' | 'update';

const WORDS: Record<SendKind, { title: string; description: string; act: string; noun: string }> = {
  signal: {
    title: 'Send a signal',
    description: 'It is written to the history. The run reads it when it waits for this signal. There is no answer.',
    act: 'Send the signal',
    noun: 'Signal',
  },
  query: {
    title: 'Query the run',
    description: 'Reads the run’s state. Changes nothing, leaves no event.',
    act: 'Send the query',
    noun: 'Query',
  },
  update: {
    title: 'Update the run',
    description: 'The run checks the update, accepts or rejects it, and answers.',
    act: 'Send the update',
    noun: 'Update',
  },
};
/** The value of the entry 'another name'. It cannot be the name of a signal, because names have no colon. */
const OTHER = ':other';

interface Offered {
  name: string;
  title: string;
  schema: JsonSchema | null;
  /** The schema of the answer. */
  answer: JsonSchema | null;
}

export const SENDS: readonly { kind: SendKind; label: string; description: string }[] = [
  { kind: 'signal', label: 'Signal', description: 'Sends data to the run; no answer' },
  { kind: 'query', label: 'Query', description: 'Reads its state; changes nothing' },
  { kind: 'update', label: 'Update', description: 'Sends a change and waits for the answer' },
];

/** Why nothing of this kind can be sent now; null when it can. */
export const cannotSend = (kind: SendKind, view: RunView): string | null =>
  kind === 'query' ? view.mute : ((kind === 'update' ? view.undecided : view.blocked) ?? nothingToSend(kind, view));

/** Why there is nothing to send; null if there is. */
export function nothingToSend(kind: SendKind, { manifest }: Pick<RunView, 'manifest'>): string | null {
  if (!manifest || kind === 'query' || offeredOf(kind, manifest.document).length > 0) return null;
  return `This flow declares no ${kind}s.`;
}

function offeredOf(kind: SendKind, document: FlowDocument): Offered[] {
  switch (kind) {
    case 'signal':
      return Object.entries(document.signals).map(([name, { title, schema }]) => ({
        name,
        title,
        schema,
        answer: null,
      }));
    case 'update':
      return Object.entries(document.updates).map(([name, { title, schema }]) => ({
        name,
        title,
        schema,
        answer: null,
      }));
    case 'query':
      return Object.entries(document.queries).map(([name, { title, schema }]) => ({
        name,
        title,
        schema: null,
        answer: schema ?? null,
      }));
  }
}

export function SendDialog({ view, kind, onClose }: { view: RunView; kind: SendKind; onClose: () => void }) {
  const offered = offeredOf(kind, view.readBy.document);
  const [chosen, setChosen] = useState(offered[0]?.name ?? OTHER);
  const [typed, setTyped] = useState('');
  const [answer, setAnswer] = useState<{ of: string; value: unknown } | null>(null);
  const request = useRequestId();
  /**
   * A flow declares its signals and updates. A workflow that is not a flow may accept any name, and any run can be
   * queried.
   */
  const named = view.manifest !== null && kind !== 'query';
  const words = WORDS[kind];
  const offer = offered.find(({ name }) => name === chosen) ?? null;
  const name = offer?.name ?? typed.trim();
  const { workflowId, runId } = view.live.summary;

  /** Rejects with the server's refusal. */
  const send = async (input: unknown): Promise<void> => {
    if (kind === 'query') {
      const { result } = await postJson<QueryAnswer>(routes.query(workflowId, runId), { name, input });
      setAnswer({ of: name, value: result });
      return;
    }
    const body = { name, input, requestId: request.of([kind, name, input]) };
    if (kind === 'signal') {
      await postJson<Receipt>(routes.signal(workflowId, runId), body);
      request.answered();
      toast.success(`Signal ‘${offer?.title ?? name}’ was sent.`);
      return onClose();
    }
    const { result } = await postJson<UpdateAnswer>(routes.update(workflowId, runId), body);
    request.answered();
    toast.success(`Update ‘${offer?.title ?? name}’ was accepted.`);
    if (result === null || result === undefined) return onClose();
    setAnswer({ of: name, value: result });
  };
  const cannot = kind === 'query' ? view.mute : view.blocked;
  const needsName = !offer && !name ? `Enter the name of the ${kind}.` : null;

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.title} description={words.description}>
      <div className="flex flex-col gap-4">
        {offered.length > 0 ? (
          <Field label={words.noun} required>
            <Select
              value={chosen}
              onValueChange={(value) => {
                setChosen(value);
                setAnswer(null);
              }}
              options={[
                ...offered.map(({ name: value, title }) => ({ value, label: title, description: value })),
                ...(named ? [] : [{ value: OTHER, label: 'Another name…' }]),
              ]}
            />
          </Field>
        ) : null}
        {offer ? null : (
          <Field label="Name" required>
            <Input
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
        )}
        {offer?.schema ? (
          <SchemaForm
            key={offer.name}
            schema={offer.schema}
            onSubmit={send}
            submitLabel={words.act}
            disabledReason={cannot}
          />
        ) : (
          <JsonForm
            key={chosen}
            label={words.act}
            asks={kind !== 'query' || !offer}
            disabledReason={cannot ?? needsName}
            onSubmit={send}
          />
        )}
        {answer && answer.of === name ? (
          <section aria-label="Answer" className="rounded-md border border-hairline bg-card p-3">
            <h3 className="mb-2 text-xs font-medium text-ink-2">Answer</h3>
            <SchemaView value={answer.value} schema={offer?.answer ?? null} />
          </section>
        ) : null}
      </div>
    </Dialog>
  );
}

function JsonForm({
  label,
  asks,
  disabledReason,
  onSubmit,
}: {
  label: ReactNode;
  /** Does it take an argument? */
  asks: boolean;
  disabledReason: string | null;
  onSubmit: (value: unknown) => Promise<void>;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [pending, setPending] = useState(false);
  const submit = async () => {
    setFailure(null);
    const read = text.trim() === '' ? { value: undefined } : readPasted(text, { exact: true, place: true });
    if ('problem' in read) return setProblem(read.problem);
    const { value } = read;
    setProblem(null);
    setPending(true);
    try {
      await onSubmit(value);
    } catch (error) {
      setFailure(failureFrom(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <form
      id={id}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!disabledReason) void submit();
      }}
    >
      {asks ? (
        <Field label="Argument, as JSON" help="Leave it empty to send no argument." error={problem}>
          <Textarea
            rows={4}
            value={text}
            onChange={({ target }) => setText(target.value)}
            spellCheck={false}
            className="font-mono text-xs"
          />
        </Field>
      ) : null}
      {failure ? <FailureBand failure={failure} /> : null}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
          {label}
        </Button>
      </div>
    </form>
  );
}
