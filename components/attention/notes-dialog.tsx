'use client';

import { useState } from 'react';
import type { AttentionGroup } from '@/app/_contract/attention';
import { routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RelativeTime } from '@/components/ui/time';

/** What people know about a group. `why`: why nothing can be added now. */
export function NotesDialog({
  group,
  name,
  why,
  onClose,
}: {
  group: AttentionGroup;
  name: string;
  why: string | null;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const [isTried, setTried] = useState(false);
  const { pending, failure, send } = useSend(['attention']);
  const { flow, key, notes } = group;
  const isMissing = text.trim() === '';
  const submit = async () => {
    setTried(true);
    if (isMissing) return;
    if (await send<Receipt>(routes.noteGroup(), { flow, key, text })) {
      setText('');
      setTried(false);
    }
  };
  return (
    <FormDialog
      title="Notes"
      description={name}
      action="Add note"
      leave="Close"
      pending={pending}
      disabledReason={why}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {notes.length > 0 ? (
        <ul aria-label="Notes" className="flex flex-col gap-3">
          {notes.map((note, index) => (
            <li key={`${note.atMs} ${index}`} className="text-sm">
              <p className="whitespace-pre-wrap wrap-anywhere">{note.text}</p>
              <p className="text-xs text-ink-2">
                {note.by}, <RelativeTime atMs={note.atMs} />
              </p>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-sm text-ink-2">No note yet. Everybody who sees the group reads them.</p>
      )}
      <Field label="New note" error={isTried && isMissing ? 'Enter a note.' : null}>
        <Textarea rows={3} maxLength={2_000} value={text} onChange={({ target }) => setText(target.value)} />
      </Field>
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
