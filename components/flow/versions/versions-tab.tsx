'use client';

/**
 * The versions of a flow: who published each and why, its open runs, whether it starts new ones, and what can be done
 * with it.
 */
import { GitCompare } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { VersionList, VersionRow } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { Clamped } from '@/components/ui/clamped';
import { cn } from '@/components/ui/cn';
import { PlainText } from '@/components/ui/plain-text';
import { CopyableId } from '@/components/ui/copyable';
import { LinkButton } from '@/components/ui/link-button';
import { Badge, Keys, Table, TableBody, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { Tooltip } from '@/components/ui/tooltip';
import { useRows } from '@/components/ui/use-rows';
import { RestoreVersionDialog } from './restore-version-dialog';
import { RetireDialog } from './retire-dialog';
import { VersionMenu } from './version-menu';

/** What a person does with a version in a dialog. */
type Doing = { what: 'retire' | 'unretire' | 'restore'; version: VersionRow };

/** A cell that stays in view covers the others, and has the tint of its row all the same. */
const STUCK =
  'sticky right-0 bg-paper bg-linear-to-r in-aria-selected:from-ink/6 in-aria-selected:to-ink/6 in-[tr:hover]:from-ink/3 in-[tr:hover]:to-ink/3';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next version, previous version' },
  { keys: ['Enter'], does: 'Open the version' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export interface VersionsTabProps {
  flow: string;
  title: string;
  /** The version that the page shows. */
  shown: number;
}

export function VersionsTab({ flow, title, shown }: VersionsTabProps) {
  const list = useList<VersionList>('flows', routes.versions(flow));
  const [doing, setDoing] = useState<Doing | null>(null);
  const rows = useRows({ keys: KEYS });
  const { versions, served, draft } = list.data ?? { versions: [], served: null, draft: null };
  const newest = versions[0]?.version ?? null;
  return (
    <div ref={rows} data-rows className="flex flex-col gap-4 p-4">
      {list.failure ? (
        <FailureBand failure={list.failure} asOfMs={list.data ? list.readAtMs : null} onRetry={list.retry} />
      ) : null}
      {list.data && served === null ? (
        <p className="text-sm text-fail">
          The flow is archived: no version of it starts runs. Restoring it takes back the versions that were retired
          last.
        </p>
      ) : null}
      {list.data ? (
        <Table label={`Versions of ${title}`}>
          <TableHead>
            <TableRow>
              <TableHeading>Version</TableHeading>
              <TableHeading className="max-md:hidden">Published</TableHeading>
              <TableHeading>What changed, and why</TableHeading>
              <TableHeading className="max-md:hidden">Open runs</TableHeading>
              <TableHeading className="max-lg:hidden">sha256 of the code</TableHeading>
              <TableHeading>
                <span className="sr-only">Actions</span>
              </TableHeading>
            </TableRow>
          </TableHead>
          <TableBody>
            {versions.map((version, index) => {
              const earlier = versions[index + 1]?.version;
              return (
                <TableRow key={version.version} aria-selected={version.version === shown}>
                  <TableCell className="whitespace-nowrap py-2">
                    <Link
                      href={pages.flow(flow, version.version)}
                      data-row
                      className="font-medium underline-offset-2 hover:underline"
                      aria-current={version.version === shown ? 'true' : undefined}
                    >
                      {version.revision}
                    </Link>
                    <StateBadge version={version} served={served} newest={newest} />
                    <Published version={version} className="text-xs text-ink-2 md:hidden" />
                  </TableCell>
                  <TableCell className="whitespace-nowrap py-2 max-md:hidden">
                    <Published version={version} />
                  </TableCell>
                  <TableCell className="max-w-96 py-2 md:min-w-48 text-sm wrap-anywhere">
                    {version.note ? (
                      <Clamped>
                        <PlainText text={version.note} />
                      </Clamped>
                    ) : (
                      <span className="text-ink-2">—</span>
                    )}
                    <p className="figures mt-0.5 text-xs text-ink-2 md:hidden">
                      Open runs: <OpenRuns flow={flow} version={version} />
                    </p>
                    {version.retired ? (
                      <Clamped className="mt-0.5 text-xs text-ink-2">
                        Retired by {version.retired.by}, <RelativeTime atMs={version.retired.atMs} />
                        {version.retired.reason ? (
                          <>
                            {': '}
                            <PlainText text={version.retired.reason} />
                          </>
                        ) : null}
                      </Clamped>
                    ) : null}
                  </TableCell>
                  <TableCell className="figures whitespace-nowrap max-md:hidden">
                    <OpenRuns flow={flow} version={version} />
                  </TableCell>
                  <TableCell className="max-lg:hidden">
                    <CopyableId id={version.sha} length={13} what="sha256" />
                  </TableCell>
                  <TableCell className={cn(STUCK, 'whitespace-nowrap text-right')}>
                    <span className="inline-flex items-center gap-1">
                      {earlier === undefined ? null : (
                        <LinkButton
                          size="sm"
                          className="max-md:hidden"
                          href={pages.compare(flow, earlier, version.version)}
                        >
                          <GitCompare aria-hidden />
                          Changes since v{earlier}
                        </LinkButton>
                      )}
                      <VersionMenu
                        flow={flow}
                        version={version}
                        newest={newest}
                        earlier={earlier ?? null}
                        draft={draft}
                        onDo={(what) => setDoing({ what, version })}
                      />
                    </span>
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      ) : null}
      <p className="text-xs text-ink-2">
        A run keeps the version with which it started.
        <span className="max-md:hidden">
          {' '}
          On the drawing <Keys keys={['F']} /> shows what would be undone after a failure.
        </span>
      </p>
      {doing?.what === 'restore' ? (
        <RestoreVersionDialog
          flow={flow}
          version={doing.version.version}
          draft={draft}
          onClose={() => setDoing(null)}
        />
      ) : doing ? (
        <RetireDialog
          flow={flow}
          version={doing.version}
          what={doing.what}
          versions={versions}
          onClose={() => setDoing(null)}
        />
      ) : null}
    </div>
  );
}

function Published({ version, className }: { version: VersionRow; className?: string }) {
  return (
    <span className={cn('block', className)}>
      <RelativeTime atMs={version.publishedMs} />
      <span className="block text-xs text-ink-2">{version.publishedBy ?? 'Backstitch'}</span>
    </span>
  );
}

function OpenRuns({ flow, version: { version, openRuns } }: { flow: string; version: VersionRow }) {
  if (openRuns === null) return <span className="text-ink-2">not known</span>;
  if (openRuns === 0) return <span className="text-ink-2">none</span>;
  return (
    <Link
      href={pages.runs(`flow=${encodeURIComponent(flow)}&version=${version}`)}
      className="underline underline-offset-2 hover:text-ink"
    >
      {openRuns} open
    </Link>
  );
}

/** Live: new runs start with it. A newer one that is retired does not. */
function StateBadge({
  version,
  served,
  newest,
}: {
  version: VersionRow;
  served: number | null;
  newest: number | null;
}) {
  const { version: number, retired } = version;
  if (retired)
    return (
      <Tooltip content="It starts no new runs. Its open runs go on.">
        <span tabIndex={0} className="ml-2">
          <Badge className="border-dashed border-mark">retired</Badge>
        </span>
      </Tooltip>
    );
  if (number === served)
    return (
      <Tooltip content="New runs start with it.">
        <span tabIndex={0} className="ml-2">
          <Badge tone="inverse">live</Badge>
        </span>
      </Tooltip>
    );
  return number === newest ? <Badge className="ml-2">newest</Badge> : <Badge className="ml-2">older</Badge>;
}
