'use client';

/** Settings, Audit: who did what to what, when, why and from where, the newest first. The filters are in the URL. */
import { Download, ScrollText } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { AUDIT_LONGEST, type AuditPage as Page, type AuditRow } from '@/app/_contract/audit';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { usePages } from '@/components/live/use-pages';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field, Input, Select } from '@/components/ui/field';
import { focusHeading } from '@/components/ui/focus';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { PlainText } from '@/components/ui/plain-text';
import { visibleText } from '@/engine/flow/values/text';
import { Instant, RelativeTime } from '@/components/ui/time';
import { FAILURES } from '@/app/_contract/errors';
import { CheckTrail } from './check-trail';
import { auditParsers, auditSearch, type AuditFilters } from './audit-filters';
import { useRows } from '@/components/ui/use-rows';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next entry, previous entry' },
  { keys: ['Enter'], does: 'Open or close the entry' },
  { keys: ['/'], does: 'Filter by who' },
  { keys: ['Esc'], does: 'Leave the field, then the row' },
];
const ANY = '*';
const KINDS = [
  { value: ANY, label: 'Any change' },
  { value: 'runs', label: 'Runs' },
  { value: 'batches', label: 'Acts on many runs' },
  { value: 'inbox', label: 'Approvals' },
  { value: 'flows', label: 'Flows' },
  { value: 'people', label: 'People' },
  { value: 'groups', label: 'Groups' },
  { value: 'keys', label: 'Keys' },
  { value: 'audit', label: 'Exports and checks of the audit trail' },
];
const ENDS = [
  { value: ANY, label: 'Any outcome' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
  { value: 'open', label: 'No answer came' },
];
const DAY_MS = 24 * 60 * 60 * 1_000;
const TYPING_MS = 300;

export function AuditPage({
  prefetched,
  prefetchedSearch,
}: {
  prefetched: Prefetched<Page>;
  prefetchedSearch: string;
}) {
  const [filters, setFilters] = useQueryStates(auditParsers, { history: 'replace' });
  const change = useCallback((next: Partial<AuditFilters>) => void setFilters(next), [setFilters]);
  const who = useRef<HTMLInputElement>(null);
  const list = useRows({ keys: KEYS, search: who });
  const search = auditSearch(filters);
  const { pages, changing, failure, more, loadingMore, retry } = usePages({
    queryKey: ['audit', search],
    read: (token, signal) =>
      getJson<Page>(routes.audit([search, token && `pageToken=${token}`].filter(Boolean).join('&')), signal),
    next: ({ nextPageToken }) => nextPageToken,
    ...(search === prefetchedSearch ? { prefetched } : {}),
  });
  const rows = pages?.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <div>
          <h1 className="text-xl font-semibold">Audit</h1>
          <p className="text-sm text-ink-2">Every change that was requested, and every request that was refused.</p>
        </div>
        <div className="ml-auto flex flex-wrap gap-2">
          <CheckTrail />
          <Button asChild>
            <a href={routes.auditExport(search)} download>
              <Download aria-hidden />
              Export as CSV
            </a>
          </Button>
        </div>
      </header>
      <Filters filters={filters} onFilters={change} who={who} />
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
      <Card className={cn(changing && 'opacity-60')}>
        <div ref={list} data-rows>
          {rows.length > 0 ? (
            <ul className="divide-y divide-hairline">
              {rows.map((row) => (
                <Entry key={row.id} row={row} />
              ))}
            </ul>
          ) : failure || !pages ? null : (
            <EmptyState
              icon={<ScrollText aria-hidden />}
              title={search ? 'No entry matches' : 'No changes yet'}
              action={
                search ? (
                  <Button
                    onClick={() =>
                      change({ who: null, operation: null, target: null, outcome: null, afterMs: null, beforeMs: null })
                    }
                  >
                    Clear filters
                  </Button>
                ) : null
              }
            />
          )}
        </div>
      </Card>
      <div className="flex justify-center pb-4">
        {more ? (
          <Button pending={loadingMore} onClick={more}>
            Show older entries
          </Button>
        ) : rows.length > 0 ? (
          <p className="text-xs text-ink-2">There are no older entries.</p>
        ) : null}
      </div>
    </>
  );
}

