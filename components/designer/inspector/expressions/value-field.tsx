'use client';

/**
 * A field of an input: its value, a text with values in it, fields, a list, JSON, or an expression; as its schema says.
 */
import { Check, ChevronDown } from 'lucide-react';
import { useEffect, useImperativeHandle, useRef, useState, type RefObject } from 'react';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import { Menu, MenuItem } from '@/components/ui/menu';
import { writtenDuration } from '@/engine/flow/values/written-duration';
import type { JsonSchema } from '@/engine/flow/document';
import type { Json } from '@/engine/flow/edit/draft';
import { schemaType } from '@/engine/flow/schema/type';
import { wordsOf } from '@/engine/flow/values/format';
import { kindOf, typeWords } from '../../schema-editor/kinds';
import { useField, useLanguageScope, useScope } from '../editing';
import { corrected } from '@/engine/flow/diagnostic';
import { Frame } from '../fields/frame';
import { JsonField } from '../fields/json-field';
import { numberOf, numberProblems } from '../fields/number-field';
import { GrowingText, plainText } from '../fields/text-field';
import { useTyped } from '../fields/use-typed';
import { focusField } from '../place';
import type { InsertHandle } from './editor-props';
import {
  ExpressionInput,
  insertInto,
  shownProblems,
  unknownNames,
  useChecked,
  useTextProblems,
} from './expression-field';
import { MoneyValue } from './money-value';
import { FieldsOfValue, ItemsOfValue } from './nested-values';
import { InsertValue } from './path-picker';
import { schemaOfPath, type ScopePath } from './scope-paths';
import { expressionIn, jsonTextOf, templateOf, templateOfJson, textOf } from './template-text';
import type { InnerProps, ValueProps } from './value-props';
import { ValueSuggestions } from './value-suggestions';
import { asExpression, inWay, wayOf, waysFor, WAY_WORDS, type Way } from './ways';

export function ValueField(props: ValueProps) {
  const { place, schema, required = true, usual } = props;
  const field = useField(place);
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = chosen ?? (field.value === undefined && usual ? usual : wayOf(field.value, schema));
  const ways = [...new Set([...waysFor(schema), way])];
  const paths = useScope(place);
  const insert = useRef<((path: string) => void) | null>(null);
  // Another way has another control: it gets the focus, which the menu gives back to a button that is gone.
  const isChosen = useRef(false);
  useEffect(() => {
    if (!isChosen.current) return;
    isChosen.current = false;
    requestAnimationFrame(() => focusField(document, [field.name]));
  }, [way, field.name]);
  const insertable = way === 'text' || way === 'expression';
  const choose = (next: Way) => {
    const value = inWay(field.value, next);
    setChosen(next);
    isChosen.current = true;
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(field.value)) field.set(value);
  };
  const last = place.path.at(-1);
  const shared: TypedProps = {
    ...props,
    label: props.label ?? schema?.title ?? (typeof last === 'string' ? wordsOf(last) : 'Value'),
    help: props.help ?? schema?.description,
    required,
    action: (
      <>
        <WayMenu way={way} ways={ways} type={typeWords(schema)} onChoose={choose} />
        {insertable ? <InsertValue paths={paths} onInsert={(path) => insert.current?.(path)} /> : null}
        {props.action}
      </>
    ),
    onInsert: insert,
  };
  switch (way) {
    case 'text':
      return <TextValue {...shared} />;
    case 'value':
      return kindOf(schema) === 'money' ? <MoneyValue {...shared} /> : <PlainValue {...shared} />;
    case 'fields':
      return <FieldsOfValue {...shared} Value={ValueField} />;
    case 'list':
      return <ItemsOfValue {...shared} Value={ValueField} />;
    case 'json':
      return (
        <JsonField
          label={shared.label}
          place={place}
          help={shared.help ?? 'JSON. A text such as "${input.orderId}" is a value.'}
          action={shared.action}
          optional={!required}
          show={(value) => jsonTextOf(value) ?? JSON.stringify(value, null, 2)}
          read={templateOfJson}
        />
      );
    case 'expression':
      return <ExpressionValue {...shared} />;
  }
}

/** `onInsert`: is given what inserts a value at the caret. */
type TypedProps = InnerProps & { onInsert: RefObject<((path: string) => void) | null> };

