'use client';

/** What narrows the list: by id, flow, version and time of start; the standings as chips with their counts. */
import { CalendarClock, Columns3, Search, SlidersHorizontal, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { FlowSummary } from '@/app/_contract/flows';
import type { RunsPage, RunStanding } from '@/app/_contract/runs';
import { StatusMark } from '@/components/status/status-mark';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dialog } from '@/components/ui/dialog';
import { CheckboxField, Field, Input, Select } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { useZone } from '@/components/ui/time';
import { OPTIONAL_COLUMNS, type ColumnId } from './columns';
import type { RunFilters } from './filters';
import { fromField, PRESETS, startedWords, toField } from './started';
import { offeredStandings, STANDING_VIEWS } from './standings';

export interface FilterBarProps {
  filters: RunFilters;
  onFilters: (change: Partial<RunFilters>) => void;
  flows: readonly FlowSummary[];
  search: RefObject<HTMLInputElement | null>;
  columns: Partial<Record<ColumnId, boolean>>;
  onColumns: (columns: Partial<Record<ColumnId, boolean>>) => void;
}

export function FilterBar(props: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const { filters } = props;
  const narrowed = [filters.flow, filters.startedAfterMs ?? filters.startedBeforeMs].filter((each) => each !== null);
  return (
    <div className="flex items-center gap-2 max-md:w-full">
      <IdSearch {...props} />
      <div className="flex items-center gap-2 max-md:hidden">
        <FlowChoice {...props} className="w-44" />
        {filters.flow ? <VersionChoice {...props} className="w-32" /> : null}
        <StartedChoice {...props} />
        <ColumnChoice {...props} />
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Filter runs"
        trigger={
          <Button className="h-9 md:hidden">
            <SlidersHorizontal aria-hidden />
            Filter{narrowed.length > 0 ? ` (${narrowed.length})` : ''}
          </Button>
        }
        footer={
          <Button size="lg" variant="primary" className="w-full" onClick={() => setOpen(false)}>
            Show runs
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <Titled title="Flow">
            <FlowChoice {...props} />
          </Titled>
          {filters.flow ? (
            <Titled title="Version">
              <VersionChoice {...props} />
            </Titled>
          ) : null}
          <Titled title="Started">
            <StartedFields {...props} />
          </Titled>
        </div>
      </Dialog>
    </div>
  );
}

function Titled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-xs font-medium">{title}</p>
      {children}
    </div>
  );
}

const TYPING_MS = 250;