function Filters({
  filters,
  onFilters,
  who,
}: {
  filters: AuditFilters;
  onFilters: (change: Partial<AuditFilters>) => void;
  who: RefObject<HTMLInputElement | null>;
}) {
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Typed
        label="Who"
        longest={AUDIT_LONGEST.who}
        value={filters.who}
        onValue={(text) => onFilters({ who: text })}
        field={who}
      />
      <Typed
        label="Target"
        longest={AUDIT_LONGEST.target}
        value={filters.target}
        onValue={(text) => onFilters({ target: text })}
      />
      <Field label="Change" required>
        <Select
          options={KINDS.some(({ value }) => value === (filters.operation ?? ANY)) ? KINDS : [...KINDS, own(filters)]}
          value={filters.operation ?? ANY}
          onValueChange={(value) => onFilters({ operation: value === ANY ? null : value })}
        />
      </Field>
      <Field label="Outcome" required>
        <Select
          options={ENDS}
          value={filters.outcome ?? ANY}
          onValueChange={(value) => onFilters({ outcome: value === ANY ? null : (value as AuditFilters['outcome']) })}
        />
      </Field>
      <Day label="From" ms={filters.afterMs} onMs={(afterMs) => onFilters({ afterMs })} />
      <Day
        label="To"
        ms={filters.beforeMs === null ? null : filters.beforeMs - DAY_MS}
        onMs={(day) => onFilters({ beforeMs: day === null ? null : day + DAY_MS })}
      />
    </div>
  );
}
const own = ({ operation }: AuditFilters) => ({ value: operation ?? ANY, label: operation ?? 'Any change' });

/** Filters while the person types, a short time after the last key. */
function Typed({
  label,
  longest,
  value,
  onValue,
  field,
}: {
  label: string;
  longest: number;
  value: string | null;
  onValue: (text: string | null) => void;
  field?: RefObject<HTMLInputElement | null>;
}) {
  const [text, setText] = useState(value ?? '');
  const sent = useRef(value ?? '');
  useEffect(() => {
    if ((value ?? '') === sent.current) return;
    sent.current = value ?? '';
    setText(sent.current);
  }, [value]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      onValue(sent.current || null);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onValue]);
  return (
    <Field label={label} required>
      <Input
        ref={field}
        value={text}
        maxLength={longest}
        autoComplete="off"
        spellCheck={false}
        placeholder="Anybody or anything"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => event.key === 'Escape' && (text ? setText('') : focusHeading())}
      />
    </Field>
  );
}

/** Days are in UTC, as in the export. */
function Day({ label, ms, onMs }: { label: string; ms: number | null; onMs: (ms: number | null) => void }) {
  return (
    <Field label={`${label} (UTC)`} required>
      <Input
        type="date"
        value={ms === null ? '' : new Date(ms).toISOString().slice(0, 10)}
        onChange={({ target }) => {
          const at = Date.parse(`${target.value}T00:00:00Z`);
          onMs(Number.isNaN(at) ? null : at);
        }}
      />
    </Field>
  );
}

function Entry({ row }: { row: AuditRow }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button
        type="button"
        data-row
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid w-full gap-x-4 gap-y-0.5 px-4 py-2 text-left text-sm -outline-offset-2 hover:bg-ink/3 md:grid-cols-[minmax(0,1.2fr)_minmax(0,1.4fr)_minmax(0,2fr)_auto_7rem] md:items-center"
      >
        <span className="truncate font-medium">{row.actorName}</span>
        <span className="truncate font-mono text-xs">{row.operation}</span>
        <span className="truncate text-ink-2">{visibleText(row.target)}</span>
        <End outcome={row.outcome} />
        <span className="text-xs text-ink-2 md:text-right">
          <RelativeTime atMs={row.atMs} />
        </span>
      </button>
      {open ? (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 border-t border-hairline bg-sunken px-4 py-3 text-sm">
          <Line label="When">
            <Instant atMs={row.atMs} />
          </Line>
          <Line label="Who">
            {row.actorName} <span className="font-mono text-xs text-ink-2">{row.actorId}</span>
          </Line>
          <Line label="Target">{row.target}</Line>
          <Line label="Reason">{row.reason ? <PlainText text={row.reason} /> : 'no reason was given'}</Line>
          <Line label="From">
            {row.fromAddress ?? 'not recorded'}
            {row.via ? `, by ${row.via}` : ''}
          </Line>
          <Line label="Outcome">{endWords(row.outcome)}</Line>
          {Object.entries(row.details).map(([name, value]) => (
            <Line key={name} label={name}>
              {value === null || value === '' ? '–' : <PlainText text={String(value)} />}
            </Line>
          ))}
        </dl>
      ) : null}
    </li>
  );
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-xs leading-5 text-ink-2">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function End({ outcome }: { outcome: string | null }) {
  if (outcome === 'done') return <span className="text-xs text-ink-2">done</span>;
  return (
    <span>
      <Badge tone={outcome === null ? 'neutral' : 'fail'}>{outcome === null ? 'no answer' : 'refused'}</Badge>
    </span>
  );
}

function endWords(outcome: string | null): string {
  if (outcome === null) return 'No answer came: it may have happened';
  if (outcome === 'done') return 'Done';
  return outcome in FAILURES ? `Refused (${outcome})` : outcome;
}
