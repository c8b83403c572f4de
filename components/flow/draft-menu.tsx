'use client';

/** What can be done with a draft in the list: download its document, rename, tag, copy, archive and restore it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Download, Ellipsis, Pencil, Tags } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { DraftDetail, DraftSummary } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { Button, IconButton } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { documentOf } from '@/engine/flow/edit/document-of';
import { ArchiveFlowDialog, ArchiveFlowItem } from './archive-flow';
import { CopyItem } from './copy-item';
import { downloadJson } from './download';
import { RenameDialog, TagsDialog } from './draft-dialogs';
import { draftTitle } from './rows';

/** `flow`: the published flow of the same row, which can be archived from here as well. */
export function DraftMenu({ draft, flow = null }: { draft: DraftSummary; flow?: FlowSummary | null }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'archive' | 'archiveFlow' | 'rename' | 'tags' | null>(null);
  const mayEdit = useWhyNot('drafts.edit', draft.flow);
  const mayTag = useWhyNot('drafts.tag', draft.flow);
  const whyNot = useWhyNot('drafts.archive', draft.flow);
  const title = draftTitle(draft);
  const isArchived = draft.archivedMs !== null;
  const restore = useRestoreDraft(draft);
  const { mutate, isPending, error, reset } = useMutation({
    meta: { shownByForm: true },
    mutationFn: () => postJson<DraftSummary>(routes.archiveDraft(draft.id), {}),
    onSuccess: () => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: ['drafts'] });
      toast(`The draft '${title}' was archived.`);
    },
  });
  const download = () =>
    void getJson<DraftDetail>(routes.draft(draft.id)).then(
      (detail) => downloadJson(detail.summary.name || 'flow', documentOf(detail.draft).document),
      (failed: unknown) => toast.error(failureFrom(failed).message, { description: failureFrom(failed).whatToDo })
    );
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More about the draft '${title}'`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Download aria-hidden />} description="Without detached steps" onSelect={download}>
          Download the document
        </MenuItem>
        {isArchived ? null : (
          <MenuItem
            icon={<Pencil aria-hidden />}
            description={mayEdit ?? undefined}
            disabled={mayEdit !== null}
            onSelect={() => setAsking('rename')}
          >
            Rename…
          </MenuItem>
        )}
        <MenuItem
          icon={<Tags aria-hidden />}
          description={mayTag ?? undefined}
          disabled={mayTag !== null}
          onSelect={() => setAsking('tags')}
        >
          Tags…
        </MenuItem>
        <CopyItem from={{ kind: 'copy', draft: draft.id }} />
        <MenuItem
          icon={isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
          description={whyNot ?? undefined}
          disabled={whyNot !== null || isPending || restore.isPending}
          onSelect={() => {
            reset();
            if (isArchived) restore.mutate();
            else setAsking('archive');
          }}
        >
          {isArchived ? 'Restore' : flow ? 'Archive the draft…' : 'Archive…'}
        </MenuItem>
        {flow ? <ArchiveFlowItem flow={flow} onAsk={() => setAsking('archiveFlow')} /> : null}
      </Menu>
      {asking === 'rename' ? <RenameDialog draft={draft} onClose={() => setAsking(null)} /> : null}
      {asking === 'tags' ? <TagsDialog draft={draft} onClose={() => setAsking(null)} /> : null}
      {asking === 'archiveFlow' && flow ? <ArchiveFlowDialog flow={flow} onClose={() => setAsking(null)} /> : null}
      {asking === 'archive' ? (
        <FormDialog
          title={`Archive the draft '${title}'?`}
          description="It is kept with its history, but nobody can edit or publish it until somebody restores it. Published versions and their runs are not affected."
          action="Archive the draft"
          pending={isPending}
          onSubmit={() => mutate()}
          onClose={() => setAsking(null)}
        >
          {error ? <FailureBand failure={failureFrom(error)} /> : null}
        </FormDialog>
      ) : null}
    </>
  );
}

export function RestoreDraft({ draft }: { draft: DraftSummary }) {
  const whyNot = useWhyNot('drafts.archive', draft.flow);
  const { mutate, isPending } = useRestoreDraft(draft);
  return (
    <Button pending={isPending} disabledReason={whyNot} onClick={() => mutate()}>
      <ArchiveRestore aria-hidden />
      Restore
    </Button>
  );
}

function useRestoreDraft(draft: DraftSummary) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => postJson<DraftSummary>(routes.unarchiveDraft(draft.id), {}),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      // The page of the draft is rendered by the server.
      router.refresh();
      toast(`'${draftTitle(draft)}' is open again.`);
    },
  });
}
