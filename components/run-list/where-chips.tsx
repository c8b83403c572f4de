'use client';

import { X } from 'lucide-react';
import type { SearchableField } from '@/engine/flow/searchable';
import { Instant } from '@/components/ui/time';
import { attentionWords, joined, partsOf, wordsOf, type PartWords } from './where';

/** As people read it: an instant in their zone. */
function PartValue({ type, value }: PartWords) {
  if (type === 'Bool') return <>{value === 'true' ? 'yes' : value === 'false' ? 'no' : value}</>;
  const atMs = type === 'Datetime' && value !== '' ? Date.parse(value) : NaN;
  return Number.isNaN(atMs) ? <>{value}</> : <Instant atMs={atMs} to="minute" />;
}

/** What the list is filtered by, part by part; each can be removed. */
export function WhereChips({
  where,
  fields,
  onWhere,
}: {
  where: string;
  fields: readonly SearchableField[];
  onWhere: (where: string | null) => void;
}) {
  const parts = partsOf(where);
  if (parts.length === 0) return null;
  return (
    <ul aria-label="Filters by fields" className="flex flex-wrap gap-1.5 px-4 pb-2">
      {parts.map((part, index) => {
        const words = wordsOf(part, fields);
        const told = attentionWords(part);
        return (
          <li
            key={index}
            className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-md border border-ink bg-ink/8 pl-2 text-xs max-md:min-h-9"
          >
            {words ? (
              <span className="min-w-0 wrap-anywhere">
                {words.title} <span className="text-ink-2">{words.comparison}</span>{' '}
                <span className="font-medium">
                  <PartValue {...words} />
                </span>
              </span>
            ) : told ? (
              <span className="min-w-0 wrap-anywhere">{told}</span>
            ) : (
              <span className="min-w-0 font-mono wrap-anywhere">{part}</span>
            )}
            <button
              type="button"
              aria-label={`Remove the filter ${words ? `${words.title} ${words.comparison} ${words.value}`.trim() : (told ?? part)}`}
              className="grid size-7 shrink-0 place-items-center rounded-md hover:bg-ink/8 pointer-coarse:size-11"
              onClick={() => onWhere(joined(parts.filter((_, at) => at !== index)) || null)}
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
