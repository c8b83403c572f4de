/** How the body of a request is written: as JSON, or as a form with its lists and groups in the style of the service. */
import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { formFields, type FormStyle } from '@/engine/flow/connections/form';
import type { EncodingModel, SentAs } from './form-encoding-model';

const SENT_AS: { value: SentAs; label: string; description?: string }[] = [
  { value: 'json', label: 'JSON' },
  { value: 'form', label: 'Form', description: 'application/x-www-form-urlencoded' },
  { value: 'multipart', label: 'Form with parts', description: 'multipart/form-data. Texts only, no files.' },
];
const EXAMPLE = { tags: ['a', 'b'], owner: { name: 'Ann' } };
/** 'tags[0]=a & tags[1]=b' */
const exampleOf = (style: FormStyle, part: keyof typeof EXAMPLE): string =>
  formFields({ [part]: EXAMPLE[part] }, { kind: 'form', ...style }, 'data', {
    textOf: (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)),
    isNumber: () => false,
  })
    .map(({ name, text }) => `${name}=${text}`)
    .join(' & ');

const LISTS = (['indexed', 'brackets', 'repeated', 'commas', 'json'] as const).map((lists) => ({
  value: lists,
  label: exampleOf({ lists, groups: 'json' }, 'tags'),
}));
const GROUPS = (['brackets', 'dots', 'json'] as const).map((groups) => ({
  value: groups,
  label: exampleOf({ lists: 'json', groups }, 'owner'),
}));

export function FormEncoding({
  model,
  errorAt,
  onChange,
}: {
  model: EncodingModel;
  /** `inside`: '' for the encoding, 'fields/tags' for the style of a field. */
  errorAt: (inside: string) => string | null;
  onChange: (change: Partial<EncodingModel>) => void;
}) {
  const { sentAs, style, ownStyles } = model;
  const set = (index: number, change: Partial<EncodingModel['ownStyles'][number]>) =>
    onChange({ ownStyles: ownStyles.map((own, at) => (at === index ? { ...own, ...change } : own)) });
  return (
    <>
      <Field label="Sent as" required error={errorAt('')}>
        <Select options={SENT_AS} value={sentAs} onValueChange={(next) => onChange({ sentAs: next as SentAs })} />
      </Field>
      {sentAs === 'json' ? null : (
        <fieldset className="@container flex min-w-0 flex-col gap-3">
          <legend className="sr-only">How lists and groups are written</legend>
          <StyleFields style={style} of="" onChange={(next) => onChange({ style: next })} />
          {ownStyles.map((own, index) => (
            <div key={index} className="flex items-start gap-1.5 border-l border-hairline pl-3">
              <div className="flex min-w-0 flex-1 flex-col gap-2">
                <Field label="Field of the body" required error={errorAt(`fields/${own.name}`)}>
                  <Input
                    className="font-mono text-sm"
                    value={own.name}
                    onChange={({ target }) => set(index, { name: target.value })}
                  />
                </Field>
                <StyleFields style={own.style} of={own.name} onChange={(next) => set(index, { style: next })} />
              </div>
              <IconButton
                label={`Write ${own.name || 'this field'} as the others`}
                size="sm"
                onClick={() => onChange({ ownStyles: ownStyles.filter((_, at) => at !== index) })}
              >
                <X aria-hidden />
              </IconButton>
            </div>
          ))}
          <div>
            <Button size="sm" onClick={() => onChange({ ownStyles: [...ownStyles, { name: '', style }] })}>
              <Plus aria-hidden />
              Write a field in another way
            </Button>
          </div>
        </fieldset>
      )}
    </>
  );
}

function StyleFields({
  style,
  of,
  onChange,
}: {
  style: FormStyle;
  /** The name of the field; '' for all. */
  of: string;
  onChange: (style: FormStyle) => void;
}) {
  const suffix = of === '' ? '' : ` in ${of}`;
  return (
    <div className="grid gap-4 @sm:grid-cols-2">
      <Field label={`A list${suffix} becomes`} required>
        <Select
          options={LISTS}
          value={style.lists}
          onValueChange={(lists) => onChange({ ...style, lists: lists as FormStyle['lists'] })}
        />
      </Field>
      <Field label={`A group of fields${suffix} becomes`} required>
        <Select
          options={GROUPS}
          value={style.groups}
          onValueChange={(groups) => onChange({ ...style, groups: groups as FormStyle['groups'] })}
        />
      </Field>
    </div>
  );
}
