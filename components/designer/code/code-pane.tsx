'use client';

/**
 * The code of the draft beside its drawing. What is selected there is marked here, and the step of the line with the
 * caret is selected there. Lines that differ from the published version are marked; of a draft that was never
 * published, those that differ from the code that was shown first.
 */
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { nodeAtLine } from '@/components/flow/node-at-line';
import { Problems } from '@/components/flow/problems';
import { getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copyable';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { comparable } from './comparable';
import type { DraftCodeView } from './use-draft-code';

const CodeView = dynamic(() => import('@/components/code/code-view'), { ssr: false, loading: () => <Loading /> });
const WORKFLOW = 'workflow.ts';

export interface CodePaneProps {
  view: DraftCodeView;
  /** Edits that the server does not hold yet are not in the code. */
  isSaved: boolean;
  /** The version with which the code is compared; null: none was published. */
  published: { flow: string; version: number } | null;
  /** As the list of problems has them, so that both count the same. */
  errors: readonly Diagnostic[];
  selected: string | null;
  /** Also brings the step into view in the drawing. */
  onSelect: (nodeId: string) => void;
}

export function CodePane({ view, isSaved, published, errors, selected, onSelect }: CodePaneProps) {
  const { code, problems, isBroken, failure } = view;
  const [file, setFile] = useState(WORKFLOW);
  const [marksChanges, setMarks] = useState(true);
  const base = useQuery({
    queryKey: ['code-of', published?.flow, published?.version],
    queryFn: async () => {
      const { shown } = await getJson<FlowDetail>(routes.flow(published!.flow, published!.version));
      return { text: shown.code, workflowType: shown.workflowType };
    },
    enabled: published !== null,
    staleTime: Infinity,
  });
  const shown = code && file in code.files ? file : WORKFLOW;
  const text = code?.files[shown] ?? '';
  const isWorkflow = shown === WORKFLOW;
  const compareWith = useMemo(() => {
    if (!code || !marksChanges || !isWorkflow) return null;
    const first = view.first && { text: view.first.files[WORKFLOW] ?? '', workflowType: view.first.workflowType };
    const earlier = published ? (base.data ?? null) : first;
    return earlier && comparable(earlier, { text, workflowType: code.workflowType });
  }, [code, marksChanges, isWorkflow, published, base.data, view.first, text]);
  const isOld = view.isStale || !isSaved;
  const lit = isWorkflow && selected !== null ? (code?.nodes[selected]?.lines ?? null) : null;
  // What only the server knows, as long as the browser finds nothing.
  const whyNot = errors.length > 0 ? errors : problems.filter(({ severity }) => severity === 'error');
  const change = compareWith === null ? null : compareWith === text ? 'none' : 'some';

  return (
    <section aria-label="Code" className="flex h-full min-h-96 flex-col bg-card">
      <div className="flex min-h-10 flex-wrap items-center gap-1 border-b border-hairline px-2 py-1">
        {Object.keys(code?.files ?? { [WORKFLOW]: '' }).map((name) => (
          <Button
            key={name}
            size="sm"
            variant="ghost"
            aria-pressed={name === shown}
            className={cn('font-mono', name === shown ? 'bg-ink/8' : 'text-ink-2')}
            onClick={() => setFile(name)}
          >
            {name}
          </Button>
        ))}
        <span className="ml-auto text-xs text-ink-2" role="status">
          {isOld && code && !isBroken ? 'Compiling…' : ''}
        </span>
        {isWorkflow ? (
          <Button
            size="sm"
            variant="ghost"
            aria-pressed={marksChanges}
            className={marksChanges ? 'bg-ink/8' : 'text-ink-2'}
            onClick={() => setMarks(!marksChanges)}
          >
            {published ? `Mark changes since v${published.version}` : 'Mark changes since it was opened'}
            {change === 'none' ? ': none' : ''}
          </Button>
        ) : null}
        <CopyButton text={text} label={`Copy ${shown}`} />
      </div>
      {failure ? <FailureBand failure={failure} onRetry={view.again} /> : null}
      {isBroken ? (
        <p className="border-b border-hairline bg-fail-tint px-3 py-2 text-xs" role="status">
          The draft does not compile now.{' '}
          {code ? 'Below is the code of its last state that did.' : 'Its code is shown when it does.'}
        </p>
      ) : null}
      <div
        data-code-number={code?.number}
        data-code-state={isBroken ? 'broken' : isOld ? 'old' : 'new'}
        className={cn('min-h-0 flex-1 transition-opacity', isBroken && 'opacity-60 grayscale')}
      >
        {code ? (
          <CodeView
            key={shown}
            text={text}
            lit={lit}
            compareWith={compareWith}
            label={`${shown} of the draft`}
            onLine={(line) => {
              const node = isWorkflow ? nodeAtLine(code.nodes, line) : null;
              if (node !== null && node !== selected) onSelect(node);
            }}
          />
        ) : isBroken || failure ? null : (
          <Loading />
        )}
      </div>
      {isBroken && whyNot.length > 0 ? (
        <Problems problems={whyNot} onPick={(node) => (node === null ? undefined : onSelect(node))} />
      ) : null}
    </section>
  );
}

function Loading() {
  return <p className="p-3 text-xs text-ink-2">The code is being made…</p>;
}
