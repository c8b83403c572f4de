'use client';

/** Filters by searchable fields: a comparison is built and added, or the whole filter is written as text. */
import { ListFilter } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { useZone, zoneWords } from '@/components/ui/time';
import { LONGEST_WHERE } from '@/app/_contract/runs';
import type { SearchableField, SearchableType } from '@/engine/flow/searchable';
import { fromField } from './started';
import { isSuggested, Suggestions } from './suggestions';
import { clauseOf, comparisonsOf, joined, partsOf } from './where';

export interface WhereProps {
  where: string | null;
  fields: readonly SearchableField[];
  /** The flow whose runs are listed; null: those of all. */
  flow: string | null;
  onWhere: (where: string | null) => void;
}

export function WhereChoice(props: WhereProps) {
  const [open, setOpen] = useState(false);
  const count = partsOf(props.where ?? '').length;
  return (
    <Popover
      label="Filter by fields"
      align="end"
      className="w-96 max-w-[calc(100vw-1rem)]"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button className={cn('font-normal', count > 0 && 'border-ink font-medium')}>
          <ListFilter aria-hidden className="text-mark" />
          Fields{count > 0 ? ` (${count})` : ''}
        </Button>
      }
    >
      <WhereFields {...props} onDone={() => setOpen(false)} />
    </Popover>
  );
}

export function WhereFields({ where, fields, flow, onWhere, onDone }: WhereProps & { onDone?: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      {fields.length > 0 ? (
        <NewClause
          fields={fields}
          flow={flow}
          onAdd={(clause) => {
            onWhere(joined([...partsOf(where ?? ''), clause]));
            onDone?.();
          }}
        />
      ) : (
        <p className="text-xs text-ink-2">
          No published flow has searchable fields. They are declared in the settings of a flow, below its queries.
        </p>
      )}
      <WhereText
        key={where ?? ''}
        where={where ?? ''}
        onWhere={(text) => {
          onWhere(text === '' ? null : text);
          onDone?.();
        }}
      />
    </div>
  );
}

const PLACEHOLDERS: Record<SearchableType, string> = {
  Keyword: '',
  Text: '',
  Int: '100',
  Double: '9.5',
  Bool: '',
  Datetime: '',
  KeywordList: '',
};

function NewClause({
  fields,
  flow,
  onAdd,
}: {
  fields: readonly SearchableField[];
  flow: string | null;
  onAdd: (clause: string) => void;
}) {
  const suggestions = useId();
  const [name, setName] = useState(fields[0]?.name ?? '');
  const [at, setAt] = useState(0);
  const [value, setValue] = useState('');
  const [failed, setFailed] = useState(false);
  const zone = useZone();
  const field = fields.find((each) => each.name === name) ?? fields[0];
  if (!field) return null;
  const comparisons = comparisonsOf(field);
  const comparison = comparisons[at] ?? comparisons[0]!;
  const given = field.type === 'Bool' && value === '' ? 'true' : value;
  const change = (typed: string) => {
    setValue(typed);
    setFailed(false);
  };
  const add = () => {
    const atMs = field.type === 'Datetime' ? fromField(given, zone) : null;
    const clause = clauseOf(field, comparison, atMs === null ? given : new Date(atMs).toISOString());
    if (clause === null) setFailed(true);
    else onAdd(clause);
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <div className="grid grid-cols-2 gap-2">
        <Field label="Field" required>
          <Select
            value={field.name}
            onValueChange={(next) => {
              setName(next);
              setAt(0);
              change('');
            }}
            options={fields.map((each) => ({ value: each.name, label: each.title }))}
          />
        </Field>
        <Field label="Comparison" required>
          <Select
            value={String(comparisons.indexOf(comparison))}
            onValueChange={(next) => setAt(Number(next))}
            options={comparisons.map(({ words }, index) => ({ value: String(index), label: words }))}
          />
        </Field>
      </div>
      {comparison.operator === null ? null : (
        <Field
          label="Value"
          required
          help={field.type !== 'Datetime' ? undefined : zoneWords(zone)}
          error={failed ? WRONG[field.type] : null}
        >
          {field.type === 'Bool' ? (
            <Select
              value={given}
              onValueChange={change}
              options={[
                { value: 'true', label: 'yes' },
                { value: 'false', label: 'no' },
              ]}
            />
          ) : (
            <Input
              list={suggestions}
              value={value}
              type={field.type === 'Datetime' ? 'datetime-local' : 'text'}
              placeholder={PLACEHOLDERS[field.type]}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change(event.target.value)}
            />
          )}
        </Field>
      )}
      {isSuggested(field.name) ? <Suggestions id={suggestions} name={field.name} flow={flow} /> : null}
      <Button type="submit" className="self-start">
        Add
      </Button>
    </form>
  );
}

const WRONG: Record<SearchableType, string> = {
  Keyword: 'Enter a text without a backslash.',
  Text: 'Enter a word without a backslash.',
  Int: 'Enter a whole number.',
  Double: 'Enter a number.',
  Bool: 'Choose yes or no.',
  Datetime: 'Enter a date and a time.',
  KeywordList: 'Enter a text without a backslash.',
};

function WhereText({ where, onWhere }: { where: string; onWhere: (where: string) => void }) {
  const [text, setText] = useState(where);
  const apply = () => onWhere(text.trim());
  return (
    <form
      className="flex flex-col gap-2 border-t border-hairline pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Field label="As text" help="In Temporal's query language, with the names of search attributes.">
        <Textarea
          rows={2}
          value={text}
          maxLength={LONGEST_WHERE}
          spellCheck={false}
          placeholder="OrderId = 'A-1' AND Total > 100"
          className="font-mono text-xs"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            apply();
          }}
        />
      </Field>
      <Button type="submit" className="self-start">
        Apply
      </Button>
    </form>
  );
}
