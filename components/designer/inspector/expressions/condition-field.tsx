'use client';

/** A condition as rows 'field · operator · value', or written by hand. */
import { Braces, Pencil, Plus, X } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import { useWriting } from '@/components/ui/writing';
import type { JsonSchema } from '@/engine/flow/document';
import { writeMoney } from '@/engine/flow/values/money';
import { useField, useScope } from '../editing';
import { Frame } from '../fields/frame';
import type { Place } from '../place';
import { currencyOf } from './clause-currency';
import { ClauseValue } from './clause-value';
import { conditionOf, conditionText, needsValue, type Clause, type Condition, type Operator } from './condition';
import { ExpressionField } from './expression-field';
import { PathPicker } from './path-picker';
import { schemaOfPath, type ScopePath } from './scope-paths';
import { kindOf } from '../../schema-editor/kinds';

const WORDS: Readonly<Record<Operator, string>> = {
  is: 'is',
  isNot: 'is not',
  more: 'is more than',
  atLeast: 'is at least',
  less: 'is less than',
  atMost: 'is at most',
  contains: 'contains',
  startsWith: 'starts with',
  endsWith: 'ends with',
  isTrue: 'is yes',
  isFalse: 'is no',
  isGiven: 'is given',
  isMissing: 'is missing',
  isEmpty: 'is empty',
  notEmpty: 'is not empty',
};
const NUMBERS: Operator[] = ['is', 'isNot', 'more', 'atLeast', 'less', 'atMost', 'isGiven', 'isMissing'];
const TEXTS: Operator[] = [
  'is',
  'isNot',
  'contains',
  'startsWith',
  'endsWith',
  'isEmpty',
  'notEmpty',
  'isGiven',
  'isMissing',
];

/** The operators that make sense for a type. */
export function operatorsFor(schema: JsonSchema | undefined): Operator[] {
  switch (schema?.enum ? 'enum' : schema?.type) {
    case 'boolean':
      return ['isTrue', 'isFalse', 'isGiven', 'isMissing'];
    case 'integer':
    case 'number':
      return NUMBERS;
    case 'enum':
      return ['is', 'isNot', 'isGiven', 'isMissing'];
    case 'array':
      return ['isEmpty', 'notEmpty', 'contains', 'isGiven', 'isMissing'];
    case 'string':
      return TEXTS;
    case 'object':
      return ['isGiven', 'isMissing'];
    default:
      return [...new Set([...NUMBERS, ...TEXTS, 'isTrue' as const, 'isFalse' as const])];
  }
}

export function ConditionField({ label, place, help }: { label: ReactNode; place: Place; help?: ReactNode }) {
  const field = useField(place);
  const expression = typeof field.value === 'string' ? field.value : '';
  const condition = expression.trim() === 'true' || expression.trim() === '' ? NEW : conditionOf(expression);
  const [byHand, setByHand] = useState(condition === null);
  // [CON3]
  if (condition === null && !byHand) setByHand(true);
  if (byHand || condition === null) {
    return (
      <ExpressionField
        label={label}
        place={place}
        help={help ?? 'An expression that gives yes or no.'}
        placeholder="input.amount > 1000"
        expected="boolean"
        action={
          condition === null ? null : (
            <Button size="sm" variant="ghost" onClick={() => setByHand(false)}>
              Build it
            </Button>
          )
        }
      />
    );
  }
  return <Rows label={label} place={place} help={help} condition={condition} onByHand={() => setByHand(true)} />;
}

const NEW: Condition = { joined: '&&', clauses: [] };

function Rows({
  label,
  place,
  help,
  condition,
  onByHand,
}: {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  condition: Condition;
  onByHand: () => void;
}) {
  const field = useField(place);
  const paths = useScope(place);
  const { joined, clauses } = condition;
  const set = (next: Condition, how?: { typing: boolean }) =>
    field.set(next.clauses.length === 0 ? 'true' : conditionText(next), how);
  const change = (index: number, clause: Clause, how?: { typing: boolean }) =>
    set({ joined, clauses: clauses.with(index, clause) }, how);
  const add = (path: string) => {
    const [operator = 'is'] = operatorsFor(schemaOfPath(paths, path));
    set({ joined, clauses: [...clauses, { path, operator, value: firstValue(schemaOfPath(paths, path), operator) }] });
  };
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      action={
        <Button size="sm" variant="ghost" onClick={onByHand}>
          Write it yourself
        </Button>
      }
    >
      {(control) => (
        <div
          id={control.id}
          role="group"
          aria-describedby={control['aria-describedby']}
          className="flex flex-col gap-2"
        >
          {clauses.map((clause, index) => (
            <div key={index} className="flex flex-col gap-2">
              {index > 0 ? (
                <Select
                  aria-label="How the conditions are joined"
                  className="w-24"
                  options={[
                    { value: '&&', label: 'and' },
                    { value: '||', label: 'or' },
                  ]}
                  value={joined}
                  onValueChange={(value) => set({ joined: value as Condition['joined'], clauses })}
                />
              ) : null}
              <ClauseRow
                clause={clause}
                condition={condition}
                paths={paths}
                onChange={(next, how) => change(index, next, how)}
                onRemove={() => set({ joined, clauses: clauses.toSpliced(index, 1) })}
                onSettle={field.settle}
              />
            </div>
          ))}
          <PathPicker
            paths={paths}
            label={clauses.length === 0 ? 'Choose a value' : 'Add a condition'}
            onPick={add}
            trigger={
              <Button size="sm" className="self-start">
                <Plus aria-hidden />
                {clauses.length === 0 ? 'Choose a value' : 'Add a condition'}
              </Button>
            }
          />
        </div>
      )}
    </Frame>
  );
}

