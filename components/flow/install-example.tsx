'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { PublishedVersion } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { postJson } from '@/components/live/api';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';

/** Publishes the example in the same way as any other flow, then opens its page. */
export function InstallExample({
  label = 'Install the example',
  variant = 'primary',
}: {
  label?: string;
  variant?: 'primary' | 'secondary';
}) {
  const router = useRouter();
  const client = useQueryClient();
  const { mutate, isPending, isSuccess } = useMutation({
    mutationFn: () => postJson<PublishedVersion>(routes.installExample(), {}),
    onSuccess: ({ version }) => {
      void client.invalidateQueries({ queryKey: ['flows'] });
      router.push(pages.flow(version.flow));
    },
  });
  return (
    <Button
      variant={variant}
      onClick={() => mutate()}
      disabledReason={useWhyNot('flows.publish')}
      pending={isPending || isSuccess}
    >
      <Download aria-hidden />
      {label}
    </Button>
  );
}
