'use client';

import type { FlowSummary } from '@/app/_contract/flows';
import { Select } from '@/components/ui/field';
import type { FilterProps } from './filters';

interface ChoiceProps extends FilterProps {
  flows: readonly FlowSummary[];
  className?: string;
}

/** Radix does not allow an empty value. */
const EVERY = '*';

export function FlowChoice({ filters, onFilters, flows, className }: ChoiceProps) {
  const known = flows.map(({ name, title }) => ({ value: name, label: title }));
  if (filters.flow && !flows.some(({ name }) => name === filters.flow)) {
    known.push({ value: filters.flow, label: filters.flow });
  }
  return (
    <Select
      aria-label="Flow"
      value={filters.flow ?? EVERY}
      onValueChange={(flow) => onFilters({ flow: flow === EVERY ? null : flow, version: null })}
      options={[{ value: EVERY, label: 'All flows' }, ...known]}
      className={className}
    />
  );
}

export function VersionChoice({ filters, onFilters, flows, className }: ChoiceProps) {
  const latest = flows.find(({ name }) => name === filters.flow)?.latestVersion ?? filters.version ?? 1;
  const versions = Array.from({ length: Math.max(latest, filters.version ?? 1) }, (_, index) => index + 1).reverse();
  return (
    <Select
      aria-label="Version"
      value={filters.version ? String(filters.version) : EVERY}
      onValueChange={(version) => onFilters({ version: version === EVERY ? null : Number(version) })}
      options={[
        { value: EVERY, label: 'All versions' },
        ...versions.map((version) => ({ value: String(version), label: `v${version}` })),
      ]}
      className={className}
    />
  );
}
