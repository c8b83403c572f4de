'use client';

/** Filters of the inbox: words, flow and due time. */
import { Search } from 'lucide-react';
import { useCallback, type RefObject } from 'react';
import { DUE_FILTERS, LONGEST_SEARCH, type DueFilter } from '@/app/_contract/inbox';
import type { FlowSummary } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { Select } from '@/components/ui/field';
import { SearchField } from '@/components/ui/search-field';
import { useSentText } from '@/components/ui/use-sent-text';
import type { InboxFilterProps } from './filters';

/** Radix does not allow an empty value. */
const EVERY = '*';
const DUE_WORDS: Record<DueFilter, string> = {
  overdue: 'Overdue',
  day: 'Due within a day',
  week: 'Due within a week',
  none: 'No due time',
};

interface FilterBarProps extends InboxFilterProps {
  search: RefObject<HTMLInputElement | null>;
  onRows: () => void;
}

export function FilterBar({ filters, onFilters, search, onRows }: FilterBarProps) {
  return (
    <div className="flex flex-col gap-2 border-b border-hairline px-4 py-2">
      <TextSearch {...{ filters, onFilters, search, onRows }} />
      <div className="flex gap-2">
        <FlowChoice {...{ filters, onFilters }} />
        <Select
          aria-label="Due time"
          value={filters.view === 'done' ? EVERY : (filters.due ?? EVERY)}
          onValueChange={(due) => onFilters({ due: DUE_FILTERS.find((each) => each === due) ?? null })}
          disabled={filters.view === 'done'}
          options={[
            { value: EVERY, label: 'Any due time' },
            ...DUE_FILTERS.map((due) => ({ value: due, label: DUE_WORDS[due] })),
          ]}
          className="min-w-0 flex-1"
        />
      </div>
    </div>
  );
}

/** Filters while the person types, a short time after the last key. */
function TextSearch({ filters, onFilters, search, onRows }: FilterBarProps) {
  const send = useCallback((sent: string) => onFilters({ text: sent || null }), [onFilters]);
  const [text, setText] = useSentText(filters.text ?? '', send);
  return (
    <div className="relative">
      <Search aria-hidden className="pointer-events-none absolute left-2.5 top-1/2 size-4 -translate-y-1/2 text-mark" />
      <SearchField
        ref={search}
        value={text}
        onValue={setText}
        onRows={onRows}
        placeholder="Question, id, data…"
        aria-label="Search the approvals"
        aria-keyshortcuts="/"
        maxLength={LONGEST_SEARCH}
        className="pl-8"
      />
    </div>
  );
}

function FlowChoice({ filters, onFilters }: InboxFilterProps) {
  const { data } = useList<{ flows: FlowSummary[] }>('flows', routes.flows());
  const known = (data?.flows ?? []).map(({ name, title }) => ({ value: name, label: title }));
  if (filters.flow && !known.some(({ value }) => value === filters.flow)) {
    known.push({ value: filters.flow, label: filters.flow });
  }
  return (
    <Select
      aria-label="Flow"
      value={filters.flow ?? EVERY}
      onValueChange={(flow) => onFilters({ flow: flow === EVERY ? null : flow })}
      options={[{ value: EVERY, label: 'All flows' }, ...known]}
      className="min-w-0 flex-1"
    />
  );
}
