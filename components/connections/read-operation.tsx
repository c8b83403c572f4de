'use client';

/** An operation that is read from the operator's folder: shown, and changed in its file. */
import type { Operation } from '@/app/_contract/connections';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import type { JsonSchema } from '@/engine/flow/document';
import { EFFECT_WORDS } from './words';

export function ReadOperation({ operation }: { operation: Operation }) {
  const { description, effect, undo, lookup, options, lateCalls, settlesWithin, call } = operation;
  const keys = call.kind === 'code' ? [call.keyField, call.forwardKeyField].filter((each) => each !== undefined) : [];
  const { startToCloseTimeout, heartbeatTimeout, retry } = options;
  const rows: [string, string | undefined][] = [
    ['Undone by', undo && `${undo.operation}${undo.armed === 'attempted' ? ', also after an unknown outcome' : ''}`],
    ['Looked up by', lookup?.operation],
    ['The key of the step is in', keys.join(', ')],
    [
      'A call that arrives after its undo',
      lateCalls && (lateCalls === 'refused' ? 'is refused' : 'may be carried out'),
    ],
    ['Settled within', settlesWithin],
    ['Timeout of a call', startToCloseTimeout],
    ['Timeout of heartbeats', heartbeatTimeout],
    ['Attempts', retry?.maximumAttempts?.toString()],
  ];
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card>
        <CardHeader
          title="What it is"
          description="From the types and the doc comment of the function. A change of its file is read by itself."
        />
        <CardBody className="flex flex-col gap-3 text-sm">
          {description === '' ? null : <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{description}</p>}
          <p>
            <Badge>{EFFECT_WORDS[effect]}</Badge>
          </p>
          <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
            {rows.map(([what, value]) =>
              value ? (
                <div key={what} className="contents">
                  <dt className="text-ink-2">{what}</dt>
                  <dd className="[overflow-wrap:anywhere]">{value}</dd>
                </div>
              ) : null
            )}
          </dl>
        </CardBody>
      </Card>
      <Fields title="Input" none="A step fills in nothing." schema={operation.input} />
      <Fields title="Output" none="Nothing is said about the output." schema={operation.output} />
    </div>
  );
}

function Fields({ title, none, schema }: { title: string; none: string; schema: JsonSchema }) {
  const fields = Object.entries(schema.properties ?? {});
  return (
    <Card>
      <CardHeader title={title} />
      {fields.length === 0 ? (
        <CardBody className="text-sm text-ink-2">
          {schema.type === undefined || schema.type === 'object' ? none : typeOf(schema)}
        </CardBody>
      ) : (
        <ul className="divide-y divide-hairline">
          {fields.map(([name, field]) => (
            <li key={name} className="grid gap-x-4 px-4 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
              <span className="min-w-0 font-mono text-xs leading-5 [overflow-wrap:anywhere]">
                {name}
                {schema.required?.includes(name) ? '' : '?'}
              </span>
              <span className="min-w-0 text-xs leading-5 text-ink-2 [overflow-wrap:anywhere]">
                {typeOf(field)}
                {field.description ? ` · ${field.description}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function typeOf({ type, format, enum: values, const: only, items }: JsonSchema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (only !== undefined) return JSON.stringify(only);
  if (type === 'array') return `list of ${items ? typeOf(items) : 'anything'}`;
  return [type ?? 'anything', format].filter(Boolean).join(', ');
}
