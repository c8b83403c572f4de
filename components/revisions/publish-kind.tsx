'use client';

import { RadioList, type RadioOption } from '@/components/ui/radio-list';

export type PublishKind = 'version' | 'fix';

/** What a draft becomes: the next version, or a fix of its version for the runs that are open. */
export function PublishKindChoice({
  next,
  base,
  value,
  onChange,
}: {
  next: number;
  base: number;
  value: PublishKind;
  onChange: (value: PublishKind) => void;
}) {
  const options: RadioOption<PublishKind>[] = [
    {
      value: 'version',
      label: `New version ${next}`,
      description: 'New runs use it. Open runs keep the version with which they started.',
    },
    {
      value: 'fix',
      label: `Fix running runs (revision of v${base})`,
      description: `Open runs of v${base} continue on it, if their histories hold on it. It is checked first.`,
    },
  ];
  return <RadioList legend="What it becomes" options={options} value={value} onChange={onChange} />;
}
