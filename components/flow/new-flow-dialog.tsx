'use client';

/** How a flow begins: empty, as a copy of a published one, or as an imported document. Then its draft is opened. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { DRAFT_BYTES_MOST, type CreateDraft } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import { FailureBand } from '@/components/live/failure-band';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { readPasted } from '@/engine/flow/values/pasted';
import { pages } from '@/app/_contract/routes';
import { readFile } from './read-file';
import { useCreateDraft } from './use-create-draft';

/** Without its spaces a document may be smaller (DRAFT_BYTES_MOST). */
const LARGEST_FILE = 6_000_000;
/** The reader of documents refuses more than 200 levels with the place. */
const LIMITS = { characters: LARGEST_FILE, levels: 1_000, exact: true, place: true };
/** A larger text would make the page slow, and nobody edits it here. */
const SHOWN_CHARACTERS = 100_000;

const WAYS = [
  { value: 'empty', label: 'Empty', description: 'Only the start and the end' },
  { value: 'template', label: 'From a template', description: 'One that runs as it is, with scenarios' },
  { value: 'copy', label: 'From a published flow', description: 'A copy with a name of its own' },
  { value: 'import', label: 'Import a document', description: 'A flow that was exported as JSON' },
] as const;
type Way = (typeof WAYS)[number]['value'];

export function NewFlowDialog({ flows, onClose }: { flows: readonly FlowSummary[]; onClose: () => void }) {
  const router = useRouter();
  const [way, setWay] = useState<Way>('empty');
  const [title, setTitle] = useState('');
  const [flow, setFlow] = useState('');
  const [text, setText] = useState('');
  const [unread, setUnread] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { create, pending, failure, reset } = useCreateDraft({ shownByForm: true });
  const change = () => {
    setProblem(null);
    reset();
  };
  const isLong = text.length > SHOWN_CHARACTERS;
  const submit = () => {
    if (way === 'template') return router.push(pages.templates());
    // What is wrong with the file remains until another one is chosen.
    if (way === 'import' && unread && text === '') return;
    const read = requestOf(way, { title, flow, text });
    setProblem(typeof read === 'string' ? read : null);
    if (typeof read !== 'string') create(read);
  };
  return (
    <FormDialog
      title="New flow"
      action={way === 'template' ? 'Choose a template' : 'Create'}
      pending={pending}
      firstFocus={(dialog) => dialog.querySelector('input')}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="How it begins" required>
        <Select
          options={WAYS}
          value={way}
          onValueChange={(next) => {
            setWay(next as Way);
            change();
          }}
        />
      </Field>
      {way === 'empty' ? (
        <Field label="Title" required error={problem} help="What people call it. It can be changed later.">
          <Input
            value={title}
            maxLength={120}
            autoComplete="off"
            onChange={(event) => {
              setTitle(event.target.value);
              change();
            }}
          />
        </Field>
      ) : null}
      {way === 'copy' ? (
        <Field label="Flow" required error={problem} help="The newest version is copied.">
          <Select
            options={flows.map((each) => ({ value: each.name, label: each.title, description: each.name }))}
            value={flow}
            onValueChange={(next) => {
              setFlow(next);
              change();
            }}
          />
        </Field>
      ) : null}
      {way === 'import' ? (
        <>
          <Field label="File">
            <Input
              type="file"
              accept="application/json,.json"
              className="h-auto py-1"
              onChange={(event) => {
                const file = event.target.files?.[0];
                change();
                setText('');
                if (!file) return;
                void readFile(file, LARGEST_FILE).then((read) => {
                  setUnread('problem' in read);
                  if ('text' in read) setText(read.text);
                  else setProblem(read.problem);
                });
              }}
            />
          </Field>
          <Field
            label="Document"
            required
            error={problem}
            help={
              isLong
                ? 'This is the beginning of the text. All of it is imported.'
                : 'Choose a file, or paste the JSON here.'
            }
          >
            <Textarea
              value={isLong ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}
              readOnly={isLong}
              rows={8}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => {
                setText(event.target.value);
                change();
              }}
            />
          </Field>
        </>
      ) : null}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

/** The request, or what is missing. */
export function requestOf(
  way: Exclude<Way, 'template'>,
  { title, flow, text }: { title: string; flow: string; text: string }
): CreateDraft['from'] | string {
  if (way === 'empty') return title.trim() === '' ? 'Enter a title.' : { kind: 'empty', title: title.trim() };
  if (way === 'copy') return flow === '' ? 'Choose a flow.' : { kind: 'copyVersion', flow };
  if (text.trim() === '') return 'Choose a file, or paste the document.';
  const read = readPasted(text, LIMITS);
  if ('problem' in read) return read.problem;
  const bytes = new TextEncoder().encode(JSON.stringify(read.value)).length;
  // The server would refuse the request before it sees what it is.
  if (bytes > DRAFT_BYTES_MOST)
    return `The document has ${megabytes(bytes)} MB without its spaces; a flow has at most ${megabytes(DRAFT_BYTES_MOST)} MB.`;
  return { kind: 'document', document: read.value };
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '');
