'use client';

/** Makes the draft of the flow what a version is. Says whether an open draft is replaced, which can be reverted. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { RestoredVersion } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { useCreateDraft } from '../use-create-draft';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { newId } from '@/components/live/request-id';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';

interface RestoreVersionDialogProps {
  flow: string;
  version: number;
  /** The open draft of the flow; null: there is none. */
  draft: DraftSummary | null;
  onClose: () => void;
}

export function RestoreVersionDialog({ flow, version, draft, onClose }: RestoreVersionDialogProps) {
  const router = useRouter();
  const client = useQueryClient();
  // The same request after a lost answer restores once.
  const [ids] = useState(() => ({ gesture: newId(), draft: newId() }));
  const copy = useCreateDraft({ shownByForm: true });
  const { mutate, isPending, isSuccess, error } = useMutation({
    meta: { shownByForm: true },
    mutationFn: () => postJson<RestoredVersion>(routes.restoreVersion(flow, version), ids),
    onSuccess: ({ draft: restored, created }) => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      toast(created ? `A draft was made of version ${version}.` : `The draft is version ${version} now.`, {
        description: created ? undefined : 'Revert takes it back.',
      });
      router.push(pages.draft(restored.id));
    },
  });
  const failure = error ? failureFrom(error) : copy.failure;
  return (
    <FormDialog
      title={`Restore version ${version} as a draft?`}
      description={
        draft
          ? `'${draft.title || draft.name}' is open, changed last by ${draft.changedBy.name}. What it has is replaced by version ${version} in one step, which can be reverted. Nothing is published.`
          : `A draft is made that is the same as version ${version}. Publishing it makes a new version. Nothing is published now.`
      }
      action={draft ? 'Replace the content of the draft' : 'Make the draft'}
      aside={
        <Button
          className="mr-auto"
          pending={copy.pending}
          onClick={() => copy.create({ kind: 'copyVersion', flow, version })}
        >
          As another flow
        </Button>
      }
      pending={isPending || isSuccess}
      onSubmit={() => mutate()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
