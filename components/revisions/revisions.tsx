'use client';

/** The revisions of a flow's versions: who, when and why, the open runs on each, and the way back to an earlier one. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { RevisionList, RevisionRow } from '@/app/_contract/gates';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { Clamped } from '@/components/ui/clamped';
import { PlainText } from '@/components/ui/plain-text';
import { Button } from '@/components/ui/button';
import { Badge, Table, TableBody, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { GateDialog } from './gate-dialog';
import { goesTo } from './words';

/** Nothing if no version has several revisions. */
export function Revisions({ flow }: { flow: string }) {
  const queries = useQueryClient();
  const router = useRouter();
  const [back, setBack] = useState<RevisionRow | null>(null);
  const whyNot = useWhyNot('flows.rollBack', flow);
  const { data, error, refetch } = useQuery({
    queryKey: ['flows', flow, 'revisions'],
    queryFn: ({ signal }) => getJson<RevisionList>(routes.revisions(flow), signal),
  });
  // With a dialog open, the list of before remains behind it.
  if (error && !data)
    return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="mx-4" />;
  if (!data || data.revisions.length === 0) return null;
  return (
    <section className="p-4 pt-0">
      <h2 className="text-sm font-semibold">Revisions</h2>
      <p className="mb-2 mt-0.5 max-w-prose text-xs text-ink-2">
        A revision is a fix of a version for the runs that are open. A run switches to the live revision with its next
        step, if its history holds on it.
      </p>
      <Table label="Revisions">
        <TableHead>
          <TableRow>
            <TableHeading>Revision</TableHeading>
            <TableHeading className="max-md:hidden">Published</TableHeading>
            <TableHeading className="max-md:hidden">By</TableHeading>
            <TableHeading>Why</TableHeading>
            <TableHeading className="max-md:hidden">Open runs</TableHeading>
            <TableHeading className="max-md:hidden">
              <span className="sr-only">Actions</span>
            </TableHeading>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.revisions.map((row) => {
            const by = row.publishedBy ?? 'Backstitch';
            const openRuns = row.openRuns ?? 'not known';
            const goBack = row.live ? null : (
              <Button size="sm" disabledReason={whyNot} onClick={() => setBack(row)}>
                <Undo2 aria-hidden />
                {goesTo(row, data.revisions)}
              </Button>
            );
            return (
              <TableRow key={row.revision}>
                <TableCell className="whitespace-nowrap py-2 font-medium">
                  {row.revision}
                  {row.live ? <Badge className="ml-2">live</Badge> : null}
                  <span className="block text-xs font-normal text-ink-2 md:hidden">
                    <RelativeTime atMs={row.publishedMs} />
                    <span className="block">{by}</span>
                  </span>
                </TableCell>
                <TableCell className="whitespace-nowrap max-md:hidden">
                  <RelativeTime atMs={row.publishedMs} />
                </TableCell>
                <TableCell className="whitespace-nowrap text-ink-2 max-md:hidden">{by}</TableCell>
                <TableCell className="max-w-96 py-2 wrap-anywhere md:min-w-48">
                  <Clamped>
                    <PlainText text={row.note} />
                  </Clamped>
                  <p className="figures mt-0.5 text-xs text-ink-2 md:hidden">Open runs: {openRuns}</p>
                  {goBack ? <div className="mt-1.5 md:hidden">{goBack}</div> : null}
                </TableCell>
                <TableCell className="figures max-md:hidden">{openRuns}</TableCell>
                <TableCell className="text-right max-md:hidden">{goBack}</TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
      {data.switches.length > 0 ? (
        <ol aria-label="What went live" className="mt-3 flex flex-col gap-1 text-xs text-ink-2">
          {data.switches.map(({ revision, replaced, by, atMs, note, holding, breaking }) => (
            <li key={`${revision} ${atMs}`} className="wrap-anywhere">
              <RelativeTime atMs={atMs} />: {by || 'Backstitch'} put {revision} live in place of {replaced}; {holding}{' '}
              of {holding + breaking} open runs held
              {note ? (
                <>
                  {': '}
                  <PlainText text={note} />
                </>
              ) : (
                '.'
              )}
            </li>
          ))}
        </ol>
      ) : null}
      {back ? (
        <GateDialog
          flow={flow}
          title={goesTo(back, data.revisions)}
          wish={{ version: back.version, revision: back.revision }}
          onLive={() => {
            void queries.invalidateQueries({ queryKey: ['flows', flow] });
            router.refresh();
          }}
          onClose={() => setBack(null)}
        />
      ) : null}
    </section>
  );
}
