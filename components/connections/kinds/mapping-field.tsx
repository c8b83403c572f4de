/** Which JSON is sent: all fields of the input, or a text with placeholders. */
import { Field, Select, Textarea } from '@/components/ui/field';
import type { Mapping } from '@/engine/flow/connections/mapping';
import { readPasted } from '@/engine/flow/values/pasted';

export interface MappingModel {
  body: string;
  mapping: string;
}

export const mappingText = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'mapping' in body ? JSON.stringify(body.mapping, null, 2) : '{\n}';

/** The mapping of a text; null if it is not JSON. */
export function mappingIn(text: string): { mapping: Mapping } | null {
  const read = readPasted(text);
  return 'problem' in read ? null : { mapping: read.value as Mapping };
}

export const NOT_JSON = 'This is not JSON.';

export function MappingField({
  label,
  options,
  model,
  at,
  errorAt,
  onChange,
}: {
  /** 'Body' */
  label: string;
  options: readonly { value: string; label: string; description?: string }[];
  model: MappingModel;
  /** Where the server reports problems: '/call/body'. */
  at: string;
  errorAt: (field: string, at: string) => string | null;
  onChange: (change: Partial<MappingModel>) => void;
}) {
  return (
    <>
      <Field label={label} required error={errorAt('body', at)}>
        <Select options={[...options]} value={model.body} onValueChange={(body) => onChange({ body })} />
      </Field>
      {model.body === 'mapping' ? (
        <Field
          label={`JSON of the ${label.toLowerCase()}`}
          required
          error={errorAt('mapping', `${at}/mapping`)}
          help={'"{amount}" alone keeps the type of the field; a field that is absent is left out.'}
        >
          <Textarea
            rows={6}
            spellCheck={false}
            className="font-mono text-xs"
            value={model.mapping}
            onChange={({ target }) => onChange({ mapping: target.value })}
          />
        </Field>
      ) : null}
    </>
  );
}
