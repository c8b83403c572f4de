'use client';

/**
 * Steps become a child flow: the dialog says what becomes of them before anything is done. The draft of the child is
 * made first; only then the steps are replaced here, as one edit.
 *
 * Rules
 * [EXD1] It says what the child gets and gives, and what changes in this flow.
 * [EXD2] A request whose answer was lost is sent again with the same id. Without the draft of the child, nothing changes.
 * [EXD3] The name is free, and can be one.
 * [EXD4] What cannot be extracted is listed, and each reason leads to its step.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { DraftList, DraftSummary } from '@/app/_contract/drafts';
import { pages, routes } from '@/app/_contract/routes';
import { useDraftNamed } from '@/components/flow/use-draft-named';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import type { Catalogue } from '@/engine/flow/catalogue';
import { idFor } from '@/engine/flow/edit/compose';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { extract, type Extraction } from '@/engine/flow/edit/extract/extract';
import type { ExtractReason } from '@/engine/flow/edit/extract/reasons';
import type { Crossing } from '@/engine/flow/edit/extract/values';
import { titleOf } from '@/engine/flow/edit/places';
import { flowNameSchema } from '@/engine/flow/names';
import { visibleText } from '@/engine/flow/values/text';
import type { Edit } from '../canvas/node-actions';
import { KIND_WORDS, kindOf } from '../schema-editor/kinds';

interface ExtractDialogProps {
  draft: Draft;
  catalogue: Catalogue;
  /** Neighbours, in order. */
  ids: readonly string[];
  /** Of the draft. */
  flowName: string;
  /** False: it was refused, and the person was told why. */
  onEdit: (edit: Edit) => boolean;
  onSelect: (id: string) => void;
  onClose: () => void;
}

export function ExtractDialog({ draft, catalogue, ids, flowName, onEdit, onSelect, onClose }: ExtractDialogProps) {
  const client = useQueryClient();
  const router = useRouter();
  const notAllowed = useWhyNot('drafts.create');
  const [title, setTitle] = useState(() => titleFor(draft, ids));
  const [ownName, setOwnName] = useState<string | null>(null);
  const taken = useTakenNames(catalogue, flowName);
  const name = ownName ?? idFor(title, taken);
  const wrongTitle = title.trim() === '' ? 'Enter a title.' : null;
  // Of many drafts, `taken` has the newest.
  const draftOfName = useDraftNamed(name);
  const wrongName = nameError(name, draftOfName ? new Set([...taken, name]) : taken);
  // What is wrong with the names is said at their fields, and is no reason against the steps.
  const usedName = wrongName === null ? name : 'child-flow';
  const usedTitle = wrongTitle === null ? title.trim() : 'Child flow';
  const { extraction, reasons } = useMemo(
    () => extract(draft, ids, catalogue, { name: usedName, title: usedTitle }),
    [draft, ids, catalogue, usedName, usedTitle]
  );
  const id = useRef<{ request: string; id: string } | null>(null);
  const { mutate, isPending, error, reset } = useMutation({
    meta: { shownByForm: true },
    mutationFn: ({ child }: Extraction) => {
      const from = { kind: 'document', document: child } as const;
      const request = JSON.stringify(from);
      // The same request after a lost answer makes one draft.
      if (id.current?.request !== request) id.current = { request, id: crypto.randomUUID() };
      return postJson<DraftSummary>(routes.drafts(), { id: id.current.id, from });
    },
    onSuccess: (made, { operations, node }) => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      const open = { label: 'Open it', onClick: () => router.push(pages.draft(made.id)) };
      const replaced = onEdit({ operations, select: node, part: 'step' });
      if (replaced) toast(`'${made.title}' is a draft. Publish it before this flow.`, { action: open });
      else toast.error(`The draft '${made.title}' was made, but the steps remain here.`, { action: open });
      onClose();
    },
  });

  if (reasons.length > 0)
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title="These steps cannot become a child flow"
        description="A child is a run of its own: it gives its output at its end, and undoes itself if it fails."
        footer={<Button onClick={onClose}>Close</Button>}
      >
        <Reasons
          reasons={reasons}
          draft={draft}
          onSelect={(step) => {
            onClose();
            onSelect(step);
          }}
        />
      </Dialog>
    );
  if (!extraction) return null;
  return (
    <FormDialog
      title="Extract a child flow"
      description={`${counted(extraction.moved, 'step')} ${extraction.moved === 1 ? 'moves' : 'move'} into a flow of its own, and one step here runs it.`}
      action="Extract"
      pending={isPending}
      disabledReason={notAllowed ?? wrongTitle ?? wrongName}
      onSubmit={() => mutate(extraction)}
      onClose={onClose}
    >
      <Field label="Title" required error={wrongTitle}>
        <Input
          value={title}
          maxLength={120}
          autoComplete="off"
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => {
            setTitle(target.value);
            reset();
          }}
        />
      </Field>
      <Field
        label="Name"
        required
        error={wrongName}
        help="For calls from other flows and programs. It cannot change after the first publish."
      >
        <Input
          value={name}
          maxLength={63}
          spellCheck={false}
          autoComplete="off"
          className="font-mono"
          onChange={({ target }) => {
            setOwnName(target.value);
            reset();
          }}
        />
      </Field>
      <Values
        title="What it gets"
        none="Nothing: its steps read only each other."
        values={extraction.input}
        owner="input"
      />
      <Values
        title="What it gives"
        none="Nothing: no other step reads what its steps give."
        values={extraction.output}
        owner={null}
      />
      <WhatChanges extraction={extraction} title={title} />
      {error ? <FailureBand failure={failureFrom(error)} /> : null}
    </FormDialog>
  );
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** That of the only step; otherwise of the first, which people change. */
function titleFor(draft: Draft, ids: readonly string[]): string {
  const node = ids[0] === undefined ? null : findNode(draft, ids[0]);
  if (!node) return 'Child flow';
  return (ids.length === 1 ? titleOf(node) : `${titleOf(node)} and more`).slice(0, 120);
}

