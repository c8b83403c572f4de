'use client';

/** Any JSON value as a tree with folds, shown under 'Raw'. Large arrays are shown a hundred items at a time. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { JsonSchema } from '@/engine/flow/document';
import { cn } from './cn';
import { CopyButton } from './copyable';
import { PlainText } from './plain-text';
import { isExactData, writeJson } from '../../engine/flow/values/json';
import { visibleText } from '../../engine/flow/values/text';
import { maskBySchema } from '../../engine/flow/values/mask';

const PAGE = 100;

export function JsonTree({
  value,
  schema,
  openDepth = 2,
  className,
}: {
  value: unknown;
  /** Values that this schema marks as sensitive are masked. */
  schema?: JsonSchema | null;
  openDepth?: number;
  className?: string;
}) {
  const shown = maskBySchema(value, schema);
  return (
    <div className={cn('group/json relative font-mono text-xs', className)}>
      <div className="absolute right-0 top-0 opacity-0 focus-within:opacity-100 group-hover/json:opacity-100">
        <CopyButton text={writeJson(shown, 2) ?? 'undefined'} label="Copy JSON" />
      </div>
      <Item name={null} value={shown} depth={0} openDepth={openDepth} />
    </div>
  );
}

function Item({
  name,
  value,
  depth,
  openDepth,
}: {
  name: string | null;
  value: unknown;
  depth: number;
  openDepth: number;
}) {
  const [open, setOpen] = useState(depth < openDepth);
  const [limit, setLimit] = useState(PAGE);
  const label = name === null ? null : <span className="text-ink-2">{name}: </span>;
  if (value === null || typeof value !== 'object' || isExactData(value)) {
    return (
      <div className="py-px pl-4">
        {label}
        <Leaf value={value} />
      </div>
    );
  }
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div className="py-px pl-4">
        {label}
        {left}
        {right}
      </div>
    );
  }
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center rounded-sm py-px text-left hover:bg-ink/4"
      >
        <ChevronRight
          aria-hidden
          className={cn('size-4 shrink-0 text-mark transition-transform', open && 'rotate-90')}
        />
        <span>
          {label}
          {left}
          {open ? null : (
            <span className="text-ink-2">
              {' '}
              {namedBy(entries)}
              {entries.length} {Array.isArray(value) ? 'items' : entries.length === 1 ? 'field' : 'fields'} {right}
            </span>
          )}
        </span>
      </button>
      {open ? (
        <>
          <div className="ml-[7px] border-l border-hairline pl-[9px]">
            {entries.slice(0, limit).map(([key, item]) => (
              <Item key={key} name={key} value={item} depth={depth + 1} openDepth={openDepth} />
            ))}
            {entries.length > limit ? (
              <button type="button" className="pl-4 underline" onClick={() => setLimit(limit + PAGE)}>
                {entries.length - limit} more
              </button>
            ) : null}
          </div>
          <div className="pl-4">{right}</div>
        </>
      ) : null}
    </div>
  );
}

/** The value by which it differs from others while it is folded: '"lookUpOrder", '. */
function namedBy(entries: readonly [string, unknown][]): string {
  for (const name of NAMES) {
    const value = entries.find(([key]) => key === name)?.[1];
    if (typeof value === 'string' && value !== '' && value.length <= 60)
      return `${JSON.stringify(visibleText(value))}, `;
  }
  return '';
}
const NAMES = ['name', 'title', 'id', 'type'];

function Leaf({ value }: { value: unknown }) {
  if (isExactData(value)) return <span className="text-[color:var(--code-constant)]">{value.$exact}</span>;
  if (typeof value === 'string') {
    return (
      <span className="whitespace-pre-wrap text-[color:var(--code-string)]">
        <PlainText text={JSON.stringify(value)} />
      </span>
    );
  }
  return (
    <span className="text-[color:var(--code-constant)]">
      {value === undefined ? 'undefined' : String(value)}
    </span>
  );
}