function WayMenu({
  way,
  ways,
  type,
  onChoose,
}: {
  way: Way;
  ways: readonly Way[];
  type: string;
  onChoose: (way: Way) => void;
}) {
  return (
    <Menu
      trigger={
        <Button
          size="sm"
          variant="ghost"
          className="px-1.5 font-normal text-ink-2"
          aria-label={`Written as: ${WAY_WORDS[way]}. The field is: ${type}`}
        >
          {WAY_WORDS[way]}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      {ways.map((each) => (
        <MenuItem
          key={each}
          icon={each === way ? <Check aria-hidden /> : <span className="size-4" />}
          description={WAY_HELP[each]}
          onSelect={() => onChoose(each)}
        >
          {WAY_WORDS[each]}
        </MenuItem>
      ))}
    </Menu>
  );
}
const WAY_HELP: Readonly<Record<Way, string>> = {
  text: 'Words, with values in them',
  value: 'The same in every run',
  fields: 'Field by field',
  list: 'Item by item',
  json: 'As text, for pasting',
  expression: 'Computed in every run',
};

/**
 * A value without text around it keeps its own type if the field takes text or anything, and the value is no other
 * type.
 */
const mayBeAlone = (schema: JsonSchema | undefined, paths: readonly ScopePath[]) => (expression: string) => {
  const read = schemaOfPath(paths, expression);
  return schema?.type === undefined ? read?.type === 'string' || read === undefined : read?.type === schema.type;
};

function TextValue({ label, place, schema, required, help, placeholder, action, onInsert }: TypedProps) {
  const field = useField(place);
  const paths = useScope(place);
  const area = useRef<HTMLTextAreaElement | null>(null);
  const [isEdited, setEdited] = useState(false);
  const alone = mayBeAlone(schema, paths);
  const kept = (text: string): Json =>
    schema?.format === 'duration' ? (writtenDuration(text) ?? templateOf(text, alone)) : templateOf(text, alone);
  const typed = useTyped({
    value: textOf(field.value) ?? plainText(field.value),
    keptAs: (text) => textOf(kept(text)) ?? text,
    send: (text) => field.set(text === '' && !required ? undefined : kept(text), { typing: true }),
    settle: field.settle,
  });
  useImperativeHandle(onInsert, () => (path) => {
    setEdited(true);
    insertInto(area, typed, `\${${path}}`);
  });
  const code = expressionIn(kept(typed.text));
  const scope = useLanguageScope(place, schema?.type === 'string' ? schemaType(schema) : null);
  const checked = useTextProblems(code, scope, isEdited);
  const own = checked?.map(({ message }) => ({ severity: 'error' as const, message }));
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      optional={!required}
      typed={typed}
      problems={shownProblems(field.problems, own ?? null, unknownNames(code ?? undefined, paths))}
      action={action}
    >
      {(control) => (
        <ValueSuggestions area={area} typed={typed} paths={paths}>
          {(given) => (
            <GrowingText
              {...control}
              {...given}
              ref={area}
              placeholder={placeholder ?? placeholderOf(schema)}
              autoComplete="off"
              value={typed.text}
              onFocus={typed.onFocus}
              onBlur={typed.onBlur}
              onText={(text) => {
                setEdited(true);
                typed.onChange(text);
              }}
            />
          )}
        </ValueSuggestions>
      )}
    </Frame>
  );
}

const placeholderOf = (schema: JsonSchema | undefined): string | undefined =>
  schema?.default === undefined
    ? undefined
    : typeof schema.default === 'string'
      ? schema.default
      : JSON.stringify(schema.default);

function ExpressionValue({ label, place, schema, required, help, action, onInsert }: TypedProps) {
  const field = useField(place, { inside: true });
  const paths = useScope(place);
  const expected = schema === undefined ? null : `${schemaType(schema)}${required ? '' : ' | undefined'}`;
  const scope = useLanguageScope(place, expected);
  const typed = useTyped({
    value: expressionIn(field.value) ?? asExpression(field.value),
    send: (text) => field.set(text.trim() === '' && !required ? undefined : { $expr: text }, { typing: true }),
    settle: field.settle,
  });
  const handle = useRef<InsertHandle>(null);
  useImperativeHandle(onInsert, () => (path) => handle.current?.insert(path));
  const checked = useChecked(typed.text, paths);
  return (
    <Frame
      {...field}
      label={label}
      help={help}
      optional={!required}
      typed={typed}
      problems={shownProblems(field.problems, checked.found, checked.problems)}
      onProposed={({ instead }) => instead && typed.onChange(corrected(typed.text, instead))}
      action={action}
    >
      {(control) => (
        <ExpressionInput
          control={control}
          typed={typed}
          handle={handle}
          placeholder="input.amount"
          scope={scope}
          onProblems={checked.onProblems}
        />
      )}
    </Frame>
  );
}

/** A number, yes or no, or one of a list of values; what was typed and is none of them is kept and is a problem. */
function PlainValue({ label, place, schema, required, help, placeholder, action }: InnerProps) {
  const field = useField(place);
  const kind = kindOf(schema);
  const shown = expressionIn(field.value) === null ? field.value : undefined;
  const typed = useTyped({
    value: plainText(shown),
    keptAs: (text) => plainText(numberOf(text)),
    send: (text) => field.set(numberOf(text) ?? (required ? '' : undefined), { typing: true }),
    settle: field.settle,
  });
  if (kind === 'yesNo' || kind === 'choice') {
    const values = kind === 'yesNo' ? [true, false] : (schema?.enum ?? []);
    const words = (value: unknown) => (value === true ? 'Yes' : value === false ? 'No' : String(value));
    const nothing = placeholderOf(schema);
    const options = [
      ...(required && nothing === undefined
        ? []
        : [{ value: UNSET, label: nothing === undefined ? 'Not given' : `${nothing} (usual)` }]),
      ...values.map((value) => ({ value: String(value), label: words(value) })),
    ];
    return (
      <Frame {...field} label={label} help={help} optional={!required} action={action}>
        {(control) => (
          <Select
            {...control}
            options={options}
            value={shown === undefined ? (options[0]?.value === UNSET ? UNSET : '') : String(shown)}
            onValueChange={(text) =>
              field.set(text === UNSET ? undefined : values.find((value) => String(value) === text))
            }
          />
        )}
      </Frame>
    );
  }
  return (
    <Frame
      {...field}
      problems={numberProblems(typed.text, field.problems)}
      label={label}
      help={help}
      optional={!required}
      typed={typed}
      action={action}
    >
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          className="figures"
          placeholder={placeholder ?? placeholderOf(schema)}
          value={typed.text}
          onFocus={typed.onFocus}
          onBlur={typed.onBlur}
          onChange={({ target }) => typed.onChange(target.value)}
        />
      )}
    </Frame>
  );
}
const UNSET = ' ';
