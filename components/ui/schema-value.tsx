'use client';

/**
 * Shows data as its schema describes (design section 5): money, dates, durations, percents, links, long text;
 * sensitive values are masked. Objects become label/value rows, lists of objects small tables. 'Raw' shows the JSON.
 */
import { ExternalLink, Eye } from 'lucide-react';
import { useState } from 'react';
import type { JsonSchema } from '@/engine/flow/document';
import { isFields, type Fields } from '@/engine/run-view/fields';
import { Button } from './button';
import { cn } from './cn';
import { formatDay, formatDuration, formatInstant, parseDuration, wordsOf } from '../../engine/flow/values/format';
import { isExactData } from '../../engine/flow/values/json';
import { MASK } from '../../engine/flow/values/mask';
import { writeMoney } from '../../engine/flow/values/money';
import { writeNumber, writePercent } from '../../engine/flow/values/numbers';
import { JsonTree } from './json-tree';
import { PlainText } from './plain-text';
import { useZone } from './time';
import { useWriting } from './writing';

/** The server records this before the value is shown; rejects if it could not be recorded. */
export type RevealRecorder = (path: string) => Promise<void>;

export function SchemaValue({
  value,
  schema,
  siblings,
  path = '',
  onReveal,
  className,
}: {
  value: unknown;
  schema: JsonSchema | null | undefined;
  /** The object that contains the value: a money amount finds its currency there. */
  siblings?: Fields;
  path?: string;
  onReveal?: RevealRecorder;
  className?: string;
}) {
  const zone = useZone();
  const writing = useWriting();
  const [revealed, setRevealed] = useState(false);
  if (value === undefined || value === null || value === '') return <span className="text-ink-2">none</span>;
  if (schema?.sensitive && !revealed) {
    return (
      <span className="inline-flex items-center gap-2">
        <span aria-label="hidden value" className="font-mono tracking-wider">
          {MASK}
        </span>
        {onReveal ? (
          <Button size="sm" variant="ghost" onClick={() => void onReveal(path).then(() => setRevealed(true))}>
            <Eye aria-hidden />
            Reveal
          </Button>
        ) : null}
      </span>
    );
  }
  const figures = cn('figures', className);
  if (isExactData(value)) {
    const currency = schema?.currencyField ? siblings?.[schema.currencyField] : null;
    const money = schema?.format === 'money' && typeof currency === 'string';
    return <span className={figures}>{money ? writeMoney(value.$exact, currency, writing) : value.$exact}</span>;
  }
  if (typeof value === 'number') {
    if (schema?.format === 'money') {
      const currency = schema.currencyField ? siblings?.[schema.currencyField] : null;
      return (
        <span className={figures}>{writeMoney(value, typeof currency === 'string' ? currency : null, writing)}</span>
      );
    }
    if (schema?.format === 'percent') return <span className={figures}>{writePercent(value, writing)}</span>;
    if (schema?.format === 'duration') return <span className={figures}>{formatDuration(value)}</span>;
    if (schema?.format === 'date-time') return <span className={figures}>{formatInstant(value, zone)}</span>;
    return <span className={figures}>{writeNumber(value, writing)}</span>;
  }
  if (typeof value === 'boolean') return <span className={className}>{value ? 'Yes' : 'No'}</span>;
  if (typeof value === 'string') return <Text value={value} schema={schema} zone={zone} className={className} />;
  if (Array.isArray(value)) return <List value={value} schema={schema} path={path} onReveal={onReveal} />;
  if (isFields(value)) return <SchemaRows value={value} schema={schema} path={path} onReveal={onReveal} nested />;
  return <span className={className}>{String(value)}</span>;
}

function Text({
  value,
  schema,
  zone,
  className,
}: {
  value: string;
  schema: JsonSchema | null | undefined;
  zone: string | undefined;
  className?: string;
}) {
  const instant = Date.parse(value);
  if (schema?.format === 'date-time' && !Number.isNaN(instant)) {
    return (
      <time dateTime={value} className={cn('figures', className)}>
        {formatInstant(instant, zone)}
      </time>
    );
  }
  if (schema?.format === 'date' && !Number.isNaN(instant)) {
    return (
      <time dateTime={value} className={cn('figures', className)}>
        {formatDay(instant, 'UTC')}
      </time>
    );
  }
  const length = schema?.format === 'duration' ? parseDuration(value) : null;
  if (length !== null) return <span className={cn('figures', className)}>{formatDuration(length)}</span>;
  if (schema?.format === 'link' && /^https?:\/\//i.test(value)) {
    return (
      <a
        href={value}
        target="_blank"
        rel="noreferrer noopener"
        className={cn('inline-flex items-center gap-1 break-all underline underline-offset-2', className)}
      >
        <PlainText text={value} />
        <ExternalLink aria-hidden className="size-3 shrink-0" />
      </a>
    );
  }
  return (
    <span className={cn(schema?.format === 'long-text' && 'whitespace-pre-wrap', className)}>
      <PlainText text={value} />
    </span>
  );
}

