'use client';

/** What was read from the operator's own folder of activities, and what is to be mended in it. */
import { TriangleAlert } from 'lucide-react';
import type { FolderState } from '@/app/_contract/connections';
import { Card, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';

export function FolderProblems({ folder }: { folder: FolderState | null }) {
  if (folder === null)
    return (
      <p className="rounded-lg border border-hairline bg-card px-4 py-2 text-sm">
        The engine was started without a folder of activities, so steps that call these operations are tried again until
        it has one. Start it with <code className="font-mono text-xs">--activities</code> or BACKSTITCH_ACTIVITIES.
      </p>
    );
  const { problems, readAtMs } = folder;
  if (problems.length === 0) return null;
  return (
    <Card>
      <CardHeader
        title={problems.length === 1 ? '1 problem in the folder' : `${problems.length} problems in the folder`}
        description="The other functions run. A step that calls one of these is tried again until it is mended."
        actions={
          readAtMs === null ? null : (
            <span className="text-xs text-ink-2">
              <RelativeTime prefix="read " atMs={readAtMs} />
            </span>
          )
        }
      />
      <ul className="divide-y divide-hairline">
        {problems.map(({ file, line, message }, index) => (
          <li key={index} className="flex items-start gap-2.5 px-4 py-2.5 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
            <div className="min-w-0">
              <p className="font-mono text-xs leading-5 text-ink-2 [overflow-wrap:anywhere]">
                {file === '' ? folder.folder : file}
                {line === null ? '' : `:${line}`}
              </p>
              <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{message}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
