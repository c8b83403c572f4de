'use client';

/** The connection of an HTTP request: one of Settings, or of the configuration of the engine. */
import Link from 'next/link';
import type { ConnectionList } from '@/app/_contract/connections';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import type { JsonSchema } from '@/engine/flow/document';
import { addressOf } from '@/engine/flow/connections/connection';
import { ValueField } from '../expressions/value-field';
import { useField } from '../editing';
import { ChoiceField } from '../fields/choice-field';
import { Help } from '../fields/frame';
import type { Place } from '../place';

export function ConnectionField({ place, schema }: { place: Place; schema: JsonSchema | undefined }) {
  const { data } = useList<ConnectionList>('flows', routes.connections());
  const { value } = useField(place);
  // An expression is edited as one.
  if (!data || (value !== undefined && typeof value !== 'string'))
    return <ValueField label="Connection" place={place} schema={schema} help={schema?.description} />;
  const live = data.connections.filter(({ archivedMs }) => archivedMs === null);
  const configured = new Set(data.environment.map(({ name }) => name));
  const options = [
    ...data.environment.map(({ name, address }) => ({
      value: name,
      label: name,
      description: `${address}, from the configuration`,
    })),
    ...live.flatMap(({ connection }) =>
      connection.kind === 'http' && !configured.has(connection.name)
        ? [
            {
              value: connection.name,
              label: connection.title,
              description: `${connection.name} · ${addressOf(connection)}`,
            },
          ]
        : []
    ),
  ];
  const isKnown = value === undefined || options.some((option) => option.value === value);
  const settings = (
    <Link className="underline" href={pages.connections()}>
      Settings, Connections
    </Link>
  );
  return (
    <div className="flex flex-col gap-1">
      <ChoiceField label="Connection" place={place} options={options} placeholder="Choose a connection" />
      <Help>
        {isKnown ? (
          <>Its address, authentication and headers are those of {settings}.</>
        ) : (
          <>
            There is no HTTP connection &apos;{value}&apos; now. Make it in {settings}, or choose another one.
          </>
        )}
      </Help>
    </div>
  );
}
