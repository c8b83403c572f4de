'use client';

/**
 * An amount that is the same in every run. The draft has it in the smallest unit of its currency. If the currency is a
 * value beside it, the amount is typed and shown as in every form: '19.99'. If the currency is computed in the run, how
 * many decimals it has is not known, so the smallest unit is typed.
 */
import { Input } from '@/components/ui/field';
import { useWriting } from '@/components/ui/writing';
import type { Json } from '@/engine/flow/edit/draft';
import { minorDigits, readMoney, writeAmount, writeMoney } from '@/engine/flow/values/money';
import { isFields } from '@/engine/run-view/fields';
import { useField } from '../editing';
import { Frame } from '../fields/frame';
import { plainText } from '../fields/text-field';
import { useTyped } from '../fields/use-typed';
import { expressionIn } from './template-text';
import type { InnerProps } from './value-props';

export function MoneyValue({ label, place, schema, required, help, placeholder, action }: InnerProps) {
  const field = useField(place);
  const beside = useField({ target: place.target, path: place.path.slice(0, -1) }).value;
  const writing = useWriting();
  const currency = currencyIn(beside, schema?.currencyField);
  const read = (text: string): Json | undefined => {
    if (text.trim() === '') return undefined;
    const amount = readMoney(text, currency, writing);
    return 'minor' in amount ? amount.minor : text;
  };
  const show = (value: Json | undefined): string =>
    typeof value === 'number' && Number.isSafeInteger(value) ? writeAmount(value, currency, writing) : plainText(value);
  const typed = useTyped({
    value: show(expressionIn(field.value) === null ? field.value : undefined),
    keptAs: (text) => show(read(text)),
    send: (text) => field.set(read(text) ?? (required ? '' : undefined), { typing: true }),
    settle: field.settle,
  });
  const amount = typed.text.trim() === '' ? null : readMoney(typed.text, currency, writing);
  const problem = amount && 'problem' in amount ? `This ${amount.problem.replace(/\.$/, '')}.` : null;
  const words = amount && 'minor' in amount && currency ? writeMoney(amount.minor, currency, writing) : null;
  return (
    <Frame
      {...field}
      problems={problem === null ? field.problems : [{ severity: 'error', message: problem }]}
      label={label}
      help={
        help ??
        (currency === null
          ? `In the smallest unit of the currency: 1999 is ${writeAmount(1_999, 'EUR', writing)}.`
          : undefined)
      }
      optional={!required}
      typed={typed}
      action={action}
    >
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            className={words === null ? 'figures' : 'figures pr-28'}
            placeholder={placeholder}
            value={typed.text}
            onFocus={typed.onFocus}
            onBlur={typed.onBlur}
            onChange={({ target }) => typed.onChange(target.value)}
          />
          {words === null ? null : (
            <span
              aria-hidden
              className="figures pointer-events-none absolute inset-y-0 right-2.5 grid place-items-center text-xs text-ink-2"
            >
              {words}
            </span>
          )}
        </div>
      )}
    </Frame>
  );
}

/** Null: there is none, it is computed, or it is no known currency. */
function currencyIn(beside: Json | undefined, name: string | undefined): string | null {
  if (name === undefined || !isFields(beside) || !Object.hasOwn(beside, name)) return null;
  const currency = beside[name];
  return typeof currency === 'string' && minorDigits(currency) !== null ? currency : null;
}
