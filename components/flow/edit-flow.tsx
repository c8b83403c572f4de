'use client';

import { Pencil } from 'lucide-react';
import { pages } from '@/app/_contract/routes';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { useCreateDraft } from './use-create-draft';

/** Opens the draft of a flow. `draftId` null: there may be none yet; then it is created of this version. */
export function EditFlow({
  flow,
  version,
  draftId = null,
}: {
  flow: string;
  version?: number;
  draftId?: string | null;
}) {
  const { create, pending } = useCreateDraft();
  const disabledReason = useWhyNot('drafts.edit', flow);
  const label = (
    <>
      <Pencil aria-hidden />
      Edit
    </>
  );
  if (draftId)
    return (
      <LinkButton href={pages.draft(draftId)} disabledReason={disabledReason}>
        {label}
      </LinkButton>
    );
  const from = { kind: 'version' as const, flow, ...(version === undefined ? {} : { version }) };
  return (
    <Button onClick={() => create(from)} pending={pending} disabledReason={disabledReason}>
      {label}
    </Button>
  );
}
