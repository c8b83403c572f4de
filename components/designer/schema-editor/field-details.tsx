'use client';

/** What one field is called, how it is read, and what belongs to its type. */
import type { ComponentType } from 'react';
import { CheckboxField, Input, Select } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { Frame } from '../inspector/fields/frame';
import { More } from '../inspector/fields/section';
import { NameField } from '../inspector/fields/name-field';
import { GrowingText } from '../inspector/fields/text-field';
import { useTyped } from '../inspector/fields/use-typed';
import type { SchemaChange } from './change';
import { othersOf } from './edits';
import { ChoiceValues, ListItems, type GroupProps } from './kind-fields';
import { kindOf } from './kinds';
import type { Level } from './levels';
import { OtherKeywords } from './other-keywords';

export function FieldDetails({
  name,
  level,
  field,
  siblings,
  onRename,
  onChange,
  onSettle,
  Group,
}: {
  name: string;
  /** The one that has the field. */
  level: Level;
  field: JsonSchema;
  siblings: Readonly<Record<string, JsonSchema>>;
  onRename: (to: string) => void;
  onChange: SchemaChange;
  onSettle: () => void;
  Group: ComponentType<GroupProps>;
}) {
  const kind = kindOf(field);
  const texts = Object.entries(siblings).filter(([each, { type }]) => each !== name && type === 'string');
  const flag = (key: 'sensitive' | 'primary', on: boolean) => {
    const { [key]: _, ...others } = field;
    onChange(on ? { ...field, [key]: true } : others);
  };
  return (
    <>
      {kind === 'choice' ? <ChoiceValues schema={field} onChange={onChange} /> : null}
      {kind === 'list' ? (
        <ListItems
          schema={field}
          level={[...level, name, null]}
          label={name}
          onChange={onChange}
          onSettle={onSettle}
          Group={Group}
        />
      ) : null}
      {kind === 'group' ? (
        <Group
          group={field}
          level={[...level, name]}
          label={field.title ?? name}
          onChange={onChange}
          onSettle={onSettle}
        />
      ) : null}
      {kind === 'money' ? (
        <Frame
          label="Field that has the currency"
          help="The amount is a whole number in the smallest unit: 1999 is 19.99."
        >
          {(control) => (
            <Select
              {...control}
              placeholder="None"
              options={[
                { value: ' ', label: 'None' },
                ...texts.map(([each, { title }]) => ({ value: each, label: title ?? each, description: each })),
              ]}
              value={field.currencyField ?? ' '}
              onValueChange={(next) => {
                const { currencyField: _, ...others } = field;
                onChange(next === ' ' ? others : { ...field, currencyField: next });
              }}
            />
          )}
        </Frame>
      ) : null}
      <SchemaText label="Title" field={field} keyword="title" onChange={onChange} onSettle={onSettle} />
      <NameField
        label="Name in expressions"
        value={name}
        help="Expressions of the flow that read the field follow a new name."
        problemOf={(next) =>
          !/^[A-Za-z_][A-Za-z0-9_]*$/.test(next)
            ? 'A name has letters, digits and _, and begins with a letter.'
            : Object.hasOwn(siblings, next)
              ? 'Another field has this name.'
              : null
        }
        onRename={onRename}
      />
      <SchemaText
        label="Description"
        field={field}
        keyword="description"
        long
        onChange={onChange}
        onSettle={onSettle}
      />
      <CheckboxField
        label="Sensitive"
        help="Masked on screens, in logs and exports."
        checked={field.sensitive === true}
        onCheckedChange={(checked) => flag('sensitive', checked === true)}
      />
      <CheckboxField
        label="Shown first and large"
        help="The value that matters most for a decision."
        checked={field.primary === true}
        onCheckedChange={(checked) => flag('primary', checked === true)}
      />
      <More
        summary={Object.keys(othersOf(field)).length > 0 ? 'More rules, as JSON Schema' : 'Add rules, as JSON Schema'}
      >
        <OtherKeywords schema={field} onChange={onChange} onSettle={onSettle} />
      </More>
    </>
  );
}

function SchemaText({
  label,
  field,
  keyword,
  long = false,
  onChange,
  onSettle,
}: {
  label: string;
  field: JsonSchema;
  keyword: 'title' | 'description';
  long?: boolean;
  onChange: SchemaChange;
  onSettle: () => void;
}) {
  const typed = useTyped({
    value: field[keyword] ?? '',
    send: (text) => {
      const { [keyword]: _, ...others } = field;
      onChange(text === '' ? others : { ...field, [keyword]: text }, { typing: true });
    },
    settle: onSettle,
  });
  const shared = { value: typed.text, onFocus: typed.onFocus, onBlur: typed.onBlur, autoComplete: 'off' };
  return (
    <Frame label={label} optional typed={typed}>
      {(control) =>
        long ? (
          <GrowingText {...control} {...shared} onText={typed.onChange} />
        ) : (
          <Input {...control} {...shared} onChange={({ target }) => typed.onChange(target.value)} />
        )
      }
    </Frame>
  );
}
