'use client';

/** The variables of the flow, now or at the moment that the page shows. The code of the run knows them, no event does. */
import { useQuery } from '@tanstack/react-query';
import { routes } from '@/app/_contract/routes';
import type { QueryAnswer } from '@/app/_contract/runs';
import { failureFrom, postJson } from '@/components/live/api';
import { SchemaView } from '@/components/ui/schema-value';
import { VARIABLES_QUERY } from '@/engine/saga/contract';
import { Part } from './part';
import type { RunView } from './run-view';

/** Of a run that goes on. */
const AGAIN_MS = 3_000;

export function VariablesPart({ view }: { view: RunView }) {
  const { live, readBy, past, isFile } = view;
  const { workflowId, runId, closeMs } = live.summary;
  const at = past === null ? undefined : live.events.length;
  const isOpen = at === undefined && closeMs === null;
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['variables', workflowId, runId, at ?? (isOpen ? 'now' : 'end')],
    queryFn: ({ signal }) =>
      postJson<QueryAnswer>(routes.query(workflowId, runId), { name: VARIABLES_QUERY, at }, signal),
    enabled: !isFile,
    placeholderData: (before) => before,
    refetchInterval: isOpen ? AGAIN_MS : false,
    // Asking again does not help while the run is as it is.
    retry: false,
  });
  const why = isFile ? 'A file has the events of a run, and not its code.' : error ? whyUnknown(error) : null;
  return (
    <Part title="Variables">
      {why !== null ? (
        <p className="text-sm text-ink-2">
          {at === undefined ? 'Not known.' : 'Not known at this moment.'} {why}
        </p>
      ) : data ? (
        <div aria-busy={isPlaceholderData || undefined}>
          <SchemaView value={data.result} schema={schemaOf(readBy.document.variables)} />
        </div>
      ) : (
        <p role="status" className="text-sm text-ink-2">
          Reading the variables…
        </p>
      )}
    </Part>
  );
}

const schemaOf = (variables: RunView['readBy']['document']['variables']) => ({
  type: 'object' as const,
  properties: Object.fromEntries(Object.entries(variables).map(([name, { schema }]) => [name, schema])),
});

function whyUnknown(error: unknown): string {
  const { code, message } = failureFrom(error);
  if (code !== 'queryFailed') return message;
  if (message.includes('did not register a handler'))
    return 'This version was published before its variables could be read. Versions that are published now can be asked.';
  if (message.includes('had not run yet') || message.includes('has not run yet')) return 'The run had not begun.';
  return message;
}
