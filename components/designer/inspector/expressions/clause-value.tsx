'use client';

/** The value with which a condition compares: a text, a number, one of a few, or an amount in its currency. */
import { Input, Select } from '@/components/ui/field';
import { useWriting } from '@/components/ui/writing';
import type { JsonSchema } from '@/engine/flow/document';
import { readMoney, writeAmount, writeMoney } from '@/engine/flow/values/money';
import { useTyped } from '../fields/use-typed';
import type { ClauseCurrency } from './clause-currency';
import type { Clause } from './condition';

/** `money`: the value is an amount. */
export function ClauseValue({
  clause,
  schema,
  money,
  onChange,
  onSettle,
}: {
  clause: Clause;
  schema: JsonSchema | undefined;
  money: ClauseCurrency | null;
  onChange: (clause: Clause, how?: { typing: boolean }) => void;
  onSettle: () => void;
}) {
  const { value } = clause;
  const isNumber = schema?.type === 'integer' || schema?.type === 'number';
  const writing = useWriting();
  const currency = money?.currency ?? null;
  const read = (text: string): Clause['value'] => {
    if (currency !== null && text.trim() !== '') {
      const amount = readMoney(text, currency, writing);
      return { literal: 'minor' in amount ? amount.minor : text };
    }
    if (isNumber || (!schema && typeof (value && 'literal' in value ? value.literal : '') === 'number'))
      return { literal: text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text };
    return { literal: text };
  };
  const show = (shown: Clause['value']): string => {
    if (shown === null) return '';
    if ('path' in shown) return shown.path;
    const { literal } = shown;
    const isAmount = currency !== null && typeof literal === 'number' && Number.isSafeInteger(literal);
    return isAmount ? writeAmount(literal, currency, writing) : String(literal);
  };
  const text = show(value);
  const typed = useTyped({
    value: text,
    keptAs: (given) => show(read(given)),
    send: (next) => onChange({ ...clause, value: read(next) }, { typing: true }),
    settle: onSettle,
  });
  if (schema?.enum)
    return (
      <Select
        aria-label="Value"
        options={schema.enum.map((each) => ({ value: String(each), label: String(each) }))}
        value={text}
        onValueChange={(next) =>
          onChange({ ...clause, value: { literal: schema.enum?.find((each) => String(each) === next) ?? next } })
        }
      />
    );
  const amount = currency !== null && typed.text.trim() !== '' ? readMoney(typed.text, currency, writing) : null;
  const isOne = money?.among.length === 1;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <Input
        aria-label={currency === null ? 'Value' : isOne ? `Value in ${currency}` : 'Value in the currency'}
        aria-invalid={amount && 'problem' in amount ? true : undefined}
        autoComplete="off"
        inputMode={isNumber ? 'decimal' : undefined}
        className={isNumber ? 'figures' : undefined}
        value={typed.text}
        onFocus={typed.onFocus}
        onBlur={typed.onBlur}
        onChange={({ target }) => typed.onChange(target.value)}
      />
      {amount === null ? null : 'problem' in amount ? (
        <p role="status" className="text-xs text-fail">{`It ${amount.problem.replace(/\.$/, '')}.`}</p>
      ) : (
        <p className="text-xs text-ink-2">
          {isOne ? writeMoney(amount.minor, currency, writing) : `In ${money?.among.join(' or ')}`}
        </p>
      )}
    </div>
  );
}
