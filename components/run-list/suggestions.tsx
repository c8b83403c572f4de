'use client';

import type { AttentionGroup, AttentionList } from '@/app/_contract/attention';
import { routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';

const SUGGESTED: Readonly<Record<string, (group: AttentionGroup) => { value: string; words: string } | null>> = {
  SagaFailedAt: (group) => (group.kind === 'failed' ? stepOf(group) : null),
  SagaRetriesAt: (group) => (group.kind === 'retries' ? stepOf(group) : null),
  SagaError: ({ kind, error, title, flow }) =>
    kind === 'failed' || kind === 'retries' ? { value: error, words: title ?? flow } : null,
};
const stepOf = ({ step, stepTitle, title, flow }: AttentionGroup) =>
  step === null ? null : { value: step, words: `${stepTitle ?? step} · ${title ?? flow}` };

export const isSuggested = (name: string): boolean => Object.hasOwn(SUGGESTED, name);
/** In days. */
const BACK = 30;

/** What a field of every run has in the runs of late, for the field with this list. */
export function Suggestions({ id, name, flow }: { id: string; name: string; flow: string | null }) {
  const { data } = useList<AttentionList>('attention', routes.attention(BACK));
  const groups = data?.groups.filter((group) => flow === null || group.flow === flow) ?? [];
  const found = groups.flatMap((group) => SUGGESTED[name]?.(group) ?? []);
  const once = new Map(found.map((each) => [each.value, each]));
  return (
    <datalist id={id}>
      {[...once.values()].map(({ value, words }) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </datalist>
  );
}
