'use client';

/** One connection: where it is, how it authenticates, and its operations. */
import { Archive, ArchiveRestore, FileDown, Pencil, Plug, Plus, RefreshCw, Workflow } from 'lucide-react';
import Link from 'next/link';
import { useRef, useState } from 'react';
import type { CallReport, ConnectionDetail, OperationRow } from '@/app/_contract/connections';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { SearchField } from '@/components/ui/search-field';
import { useRows } from '@/components/ui/use-rows';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { addressOf, loginOf, secretsOf } from '@/engine/flow/connections/connection';
import { factsAtRunTime } from '@/engine/flow/connections/kinds/table';
import { lineOf } from '@/engine/flow/connections/operation';
import { CallResult } from './call-result';
import { ConnectionForm } from './connection-form';
import { ImportDialog } from './import-dialog';
import { ArchiveDialog } from './archive-dialog';
import { FolderProblems } from './folder-state';
import { formOf } from './kinds/table';
import { ToolsDialog } from './tools-dialog';
import { EFFECT_WORDS, testWords } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next operation, previous operation' },
  { keys: ['Enter'], does: 'Open the operation' },
  { keys: ['/'], does: 'Search the operations' },
  { keys: ['Esc'], does: 'Leave the row' },
];

type Open = 'change' | 'archive' | 'import' | null;

export function ConnectionPage({ name, prefetched }: { name: string; prefetched: Prefetched<ConnectionDetail> }) {
  const { data, failure, readAtMs, retry } = useList('flows', routes.connection(name), prefetched);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  if (!data) return failure ? <FailureBand failure={failure} onRetry={retry} /> : null;
  const { fromFolder } = factsAtRunTime(data.row.connection.kind);
  return (
    <>
      {failure ? <FailureBand failure={failure} asOfMs={readAtMs} onRetry={retry} /> : null}
      <Head detail={data} onOpen={setOpen} onTested={retry} />
      {fromFolder ? <FolderProblems folder={data.folder} /> : null}
      <Operations detail={data} onImport={() => setOpen('import')} />
      {open === 'change' ? (
        <ConnectionForm
          row={data.row}
          environment={data.environment}
          onClose={close}
          onSaved={() => {
            close();
            retry();
          }}
        />
      ) : null}
      {open === 'archive' ? <ArchiveDialog detail={data} onClose={close} onDone={retry} /> : null}
      {open === 'import' && data.row.connection.kind === 'http' ? (
        <ImportDialog detail={data} onClose={close} onDone={retry} />
      ) : null}
      {open === 'import' && data.row.connection.kind === 'mcp' ? (
        <ToolsDialog detail={data} onClose={close} onDone={retry} />
      ) : null}
    </>
  );
}

function Head({
  detail,
  onOpen,
  onTested,
}: {
  detail: ConnectionDetail;
  onOpen: (open: Open) => void;
  onTested: () => void;
}) {
  const { connection, archivedMs, archivedBy, changedBy, changedMs } = detail.row;
  const { allow } = connection;
  const { fromFolder, words } = factsAtRunTime(connection.kind);
  const away = useAway();
  const mayPut = useWhyNot('connections.put') ?? away?.reason ?? null;
  const mayTest = useWhyNot('connections.test') ?? away?.reason ?? null;
  const test = useSend();
  const [report, setReport] = useState<CallReport | null>(null);
  const run = async () => {
    setReport(null);
    const answer = await test.send<CallReport>(routes.testConnection(connection.name), {});
    // What was read from a folder is shown in its own place.
    if (!fromFolder || answer?.failure) setReport(answer);
    onTested();
  };
  const secrets = secretsOf(connection);
  return (
    <>
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold [overflow-wrap:anywhere]">
            {connection.title}
            {archivedMs === null ? null : <Badge>Archived</Badge>}
          </h1>
          <p className="text-sm text-ink-2">
            <span className="font-mono">{connection.name}</span> · {words} · changed by {changedBy}{' '}
            <RelativeTime atMs={changedMs} />
          </p>
        </div>
        <div className="ml-auto flex flex-wrap gap-2">
          <Button
            disabledReason={archivedMs === null ? mayTest : 'The connection is archived.'}
            pending={test.pending}
            onClick={() => void run()}
          >
            {fromFolder ? <RefreshCw aria-hidden /> : <Plug aria-hidden />}
            {fromFolder ? 'Read again' : 'Test'}
          </Button>
          <Button disabledReason={mayPut} onClick={() => onOpen('archive')}>
            {archivedMs === null ? <Archive aria-hidden /> : <ArchiveRestore aria-hidden />}
            {archivedMs === null ? 'Archive' : 'Restore'}
          </Button>
          <Button disabledReason={mayPut} onClick={() => onOpen('change')}>
            <Pencil aria-hidden />
            Change
          </Button>
        </div>
      </header>
      {archivedMs === null ? null : (
        <p className="rounded-lg border border-hairline bg-card px-4 py-2 text-sm">
          {archivedBy} archived this connection <RelativeTime atMs={archivedMs} />. It is offered nowhere. Steps of runs
          that call it are tried again until it is restored.
        </p>
      )}
      <Card>
        <dl className="grid gap-x-6 gap-y-2 px-4 py-3 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
          <dt className="text-ink-2">{fromFolder ? 'Folder' : 'Address'}</dt>
          <dd className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">{addressOf(connection)}</dd>
          <dt className="text-ink-2">{fromFolder ? 'Environment' : 'Authentication'}</dt>
          <dd>
            {loginOf(connection)}
            {secrets.length > 0 ? (
              <>
                {' '}
                with the secret <code className="font-mono text-xs">{secrets.join(', ')}</code>
              </>
            ) : null}
          </dd>
          {allow.length > 0 ? (
            <>
              <dt className="text-ink-2">Further origins</dt>
              <dd className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">{allow.join(', ')}</dd>
            </>
          ) : null}
        </dl>
        {test.failure || report ? (
          <CardBody className="border-t border-hairline">
            {test.failure ? <FailureBand failure={test.failure} /> : null}
            {report ? <CallResult report={report} told={testWords(report)} /> : null}
          </CardBody>
        ) : null}
      </Card>
    </>
  );
}

