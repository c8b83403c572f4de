'use client';

/** The input of a call, as the activity declares it. */
import type { JsonSchema } from '@/engine/flow/document';
import { callPath, type CallOf } from '@/engine/flow/edit/fields';
import { isFields } from '@/engine/run-view/fields';
import { useEditing, useField } from '../editing';
import { JsonField } from '../fields/json-field';
import { ValueField } from '../expressions/value-field';
import { expressionIn, jsonTextOf, templateOfJson } from '../expressions/template-text';
import { within, type Place } from '../place';
import { HttpInput } from './http-input';

export function CallInput({ nodeId, call }: { nodeId: string; call: CallOf }) {
  const { catalogue } = useEditing();
  const base: Place = { target: { node: nodeId }, path: callPath(call) };
  const place = within(base, 'input');
  const activity = useField(within(base, 'activity')).value;
  const input = useField(place);
  const name = typeof activity === 'string' ? activity : '';
  const schema = Object.hasOwn(catalogue, name) ? catalogue[name]?.input : undefined;
  if (!schema || expressionIn(input.value) !== null || (input.value !== undefined && !isFields(input.value)))
    return <ValueField label="Input" place={place} schema={schema} />;
  if (name === 'http.request') return <HttpInput place={place} schema={schema} call={call} />;
  return <DeclaredInput place={place} schema={schema} />;
}

/** The input by its schema: a field for each field, and what is there beside them. */
export function DeclaredInput({ place, schema }: { place: Place; schema: JsonSchema }) {
  const input = useField(place);
  const { properties = {}, required = [] } = schema;
  if (Object.keys(properties).length === 0) return <ValueField label="Input" place={place} schema={schema} />;
  const others = Object.keys(isFields(input.value) ? input.value : {}).filter(
    (each) => !Object.hasOwn(properties, each)
  );
  return (
    <>
      {Object.entries(properties).map(([each, inner]) => (
        <ValueField key={each} place={within(place, each)} schema={inner} required={required.includes(each)} />
      ))}
      {others.map((each) => (
        <JsonField
          key={each}
          label={each}
          place={within(place, each)}
          help="Nothing declares this field. Empty it to remove it."
          optional
          show={(value) => jsonTextOf(value) ?? JSON.stringify(value, null, 2)}
          read={templateOfJson}
        />
      ))}
    </>
  );
}
