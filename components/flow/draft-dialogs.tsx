'use client';

/** The title and the tags of a draft, edited from the list. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  distinctTags,
  TAGS_MOST,
  type DraftSummary,
  type GesturesAnswer,
  type SendGestures,
  type TagDraft,
} from '@/app/_contract/drafts';
import { routes } from '@/app/_contract/routes';
import { isUnseen } from '@/engine/flow/values/unseen';
import { FAILURES } from '@/app/_contract/errors';
import { ApiError, failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { newId } from '@/components/live/request-id';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { draftTitle } from './rows';

const TITLE_MOST = 120;
const TAG_MOST = 40;
/** As the server counts them: an emoji is one character, not two. */
const charactersIn = (text: string): number => [...text].length;
const NOT_RENAMED = { code: 'inputInvalid' as const, whatToDo: FAILURES.inputInvalid.whatToDo };

interface DialogProps {
  draft: DraftSummary;
  onClose: () => void;
}

/** Renaming is an edit as any other: it is in the history of the draft and can be reverted there. */
export function RenameDialog({ draft, onClose }: DialogProps) {
  const [title, setTitle] = useState(draft.title);
  const [id] = useState(newId);
  const { send, pending, failure } = useDraftChange(onClose);
  const tooMany = charactersIn(title.trim()) - TITLE_MOST;
  const problem = isUnseen(title)
    ? 'Enter a title that can be seen.'
    : tooMany > 0
      ? `A title has at most ${TITLE_MOST} characters; this one has ${charactersIn(title.trim())}.`
      : null;
  const rename = async () => {
    const set = { op: 'set' as const, target: { node: null }, path: ['title'], value: title.trim(), was: draft.title };
    const gesture = { id, tab: 'list', base: draft.number, operations: [set], reverts: null };
    const body: SendGestures = { gestures: [gesture], since: draft.number };
    const { answers } = await postJson<GesturesAnswer>(routes.gestures(draft.id), body);
    const [answer] = answers;
    if (answer?.status === 'refused') throw new ApiError({ ...NOT_RENAMED, message: answer.refusal.message });
    const lost = answer?.notes.find((note) => note.code === 'overwrote')?.lost;
    // The list has the beginning of a long title.
    if (typeof lost === 'string' && !(draft.title !== '' && lost.startsWith(draft.title)) && lost !== draft.title)
      toast(`Renamed. Somebody else had just called it '${lost}'.`);
  };
  return (
    <FormDialog
      title={`Rename the draft '${draftTitle(draft)}'`}
      description="Versions that are published keep their title. The next one has the new title."
      action="Rename"
      pending={pending}
      disabledReason={problem}
      onSubmit={() => send(rename)}
      onClose={onClose}
    >
      <Field label="Title" required error={tooMany > 0 ? problem : null}>
        <Input value={title} autoComplete="off" onChange={({ target }) => setTitle(target.value)} />
      </Field>
      {failure}
    </FormDialog>
  );
}

export function TagsDialog({ draft, onClose }: DialogProps) {
  const [before] = useState(draft.tags);
  const [text, setText] = useState(before.join(', '));
  const tags = tagsIn(text);
  const change = {
    add: tags.filter((tag) => !before.includes(tag)),
    remove: before.filter((tag) => !tags.includes(tag)),
  };
  const { send, pending, failure } = useDraftChange(onClose);
  const problem = tagsProblem(tags);
  return (
    <FormDialog
      title={`Tags of '${draftTitle(draft)}'`}
      action="Save the tags"
      pending={pending}
      disabledReason={problem}
      onSubmit={() => send(() => postJson<DraftSummary>(routes.tagDraft(draft.id), change satisfies TagDraft))}
      onClose={onClose}
    >
      <Field label="Tags" help="Separated by commas. The list of flows can be filtered by them." error={problem}>
        <Input value={text} autoComplete="off" onChange={({ target }) => setText(target.value)} />
      </Field>
      {failure}
    </FormDialog>
  );
}

/** Why these tags cannot be saved; null: they can. */
export function tagsProblem(tags: readonly string[]): string | null {
  if (tags.length > TAGS_MOST) return `At most ${TAGS_MOST} tags; these are ${tags.length}.`;
  const tooLong = tags.find((tag) => charactersIn(tag) > TAG_MOST);
  return tooLong === undefined ? null : `'${tooLong}' is longer than ${TAG_MOST} characters.`;
}

export const tagsIn = (text: string): string[] =>
  distinctTags(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => !isUnseen(tag))
  );

function useDraftChange(onDone: () => void) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    meta: { shownByForm: true },
    mutationFn: (change: () => Promise<unknown>) => change(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['drafts'] });
      onDone();
    },
  });
  return { send: mutate, pending: isPending, failure: error ? <FailureBand failure={failureFrom(error)} /> : null };
}
