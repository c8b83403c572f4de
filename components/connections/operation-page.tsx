'use client';

/** One operation: the form, and one real call with it. */
import { Archive, ArchiveRestore } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ConnectionDetail } from '@/app/_contract/connections';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { factsAtRunTime } from '@/engine/flow/connections/kinds/table';
import { inferSchema } from '@/engine/flow/schema/infer';
import { ArchiveOperationDialog } from './archive-dialog';
import { OperationFields } from './operation-fields';
import { modelOf, operationOf, type ModelProblems } from './operation-model';
import { ReadOperation } from './read-operation';
import { SendOnce } from './send-once';
import { nameFor } from './words';

export function OperationPage({
  detail,
  operation: asked,
}: {
  detail: ConnectionDetail;
  /** Null: a new one. */
  operation: string | null;
}) {
  const { connection, archivedMs } = detail.row;
  const row = detail.operations.find((each) => each.operation.name === asked) ?? null;
  const before = row?.operation ?? null;
  const router = useRouter();
  const away = useAway();
  const [model, setModel] = useState(() => modelOf(before, connection.kind));
  const [isNamed, setNamed] = useState(before !== null);
  const [problems, setProblems] = useState<ModelProblems>({});
  const put = useSend(['flows']);
  const archive = useSend(['flows']);
  const [archiving, setArchiving] = useState(false);
  const whyNot =
    useWhyNot('operations.put') ?? away?.reason ?? (archivedMs === null ? null : 'The connection is archived.');
  const maySend = useWhyNot('operations.sendOnce') ?? away?.reason ?? null;
  const { fromFolder = false } = factsAtRunTime(connection.kind);
  if (!before && (asked !== null || fromFolder))
    return (
      <EmptyState
        title={<h1>{asked === null ? 'Operations are written in the folder' : `There is no operation '${asked}'`}</h1>}
      >
        <Link className="underline" href={pages.connection(connection.name)}>
          Go back to {connection.title}
        </Link>
      </EmptyState>
    );

  const named = isNamed ? model : { ...model, name: nameFor(model.title) };
  const made = () => {
    const result = operationOf(named, connection.name, before);
    setProblems('problems' in result ? result.problems : {});
    return 'operation' in result ? result.operation : null;
  };
  const save = async () => {
    const operation = made();
    if (!operation) return;
    const operations = [{ operation, base: row?.revision ?? 0 }];
    if (await put.send(routes.putOperations(connection.name), { operations })) leave();
  };
  const leave = () => {
    router.push(pages.connection(connection.name));
    router.refresh();
  };
  const restore = async () => {
    if (!before) return;
    if (await archive.send(routes.archiveOperation(connection.name, before.name), { archived: false })) leave();
  };
  const failure = put.failure ?? archive.failure;
  const errorAt = (field: string, at: string) =>
    problems[field] ??
    put.failure?.problems?.find(
      (each) => each.at.startsWith(`/operations/0/operation${at}`) || each.at.startsWith(`/operations/0${at}`)
    )?.message ??
    null;
  const isArchived = row?.archivedMs !== null && row !== null;
  return (
    <>
      {archiving && before ? (
        <ArchiveOperationDialog detail={detail} operation={before} onClose={() => setArchiving(false)} onDone={leave} />
      ) : null}
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold [overflow-wrap:anywhere]">
            {before?.title ?? 'New operation'}
            {isArchived ? <Badge>Archived</Badge> : null}
          </h1>
          <p className="font-mono text-sm text-ink-2 [overflow-wrap:anywhere]">
            {connection.name}.{named.name || '…'}
          </p>
        </div>
        <div className="ml-auto flex flex-wrap gap-2">
          {before && !fromFolder ? (
            <Button
              disabledReason={whyNot}
              pending={archive.pending}
              onClick={() => (isArchived ? void restore() : setArchiving(true))}
            >
              {isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
              {isArchived ? 'Restore' : 'Archive'}
            </Button>
          ) : null}
          {fromFolder ? null : (
            <Button variant="primary" disabledReason={whyNot} pending={put.pending} onClick={() => void save()}>
              {before ? 'Save' : 'Create the operation'}
            </Button>
          )}
        </div>
      </header>
      {before ? (
        <p className="text-sm text-ink-2">
          A change applies to what is published from now on. Versions that are published keep their copy.
        </p>
      ) : null}
      {failure ? <FailureBand failure={failure} /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        {before && fromFolder ? (
          <ReadOperation operation={before} />
        ) : (
          <OperationFields
            model={named}
            before={before}
            siblings={detail.operations.filter((each) => each.archivedMs === null).map((each) => each.operation)}
            errorAt={errorAt}
            onChange={(change) => {
              if ('name' in change) setNamed(true);
              setModel((now) => ({ ...now, ...change }));
            }}
          />
        )}
        <Card className="lg:sticky lg:top-4">
          <CardHeader title="Send once" description="One real call, with the fields as they are here." />
          <CardBody>
            <SendOnce
              connection={connection}
              make={made}
              inputSchema={named.input}
              disabledReason={maySend ?? (archivedMs === null ? null : 'The connection is archived.')}
              onPropose={
                fromFolder
                  ? null
                  : (value) => setModel((now) => ({ ...now, output: JSON.stringify(inferSchema(value), null, 2) }))
              }
            />
          </CardBody>
        </Card>
      </div>
    </>
  );
}