/** Filters as one types, a moment after the last key. */
function IdSearch({ filters, onFilters, search }: FilterBarProps) {
  const [text, setText] = useState(filters.id ?? '');
  const sent = useRef(filters.id ?? '');
  // The URL changed by other means: the field follows it.
  useEffect(() => {
    if ((filters.id ?? '') === sent.current) return;
    sent.current = filters.id ?? '';
    setText(sent.current);
  }, [filters.id]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      onFilters({ id: sent.current || null });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onFilters]);
  return (
    <div className="relative max-md:flex-1">
      <Search aria-hidden className="pointer-events-none absolute left-2.5 top-1/2 size-4 -translate-y-1/2 text-mark" />
      <Input
        ref={search}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (text) setText('');
          else event.currentTarget.blur();
        }}
        placeholder="Workflow id begins with…"
        aria-label="Workflow id begins with"
        aria-keyshortcuts="/"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        className="pl-8 pr-8 md:w-60"
      />
      {text ? (
        <IconButton
          label="Clear"
          size="sm"
          className="absolute right-1 top-1/2 -translate-y-1/2"
          onClick={() => {
            setText('');
            search.current?.focus();
          }}
        >
          <X aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}

/** Radix knows no empty value. */
const EVERY = '*';

function FlowChoice({ filters, onFilters, flows, className }: FilterBarProps & { className?: string }) {
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

function VersionChoice({ filters, onFilters, flows, className }: FilterBarProps & { className?: string }) {
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

function StartedChoice(props: FilterBarProps) {
  const zone = useZone();
  const { startedAfterMs, startedBeforeMs } = props.filters;
  const set = startedAfterMs !== null || startedBeforeMs !== null;
  return (
    <Popover
      label="Started between"
      align="end"
      className="w-80"
      trigger={
        <Button className={cn('font-normal', set && 'border-ink font-medium')}>
          <CalendarClock aria-hidden className="text-mark" />
          <span className="figures">{startedWords(startedAfterMs, startedBeforeMs, zone)}</span>
        </Button>
      }
    >
      <StartedFields {...props} />
    </Popover>
  );
}

function StartedFields({ filters: { startedAfterMs, startedBeforeMs }, onFilters }: FilterBarProps) {
  const zone = useZone();
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-1.5">
        {PRESETS.map(({ label, ms }) => (
          <Button
            key={label}
            size="sm"
            onClick={() =>
              onFilters({ startedAfterMs: ms === null ? null : minute(Date.now() - ms), startedBeforeMs: null })
            }
          >
            {label}
          </Button>
        ))}
      </div>
      <Field label="From" help={zone === 'UTC' ? 'In UTC.' : 'In your time zone.'}>
        <Input
          type="datetime-local"
          value={toField(startedAfterMs, zone)}
          onChange={(event) => onFilters({ startedAfterMs: fromField(event.target.value, zone) })}
        />
      </Field>
      <Field label="Until" help="Runs that started before this.">
        <Input
          type="datetime-local"
          value={toField(startedBeforeMs, zone)}
          onChange={(event) => onFilters({ startedBeforeMs: fromField(event.target.value, zone) })}
        />
      </Field>
    </div>
  );
}
const minute = (ms: number) => Math.floor(ms / 60_000) * 60_000;

function ColumnChoice({ columns, onColumns }: FilterBarProps) {
  return (
    <Popover
      label="Columns"
      align="end"
      className="w-48"
      trigger={
        <Button variant="ghost" aria-label="Columns">
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <div className="flex flex-col gap-2">
        {OPTIONAL_COLUMNS.map(({ id, label }) => (
          <CheckboxField
            key={id}
            label={label}
            checked={columns[id] !== false}
            onCheckedChange={(checked) => onColumns({ ...columns, [id]: checked === true })}
          />
        ))}
      </div>
    </Popover>
  );
}

/** Each standing with its number; several may be chosen. They scroll sideways, so that the list below never moves. */
export function StandingChips({
  chosen,
  counts,
  onChosen,
}: {
  chosen: readonly RunStanding[];
  counts: RunsPage['counts'];
  onChosen: (standing: RunStanding[] | null) => void;
}) {
  const toggle = (standing: RunStanding) => {
    const next = chosen.includes(standing) ? chosen.filter((each) => each !== standing) : [...chosen, standing];
    onChosen(next.length > 0 ? next : null);
  };
  return (
    <div
      role="group"
      aria-label="Status"
      className="flex gap-1.5 overflow-x-auto px-4 pb-2 pt-0.5 [scrollbar-width:none] md:px-4"
    >
      {offeredStandings(counts, chosen).map((standing) => {
        const { words, mark } = STANDING_VIEWS[standing];
        const pressed = chosen.includes(standing);
        const count = counts ? (counts[standing] ?? 0) : null;
        return (
          <button
            key={standing}
            type="button"
            aria-pressed={pressed}
            onClick={() => toggle(standing)}
            className={cn(
              'inline-flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-md border px-2 text-xs transition-colors -outline-offset-1 max-md:h-9',
              pressed ? 'border-ink bg-ink/8 font-medium' : 'border-hairline bg-card hover:border-mark',
              count === 0 && !pressed && 'text-ink-2'
            )}
          >
            <StatusMark
              state={mark}
              size={14}
              word="none"
              className={cn('[&_.turn]:animate-none', count === 0 && !pressed && 'grayscale')}
            />
            {words}
            {count === null ? null : <span className="figures min-w-[2ch] text-right text-ink-2">{count}</span>}
          </button>
        );
      })}
    </div>
  );
}