function firstValue(schema: JsonSchema | undefined, operator: Operator): Clause['value'] {
  if (!needsValue(operator)) return null;
  if (schema?.enum) return { literal: schema.enum[0] ?? '' };
  const isNumber = schema?.type === 'integer' || schema?.type === 'number';
  return { literal: isNumber ? 0 : '' };
}

function ClauseRow({
  clause,
  condition,
  paths,
  onChange,
  onRemove,
  onSettle,
}: {
  clause: Clause;
  /** All rows. */
  condition: Condition;
  paths: readonly ScopePath[];
  onChange: (clause: Clause, how?: { typing: boolean }) => void;
  onRemove: () => void;
  onSettle: () => void;
}) {
  const { path, operator, value } = clause;
  const schema = schemaOfPath(paths, path);
  const writing = useWriting();
  const isMoney = schema !== undefined && kindOf(schema) === 'money';
  const money = currencyOf(clause, condition, schema, paths);
  const operators = [...new Set([...operatorsFor(schema), operator])];
  const title = paths.find((each) => each.path === path)?.title ?? path;
  return (
    <div
      role="group"
      aria-label={`Condition: ${title}`}
      className="flex flex-col gap-1 rounded-md border border-hairline bg-card p-2"
    >
      <div className="flex items-center gap-1">
        <PathPicker
          paths={paths}
          label={`Value to compare: ${title}`}
          onPick={(next) => {
            const schemaOfNext = schemaOfPath(paths, next);
            const fits = operatorsFor(schemaOfNext).includes(operator);
            const to = fits ? operator : operatorsFor(schemaOfNext)[0]!;
            onChange({ path: next, operator: to, value: fits && value ? value : firstValue(schemaOfNext, to) });
          }}
          trigger={
            <Button size="md" className="min-w-0 flex-1 justify-start overflow-hidden font-normal">
              <span className="truncate">{title}</span>
              <span className="min-w-0 truncate font-mono text-2xs text-ink-2">{title === path ? '' : path}</span>
            </Button>
          }
        />
        <IconButton label="Remove this condition" onClick={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      <div className="grid grid-cols-2 gap-1">
        <Select
          aria-label="Operator"
          options={operators.map((each) => ({ value: each, label: WORDS[each] }))}
          value={operator}
          onValueChange={(next) => {
            const to = next as Operator;
            onChange({ path, operator: to, value: needsValue(to) ? (value ?? firstValue(schema, to)) : null });
          }}
        />
        {needsValue(operator) ? (
          <ComparedWith clause={clause} schema={schema} paths={paths} onChange={onChange}>
            <ClauseValue
              clause={clause}
              schema={schema}
              money={isMoney ? money : null}
              onChange={onChange}
              onSettle={onSettle}
            />
          </ComparedWith>
        ) : null}
      </div>
      {isMoney && money.currency === null && needsValue(operator) ? (
        <p className="text-xs text-ink-2">
          In the smallest unit of the currency, which is known only in the run: 100000 is{' '}
          {writeMoney(100_000, 'EUR', writing)} or {writeMoney(100_000, 'JPY', writing)}. Add a condition for the
          currency, and write the amount in it.
        </p>
      ) : null}
    </div>
  );
}

/** [CON4] A value that is written here, `children`, or another value of the run. */
function ComparedWith({
  clause,
  schema,
  paths,
  onChange,
  children,
}: {
  clause: Clause;
  schema: JsonSchema | undefined;
  paths: readonly ScopePath[];
  onChange: (clause: Clause) => void;
  children: ReactNode;
}) {
  const cell = useRef<HTMLDivElement>(null);
  const { value, operator } = clause;
  const path = value !== null && 'path' in value ? value.path : null;
  const change = (next: Clause['value']) => {
    onChange({ ...clause, value: next });
    // The button that was pressed is gone then.
    requestAnimationFrame(() => cell.current?.querySelector<HTMLElement>('input, button')?.focus());
  };
  const title = paths.find((each) => each.path === path)?.title ?? path;
  return (
    <div ref={cell} className="flex min-w-0 items-start gap-1">
      {path === null ? (
        <div className="min-w-0 flex-1">{children}</div>
      ) : (
        <PathPicker
          paths={paths}
          label={`Compared with: ${title}`}
          onPick={(next) => change({ path: next })}
          trigger={
            <Button className="min-w-0 flex-1 justify-start overflow-hidden font-normal" aria-label={`Value: ${title}`}>
              <span className="truncate">{title}</span>
            </Button>
          }
        />
      )}
      {path === null ? (
        <PathPicker
          paths={paths}
          label="Compare with another value"
          align="end"
          onPick={(next) => change({ path: next })}
          trigger={
            <IconButton label="Compare with another value">
              <Braces aria-hidden />
            </IconButton>
          }
        />
      ) : (
        <IconButton label="Write a value" onClick={() => change(firstValue(schema, operator))}>
          <Pencil aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
