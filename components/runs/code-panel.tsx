'use client';

/** The TypeScript of this run: that of its own version, whatever was published since. */
import { useQuery } from '@tanstack/react-query';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { nodeAtLine } from '@/components/flow/node-at-line';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { CodeBlock } from '@/components/code/code-block';
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
      onPickLine={(line) => onSelect(nodeAtLine(manifest.nodes, line))}
      label="Generated TypeScript"
      className="h-full"
    />
  );
}
