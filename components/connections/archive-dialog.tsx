'use client';

/** Archives a connection or one of its operations, or restores a connection. What uses it is said before. */
import Link from 'next/link';
import type { ConnectionDetail, ConnectionUse, DraftUse } from '@/app/_contract/connections';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { FormDialog } from '@/components/ui/form-dialog';

export function ArchiveDialog({
  detail,
  onClose,
  onDone,
}: {
  detail: ConnectionDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const { connection, archivedMs } = detail.row;
  const archived = archivedMs === null;
  const { pending, failure, send } = useSend(['flows']);
  const submit = async () => {
    if (!(await send(routes.archiveConnection(connection.name), { archived }))) return;
    onDone();
    onClose();
  };
  return (
    <FormDialog
      title={archived ? `Archive '${connection.title}'?` : `Restore '${connection.title}'?`}
      description={
        archived
          ? 'New versions cannot use it. Steps of open runs that call it, and undo steps too, wait until it is restored.'
          : 'Steps that waited for it go on with their next attempt.'
      }
      action={archived ? 'Archive the connection' : 'Restore the connection'}
      leave={archived ? 'Keep it' : 'Cancel'}
      danger={archived}
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      {archived ? (
        <>
          <Uses uses={detail.uses} />
          <Drafts drafts={detail.drafts} />
        </>
      ) : null}
    </FormDialog>
  );
}

/** Published versions have a copy of the operation, so that only drafts lose it. */
export function ArchiveOperationDialog({
  detail,
  operation: { name, title },
  onClose,
  onDone,
}: {
  detail: ConnectionDetail;
  operation: { name: string; title: string };
  onClose: () => void;
  onDone: () => void;
}) {
  const { pending, failure, send } = useSend(['flows']);
  const submit = async () => {
    const url = routes.archiveOperation(detail.row.connection.name, name);
    if (await send(url, { archived: true })) onDone();
  };
  return (
    <FormDialog
      title={`Archive '${title}'?`}
      description="New versions cannot call it. Published versions have a copy of it, so their runs go on."
      action="Archive the operation"
      leave="Keep it"
      danger
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <Drafts drafts={detail.drafts.filter(({ operations }) => operations.includes(name))} />
    </FormDialog>
  );
}

function Drafts({ drafts }: { drafts: readonly DraftUse[] }) {
  if (drafts.length === 0) return <p className="text-sm text-ink-2">No draft calls it.</p>;
  return (
    <section aria-label="Drafts that call it" className="flex flex-col gap-1.5">
      <h3 className="text-sm font-medium">
        {drafts.length === 1 ? '1 draft calls it' : `${drafts.length} drafts call it`}, and cannot be published after
        this
      </h3>
      <ul className="max-h-60 divide-y divide-hairline overflow-auto rounded-md border border-hairline text-sm">
        {drafts.map(({ id, title, operations }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-2 px-3 py-1.5">
            <Link href={pages.draft(id)} className="min-w-0 underline [overflow-wrap:anywhere]">
              {title}
            </Link>
            <span className="min-w-0 text-xs text-ink-2 [overflow-wrap:anywhere]">
              {operations.map((each) => each || 'a request of its own').join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Uses({ uses }: { uses: readonly ConnectionUse[] }) {
  if (uses.length === 0) return <p className="text-sm text-ink-2">No published version calls it.</p>;
  return (
    <section aria-label="What calls it" className="flex flex-col gap-1.5">
      <h3 className="text-sm font-medium">{uses.length === 1 ? '1 flow calls it' : `${uses.length} flows call it`}</h3>
      <ul className="max-h-60 divide-y divide-hairline overflow-auto rounded-md border border-hairline text-sm">
        {uses.map(({ flow, title, versions, newest }) => (
          <li key={flow} className="flex flex-wrap items-baseline gap-x-2 px-3 py-1.5">
            <Link href={pages.flow(flow)} className="min-w-0 underline [overflow-wrap:anywhere]">
              {title}
            </Link>
            <span className="text-xs text-ink-2">
              {versions.map((version) => `v${version}`).join(', ')}
              {newest ? ' · the newest version' : ' · not the newest version any more'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