function Operations({ detail, onImport }: { detail: ConnectionDetail; onImport: () => void }) {
  const { connection, archivedMs } = detail.row;
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const rows = useRows({ keys: KEYS, search });
  const away = useAway();
  const whyNot =
    useWhyNot('operations.put') ?? away?.reason ?? (archivedMs === null ? null : 'The connection is archived.');
  const mayRead = useWhyNot('connections.test');
  const wanted = text.trim().toLowerCase();
  const live = detail.operations.filter((each) => each.archivedMs === null);
  const archived = detail.operations.filter((each) => each.archivedMs !== null);
  const fits = ({ operation }: OperationRow) =>
    [operation.title, operation.name, lineOf(operation).text].some((each) => each.toLowerCase().includes(wanted));
  const shown = [...live, ...archived].filter(fits);
  const add = (
    <>
      {connection.kind === 'http' ? (
        <Button size="sm" disabledReason={whyNot} onClick={onImport}>
          <FileDown aria-hidden />
          Import OpenAPI
        </Button>
      ) : null}
      {connection.kind === 'mcp' ? (
        <Button size="sm" disabledReason={whyNot ?? mayRead} onClick={onImport}>
          <FileDown aria-hidden />
          Read tools
        </Button>
      ) : null}
      {factsAtRunTime(connection.kind).fromFolder ? null : (
        <LinkButton size="sm" variant="primary" disabledReason={whyNot} href={pages.newOperation(connection.name)}>
          <Plus aria-hidden />
          New operation
        </LinkButton>
      )}
    </>
  );
  return (
    <Card>
      <CardHeader
        title="Operations"
        description="What steps can call here. They appear in the palette of every flow."
        actions={detail.operations.length > 0 ? add : null}
      />
      {detail.operations.length === 0 ? (
        <EmptyState
          icon={<Workflow aria-hidden />}
          title="No operation yet"
          action={<div className="flex flex-wrap justify-center gap-2">{add}</div>}
        >
          {formOf(connection.kind).firstOperation}
        </EmptyState>
      ) : (
        <div ref={rows} data-rows>
          {detail.operations.length > 5 ? (
            <div className="border-b border-hairline px-4 py-2">
              <SearchField
                ref={search}
                aria-label="Search the operations"
                aria-keyshortcuts="/"
                placeholder="Search"
                value={text}
                onValue={setText}
                onRows={() => rows.current?.querySelector<HTMLElement>('[data-row]')?.focus()}
              />
            </div>
          ) : null}
          <ul className="divide-y divide-hairline">
            {shown.slice(0, MOST_SHOWN).map((row) => (
              <OneOperation key={row.operation.name} row={row} />
            ))}
          </ul>
          {shown.length === 0 ? <p className="px-4 py-6 text-sm text-ink-2">No operation has this text.</p> : null}
          {shown.length > MOST_SHOWN ? (
            <p className="border-t border-hairline px-4 py-2 text-xs text-ink-2">
              {shown.length - MOST_SHOWN} more. Search to find them.
            </p>
          ) : null}
        </div>
      )}
    </Card>
  );
}

const MOST_SHOWN = 200;

function OneOperation({ row: { operation, archivedMs } }: { row: OperationRow }) {
  const { connection, name, title, effect, undo } = operation;
  const { verb, text } = lineOf(operation);
  return (
    <li className="relative grid gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-ink/3 md:grid-cols-[minmax(0,3fr)_minmax(0,3fr)_minmax(0,3fr)] md:items-center">
      <div className="min-w-0">
        <Link
          href={pages.operation(connection, name)}
          data-row
          className="block truncate text-sm font-medium after:absolute after:inset-0"
        >
          {title}
        </Link>
        <p className="truncate font-mono text-xs text-ink-2">
          {connection}.{name}
        </p>
      </div>
      <p className="truncate font-mono text-xs" title={text}>
        <span className="inline-block w-14 text-ink-2">{verb}</span>
        {text}
      </p>
      <p className="flex flex-wrap items-center gap-1 md:justify-end">
        {archivedMs === null ? null : <Badge>Archived</Badge>}
        <Badge>{EFFECT_WORDS[effect]}</Badge>
        {undo ? <Badge>Undo: {undo.operation}</Badge> : null}
      </p>
    </li>
  );
}
