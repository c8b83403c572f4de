'use client';

import { Pencil } from 'lucide-react';
import { useCreateDraft } from '@/components/flow/use-create-draft';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';

/** Makes a draft of the template and opens it. */
export function UseTemplate({
  template,
  variant = 'primary',
}: {
  template: string;
  variant?: 'primary' | 'secondary';
}) {
  const { create, pending } = useCreateDraft();
  return (
    <Button
      variant={variant}
      onClick={() => create({ kind: 'template', template })}
      pending={pending}
      disabledReason={useWhyNot('drafts.create')}
    >
      <Pencil aria-hidden />
      Use this template
    </Button>
  );
}
