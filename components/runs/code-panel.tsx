'use client';

/** The TypeScript that this run runs: its own version's, whatever was published since. */
import { useQuery } from '@tanstack/react-query';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { CodeBlock } from '@/components/ui/code-block';
import type { FlowManifest } from '@/engine/flow/manifest';

export function CodePanel({
  manifest,
  selected,
  onSelect,
}: {
  manifest: FlowManifest;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ['flows', 'version', manifest.flow, manifest.version],
    queryFn: ({ signal }) => getJson<FlowDetail>(routes.flow(manifest.flow, manifest.version), signal),
    staleTime: Infinity,
  });
  if (error && !data) {
    return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="m-3" />;
  }
  return (
    <CodeBlock
      code={data?.shown.code ?? ''}
      lit={selected ? (manifest.nodes[selected]?.lines ?? null) : null}
      onPickLine={(line) => onSelect(innermostAt(manifest, line))}
      label="Generated TypeScript"
      className="h-full"
    />
  );
}

function innermostAt(manifest: FlowManifest, line: number): string | null {
  const hits = Object.values(manifest.nodes).filter(({ lines }) => line >= lines[0] && line <= lines[1]);
  hits.sort((a, b) => a.lines[1] - a.lines[0] - (b.lines[1] - b.lines[0]));
  return hits[0]?.id ?? null;
}
