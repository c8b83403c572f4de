'use client';

import { Copy } from 'lucide-react';
import type { CreateDraft } from '@/app/_contract/drafts';
import { useWhyNot } from '@/components/people/person';
import { MenuItem } from '@/components/ui/menu';
import { useCreateDraft } from './use-create-draft';

/** An entry that makes a flow of its own of another one, and opens its draft. */
export function CopyItem({ from }: { from: Extract<CreateDraft['from'], { kind: 'copy' | 'copyVersion' }> }) {
  const { create, pending } = useCreateDraft();
  const whyNot = useWhyNot('drafts.create');
  return (
    <MenuItem
      icon={<Copy aria-hidden />}
      description={whyNot ?? undefined}
      disabled={whyNot !== null || pending}
      onSelect={() => create(from)}
    >
      Copy to a new flow
    </MenuItem>
  );
}