function List({
  value,
  schema,
  path,
  onReveal,
}: {
  value: unknown[];
  schema: JsonSchema | null | undefined;
  path: string;
  onReveal?: RevealRecorder;
}) {
  if (value.length === 0) return <span className="text-ink-2">none</span>;
  const items = schema?.items;
  if (!value.every(isFields)) {
    return (
      <ul className="flex flex-wrap gap-x-2">
        {value.map((item, index) => (
          <li key={index} className="after:text-ink-2 not-last:after:content-[',']">
            <SchemaValue value={item} schema={items} path={`${path}/${index}`} onReveal={onReveal} />
          </li>
        ))}
      </ul>
    );
  }
  const columns = columnsOf(value, items);
  return (
    // Where it is wider than its place, it is scrolled by keys too.
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={schema?.title ?? 'Table'}>
      <table className="text-left text-sm">
        <thead>
          <tr>
            {columns.map((key) => (
              <th key={key} scope="col" className="pr-4 text-xs font-medium text-ink-2">
                {items?.properties?.[key]?.title ?? wordsOf(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {value.map((row, index) => (
            <tr key={index} className="border-t border-hairline">
              {columns.map((key) => (
                <td key={key} className="py-1 pr-4 align-top">
                  <SchemaValue
                    value={row[key]}
                    schema={items?.properties?.[key]}
                    siblings={row}
                    path={`${path}/${index}/${key}`}
                    onReveal={onReveal}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Fields in the order of the schema, then fields that the schema does not have, in the order of the object. */
function columnsOf(rows: Fields[], schema: JsonSchema | undefined): string[] {
  const known = Object.keys(schema?.properties ?? {});
  const seen = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...known.filter((key) => seen.has(key)), ...[...seen].filter((key) => !known.includes(key))];
}

/**
 * The label/value rows of an object; `primary` fields first and large. A field that only names the currency of an
 * amount is left out.
 */
export function SchemaRows({
  value,
  schema,
  path = '',
  onReveal,
  nested = false,
  className,
}: {
  value: Fields;
  schema: JsonSchema | null | undefined;
  path?: string;
  onReveal?: RevealRecorder;
  nested?: boolean;
  className?: string;
}) {
  const properties = schema?.properties ?? {};
  const currencies = new Set(
    Object.entries(properties)
      .filter(([key, each]) => each.currencyField && value[key] !== undefined)
      .map(([, each]) => each.currencyField)
  );
  const keys = columnsOf([value], schema ?? undefined).filter((key) => !currencies.has(key));
  const primary = nested ? [] : keys.filter((key) => properties[key]?.primary);
  const ordered = [...primary, ...keys.filter((key) => !primary.includes(key))];
  if (ordered.length === 0) return <span className="text-ink-2">none</span>;
  const rows = (
    <dl
      className={cn(
        'grid gap-x-4 gap-y-1.5 text-sm',
        nested
          ? 'grid-cols-[auto_minmax(0,1fr)] border-l border-hairline pl-3'
          : 'grid-cols-1 sm:@min-[17rem]:grid-cols-[minmax(6rem,max-content)_minmax(0,1fr)]',
        nested && className
      )}
    >
      {ordered.map((key) => (
        <div key={key} className="contents">
          <dt className={cn('text-ink-2', primary.includes(key) && 'sm:@min-[17rem]:self-center')}>
            {properties[key]?.title ?? wordsOf(key)}
          </dt>
          <dd className="mb-1.5 min-w-0 sm:@min-[17rem]:mb-0">
            <SchemaValue
              value={value[key]}
              schema={properties[key]}
              siblings={value}
              path={`${path}/${key}`}
              onReveal={onReveal}
              className={primary.includes(key) ? 'text-xl font-semibold' : undefined}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
  // Whether names are beside or above their values depends on the place that the rows have, not on the window.
  return nested ? rows : <div className={cn('@container w-full', className)}>{rows}</div>;
}

/** The rows with a switch to the JSON. A value that is not an object has no rows. */
export function SchemaView({
  value,
  schema,
  onReveal,
  className,
}: {
  value: unknown;
  schema: JsonSchema | null | undefined;
  onReveal?: RevealRecorder;
  className?: string;
}) {
  const [raw, setRaw] = useState(false);
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <Button
        size="sm"
        variant="ghost"
        aria-pressed={raw}
        onClick={() => setRaw(!raw)}
        className="order-last h-6 shrink-0 text-ink-2"
      >
        {raw ? 'Values' : 'Raw'}
      </Button>
      <div className="min-w-0 flex-1">
        {raw ? (
          <JsonTree value={value} schema={schema} />
        ) : isFields(value) ? (
          <SchemaRows value={value} schema={schema} onReveal={onReveal} />
        ) : (
          <SchemaValue value={value} schema={schema} onReveal={onReveal} />
        )}
      </div>
    </div>
  );
}
