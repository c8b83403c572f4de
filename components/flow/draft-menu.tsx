'use client';

/** What can be done with a draft in the list: download its document, rename it, tag it, archive it, restore it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Download, Ellipsis, Pencil, Tags } from 'lucide-react';
import { useState } from 'react';
import type { DraftDetail, DraftSummary } from '@/app/_contract/drafts';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { IconButton } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { documentOf } from '@/engine/flow/edit/document-of';
import { downloadJson } from './download';
import { RenameDialog, TagsDialog } from './draft-dialogs';
import { draftTitle } from './rows';

export function DraftMenu({ draft }: { draft: DraftSummary }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'archive' | 'rename' | 'tags' | null>(null);
  const mayEdit = useWhyNot('drafts.edit', draft.flow);
  const mayTag = useWhyNot('drafts.tag', draft.flow);
  const whyNot = useWhyNot('drafts.archive', draft.flow);
  const title = draftTitle(draft);
  const isArchived = draft.archivedMs !== null;
  const { mutate, isPending, error, reset } = useMutation({
    meta: { shownByForm: !isArchived },
    mutationFn: () => postJson<DraftSummary>((isArchived ? routes.unarchiveDraft : routes.archiveDraft)(draft.id), {}),
    onSuccess: () => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: ['drafts'] });
      toast(isArchived ? `'${title}' is open again.` : `The draft '${title}' was archived.`);
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
        <MenuItem
          icon={isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
          description={whyNot ?? undefined}
          disabled={whyNot !== null || isPending}
          onSelect={() => {
            reset();
            if (isArchived) mutate();
            else setAsking('archive');
          }}
        >
          {isArchived ? 'Restore' : 'Archive…'}
        </MenuItem>
      </Menu>
      {asking === 'rename' ? <RenameDialog draft={draft} onClose={() => setAsking(null)} /> : null}
      {asking === 'tags' ? <TagsDialog draft={draft} onClose={() => setAsking(null)} /> : null}
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
