'use client';

/** The generated code of both states. That of a draft is generated now, as publishing it would. */
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import type { DraftCodeAnswer } from '@/app/_contract/code';
import type { ComparedSide } from '@/app/_contract/compare';
import { routes } from '@/app/_contract/routes';
import { comparable, type ComparedCode } from '@/components/designer/code/comparable';
import { Problems } from '@/components/flow/problems';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { EmptyState } from '@/components/ui/states';
import { useWide } from '@/components/ui/use-wide';
import type { Diagnostic } from '@/engine/flow/diagnostic';

const CodeDiff = dynamic(() => import('@/components/code/code-diff'), { ssr: false });
const WORKFLOW = 'workflow.ts';

type Code = { code: ComparedCode } | { problems: readonly Diagnostic[] };

export function CodeTab({ from, to }: { from: ComparedSide; to: ComparedSide }) {
  const [before, after] = [useCodeOf(from), useCodeOf(to)];
  const wide = useWide();
  const shown = useMemo(() => {
    if (!before.data || !after.data || !('code' in before.data) || !('code' in after.data)) return null;
    return { before: comparable(before.data.code, after.data.code), after: after.data.code.text };
  }, [before.data, after.data]);
  for (const [side, query] of [
    [from, before],
    [to, after],
  ] as const) {
    if (query.error)
      return <FailureBand failure={failureFrom(query.error)} className="m-3" onRetry={() => void query.refetch()} />;
    if (query.data && 'problems' in query.data)
      return (
        <div className="p-3">
          <p className="mb-2 text-sm">{`${side.label} has errors, so no code can be generated from it.`}</p>
          <Problems problems={query.data.problems} onPick={() => undefined} />
        </div>
      );
  }
  if (!shown || wide === null) return <EmptyState title="The code is generated…" />;
  if (shown.before === shown.after)
    return (
      <EmptyState title={`The code of ${from.label} and ${to.label} is the same`}>
        What differs, if anything, is in the texts that people read, or in forms and scenarios.
      </EmptyState>
    );
  return (
    <div className="flex min-h-full flex-col bg-card">
      <div className="grid shrink-0 border-b border-hairline text-xs font-medium xl:grid-cols-2">
        <p className="px-3 py-1.5">{wide ? from.label : `${from.label} → ${to.label}`}</p>
        {wide ? <p className="border-l border-hairline px-3 py-1.5">{to.label}</p> : null}
      </div>
      <CodeDiff
        before={{ label: from.label, text: shown.before }}
        after={{ label: to.label, text: shown.after }}
        wide={wide}
      />
    </div>
  );
}

function useCodeOf({ key, code, workflowType }: ComparedSide) {
  return useQuery({
    queryKey: ['compared-code', key],
    queryFn: async (): Promise<Code> => {
      if (code !== null && workflowType !== null) return { code: { text: code, workflowType } };
      const answer = await getJson<DraftCodeAnswer>(routes.draftCode(key.replace(/^draft:/, '')));
      if (answer.compiled === null) return { problems: answer.diagnostics };
      const { files, workflowType: type } = answer.compiled;
      return { code: { text: files[WORKFLOW] ?? '', workflowType: type } };
    },
    // A version never changes; a draft does.
    staleTime: code === null ? 0 : Infinity,
    retry: false,
  });
}
