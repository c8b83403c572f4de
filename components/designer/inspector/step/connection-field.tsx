'use client';

/**
 * The connection of an HTTP request: one of Settings, or of the configuration of the engine.
 *
 * Rules
 * [CNF1] It is a choice also while the list of connections cannot be read: of those that the draft uses, with the
 *        reason and a way to try again.
 */
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import type { SelectOption } from '@/components/ui/field';
import type { ConnectionList } from '@/app/_contract/connections';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import type { JsonSchema } from '@/engine/flow/document';
import { draftNodes, type Draft, type Json } from '@/engine/flow/edit/draft';
import { addressOf } from '@/engine/flow/connections/connection';
import { fieldsOf } from '@/engine/run-view/fields';
import { ValueField } from '../expressions/value-field';
import { useEditing, useField } from '../editing';
import { ChoiceField } from '../fields/choice-field';
import { Help } from '../fields/frame';
import type { Place } from '../place';

export function ConnectionField({ place, schema }: { place: Place; schema: JsonSchema | undefined }) {
  const list = useList<ConnectionList>('flows', routes.connections());
  const { draft } = useEditing();
  const { value } = useField(place);
  // An expression is edited as one.
  if (value !== undefined && typeof value !== 'string')
    return <ValueField label="Connection" place={place} schema={schema} help={schema?.description} />;
  const options = list.data ? optionsOf(list.data) : usedIn(draft).map((name) => ({ value: name, label: name }));
  return (
    <div className="flex flex-col gap-1">
      <ChoiceField label="Connection" place={place} options={options} placeholder="Choose a connection" />
      {list.failure === null || list.data ? (
        <Where
          unknown={list.data && value !== undefined && !options.some((each) => each.value === value) ? value : null}
        />
      ) : (
        <div role="status" className="flex flex-wrap items-center gap-2">
          <Help>The connections cannot be read now. These are the ones that the draft uses.</Help>
          <Button size="sm" onClick={list.retry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** `unknown`: a name that no connection has. */
function Where({ unknown }: { unknown: string | null }) {
  const settings = (
    <Link className="underline" href={pages.connections()}>
      Settings, Connections
    </Link>
  );
  return (
    <Help>
      {unknown === null ? (
        <>Its address, authentication and headers are those of {settings}.</>
      ) : (
        <>
          There is no HTTP connection &apos;{unknown}&apos; now. Make it in {settings}, or choose another one.
        </>
      )}
    </Help>
  );
}

function optionsOf({ connections, environment }: ConnectionList): SelectOption[] {
  const configured = new Set(environment.map(({ name }) => name));
  return [
    ...environment.map(({ name, address }) => {
      return { value: name, label: name, description: `${address}, from the configuration` };
    }),
    ...connections.flatMap(({ connection, archivedMs }) => {
      if (archivedMs !== null || connection.kind !== 'http' || configured.has(connection.name)) return [];
      const description = `${connection.name} · ${addressOf(connection)}`;
      return [{ value: connection.name, label: connection.title, description }];
    }),
  ];
}

/** Names of the connections of all requests of the draft, of their undos and look-ups too. */
function usedIn(draft: Draft): string[] {
  const names = draftNodes(draft).flatMap(({ fields }) =>
    [fields, fieldsOf(fields.undo), fieldsOf(fields.unknown)].map(
      (call) => fieldsOf((call as { input?: Json }).input).connection
    )
  );
  return [...new Set(names.filter((name) => typeof name === 'string'))].sort();
}