/** Names of flows and of drafts. What this person may not see, the server refuses when it is published. */
function useTakenNames(catalogue: Catalogue, own: string): ReadonlySet<string> {
  const [drafts, setDrafts] = useState<readonly string[]>([]);
  useEffect(() => {
    const left = new AbortController();
    getJson<DraftList>(routes.drafts('limit=100'), left.signal).then(
      (list) => setDrafts(list.drafts.map((each) => each.name)),
      () => undefined
    );
    return () => left.abort();
  }, []);
  return useMemo(() => {
    const flows = Object.values(catalogue).flatMap((entry) => entry.flow?.name ?? []);
    return new Set([own, ...flows, ...drafts]);
  }, [catalogue, own, drafts]);
}

function nameError(name: string, taken: ReadonlySet<string>): string | null {
  const read = flowNameSchema.safeParse(name);
  if (!read.success) return `It ${read.error.issues[0]!.message}.`;
  return taken.has(name) ? `Another flow has the name '${name}'.` : null;
}

function Reasons({
  reasons,
  draft,
  onSelect,
}: {
  reasons: readonly ExtractReason[];
  draft: Draft;
  onSelect: (id: string) => void;
}) {
  return (
    <ul className="flex flex-col divide-y divide-hairline border-y border-hairline">
      {reasons.map(({ nodeId, message }) => (
        <li key={`${nodeId} ${message}`} className="flex items-start justify-between gap-3 py-2 text-sm">
          <span className="min-w-0 wrap-anywhere">{message}</span>
          {nodeId !== null && findNode(draft, nodeId) ? (
            <Button
              size="sm"
              className="shrink-0"
              aria-label={`Show '${titleOf(findNode(draft, nodeId)!)}'`}
              onClick={() => onSelect(nodeId)}
            >
              Show
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function kindWords({ schema }: Crossing): string {
  const kind = kindOf(schema);
  return kind === null ? 'Value' : KIND_WORDS[kind];
}

function Values({
  title,
  none,
  values,
  owner,
}: {
  title: string;
  none: string;
  values: readonly Crossing[];
  owner: 'input' | null;
}) {
  return (
    <section aria-label={title} className="text-sm">
      <h3 className="font-medium">{title}</h3>
      {values.length === 0 ? <p className="text-ink-2">{none}</p> : null}
      <ul className="mt-1 flex flex-col divide-y divide-hairline">
        {values.map((value) => (
          <li key={value.name} className="flex flex-wrap items-baseline gap-x-3 py-1">
            <code className="font-mono text-xs wrap-anywhere">{value.name}</code>
            <span className="text-ink-2">
              {kindWords(value)}
              {value.isRequired ? '' : ', may be missing'}
            </span>
            <span className="ml-auto min-w-0 text-right text-xs text-ink-2 wrap-anywhere">
              {owner === null ? 'of' : 'from'} {visibleText(value.from)}
            </span>
            {value.isTyped ? null : (
              <p className="w-full text-xs text-ink-2">
                Its type is not known here. Give the field a type in the child.
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function WhatChanges({ extraction, title }: { extraction: Extraction; title: string }) {
  const { rewritten, variables, tests } = extraction;
  const named = (list: readonly string[]) => list.map((each) => `'${visibleText(each)}'`).join(', ');
  const lines: ReactNode[] = [
    `A draft '${visibleText(title)}' is made. This flow can be published when that one is.`,
    ...(rewritten.length > 0 ? [`What reads its steps here reads the child from then on: ${named(rewritten)}.`] : []),
    ...(variables.length > 0
      ? [
          `The ${variables.length === 1 ? 'variable' : 'variables'} ${named(variables)} of this flow moves with its steps.`,
        ]
      : []),
    ...(tests.length > 0
      ? [
          `${tests.length === 1 ? 'A test names' : 'Tests name'} its steps and no longer fit${tests.length === 1 ? 's' : ''}: ${named(tests)}.`,
        ]
      : []),
    'If the child fails, it undoes itself first. If a later step here fails, what it has done is undone as before.',
  ];
  return (
    <section aria-label="What changes" className="text-sm">
      <h3 className="font-medium">What changes</h3>
      <ul className="mt-1 list-disc pl-4 text-ink-2">
        {lines.map((line, index) => (
          <li key={index} className="wrap-anywhere">
            {line}
          </li>
        ))}
      </ul>
    </section>
  );
}
