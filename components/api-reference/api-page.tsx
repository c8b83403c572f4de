'use client';

/** Settings, API: every address of the API for other systems, and those of each flow with its types; from its document. */
import { BookOpen, ChevronRight, Download, KeyRound } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ApiDocument } from '@/app/_contract/api';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CopyText } from '@/components/ui/copy-text';
import { LinkButton } from '@/components/ui/link-button';
import { SearchField } from '@/components/ui/search-field';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card, CardHeader } from '@/components/ui/surface';
import { useRows } from '@/components/ui/use-rows';
import {
  answerOf,
  bodyOf,
  curlOf,
  fieldsOfSchema,
  groupsOf,
  typeOfSchema,
  type Call,
  type FieldRow,
  type Group,
} from './reference';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next address, previous address' },
  { keys: ['Enter'], does: 'Open or close it' },
  { keys: ['/'], does: 'Search' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function ApiPage({ prefetched }: { prefetched: Prefetched<ApiDocument> }) {
  const { data, failure, readAtMs, retry } = useList('flows', routes.openApi(), prefetched);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const field = useRef<HTMLInputElement>(null);
  const rows = useRows({ keys: KEYS, search: field });
  const groups = data ? groupsOf(data, search) : [];

  useEffect(() => {
    const arrive = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      if (!id) return;
      setOpen((before) => new Set([...before, id]));
      // After it was drawn open.
      requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView({ block: 'start' }));
    };
    arrive();
    addEventListener('hashchange', arrive);
    return () => removeEventListener('hashchange', arrive);
  }, []);
  const toggle = (id: string) =>
    setOpen((before) =>
      before.has(id) ? new Set([...before].filter((each) => each !== id)) : new Set([...before, id])
    );

  return (
    <>
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold">API</h1>
          <p className="max-w-prose text-sm text-ink-2">
            For programs of yours: start, watch and steer runs, and decide approvals. A request needs a key and may do
            what the key may do. A POST with an Idempotency-Key can be repeated: it has its effect once.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <LinkButton href={pages.keys()}>
            <KeyRound aria-hidden />
            Keys
          </LinkButton>
          <Button asChild>
            <a href={routes.openApi()} download="backstitch-openapi.json">
              <Download aria-hidden />
              OpenAPI 3.1
            </a>
          </Button>
        </div>
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data ? (
        <>
          <div className="max-w-md">
            <SearchField
              ref={field}
              onRows={() => rows.current?.querySelector<HTMLElement>('[data-row]')?.focus()}
              value={search}
              onValue={setSearch}
              placeholder="Search: start, approvals, the name of a flow"
              aria-label="Search the API"
            />
          </div>
          <div ref={rows} data-rows className="grid min-w-0 gap-4">
            {groups.map((group) => (
              <GroupCard key={group.name} group={group} origin={originOf(data)} open={open} onToggle={toggle} />
            ))}
          </div>
          {groups.length === 0 ? (
            <Card>
              <EmptyState
                icon={<BookOpen aria-hidden />}
                title="No address has these words"
                action={<Button onClick={() => setSearch('')}>Show all</Button>}
              />
            </Card>
          ) : null}
        </>
      ) : null}
    </>
  );
}

const originOf = ({ servers }: ApiDocument): string => servers[0]?.url ?? '';

interface GroupCardProps {
  group: Group;
  origin: string;
  open: ReadonlySet<string>;
  onToggle: (id: string) => void;
}
function GroupCard({ group, origin, open, onToggle }: GroupCardProps) {
  return (
    <Card className="min-w-0">
      <CardHeader title={group.name} description={group.description} />
      <ul className="divide-y divide-hairline">
        {group.calls.map((call) => (
          <OneCall
            key={call.operationId}
            call={call}
            origin={origin}
            isOpen={open.has(call.operationId)}
            onToggle={() => onToggle(call.operationId)}
          />
        ))}
      </ul>
    </Card>
  );
}

function OneCall({
  call,
  origin,
  isOpen,
  onToggle,
}: {
  call: Call;
  origin: string;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const partId = useId();
  return (
    <li id={call.operationId} className="min-w-0 scroll-mt-4">
      <button
        type="button"
        data-row
        aria-expanded={isOpen}
        aria-controls={isOpen ? partId : undefined}
        onClick={onToggle}
        className="flex min-h-11 w-full items-start gap-3 px-4 py-2.5 text-left -outline-offset-2 hover:bg-ink/3"
      >
        <ChevronRight
          aria-hidden
          className={cn('mt-0.5 size-4 shrink-0 text-ink-2 transition-transform', isOpen && 'rotate-90')}
        />
        <Badge className="w-12 justify-center">{call.method}</Badge>
        <span className="grid min-w-0 flex-1 gap-x-4 gap-y-0.5 text-sm lg:grid-cols-2">
          <span className="min-w-0 font-mono text-xs leading-5 [overflow-wrap:anywhere]">{call.path}</span>
          <span className="min-w-0 text-ink-2">{call.summary}</span>
        </span>
      </button>
      {isOpen ? (
        <div id={partId} className="grid min-w-0 gap-4 px-4 pb-4 lg:pl-11">
          <Parts call={call} />
          <CopyText text={curlOf(origin, call)} label={`Call ${call.operationId} with curl`} />
        </div>
      ) : null}
    </li>
  );
}

function Parts({ call }: { call: Call }) {
  const body = bodyOf(call);
  const answer = answerOf(call);
  const parameters = call.parameters.map(({ name, required, description = '', schema, in: place }): FieldRow => {
    return { name, type: `${typeOfSchema(schema)}, ${WHERE[place]}`, isRequired: required, description, inner: [] };
  });
  return (
    <>
      {parameters.length > 0 ? <Fields title="Takes" fields={parameters} none="" /> : null}
      {body ? <Fields title="Body" fields={fieldsOfSchema(body)} none={typeOfSchema(body)} /> : null}
      <Fields title="Answers" fields={fieldsOfSchema(answer)} none={typeOfSchema(answer)} />
    </>
  );
}
const WHERE = { path: 'in the address', query: 'after the ?', header: 'a header' } as const;

function Fields({ title, fields, none }: { title: string; fields: readonly FieldRow[]; none: string }) {
  return (
    <section className="min-w-0">
      <h3 className="pb-1 text-xs font-semibold text-ink-2">{title}</h3>
      {fields.length > 0 ? <FieldList fields={fields} /> : <p className="text-xs text-ink-2">{none}</p>}
    </section>
  );
}

function FieldList({ fields }: { fields: readonly FieldRow[] }) {
  return (
    <ul className="grid min-w-0 gap-1 border-l border-hairline pl-3">
      {fields.map(({ name, type, isRequired, description, inner }) => (
        <li key={name} className="min-w-0 text-xs leading-5">
          <p className="grid gap-x-4 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)]">
            <span className="min-w-0 font-mono [overflow-wrap:anywhere]">
              {name}
              {isRequired ? '' : '?'}
            </span>
            <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
              {type}
              {description ? `. ${description}` : ''}
            </span>
          </p>
          {inner.length > 0 ? <FieldList fields={inner} /> : null}
        </li>
      ))}
    </ul>
  );
}
