'use client';

/** The draft as it was: read only, plainly marked, with the way back to now and what restores it. */
import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useMemo } from 'react';
import type { DraftDetail } from '@/app/_contract/drafts';
import { pages, routes } from '@/app/_contract/routes';
import { declaredOf } from '@/components/canvas/card-model';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { SagaList } from '@/components/canvas/saga-list';
import { ChangeMarks } from '@/components/compare/change-marks';
import { summaryWords } from '@/components/compare/words';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import type { Catalogue } from '@/engine/flow/catalogue';
import { compareDrafts } from '@/engine/flow/edit/comparison';
import { documentOf } from '@/engine/flow/edit/document-of';
import { findNode, type Draft } from '@/engine/flow/edit/draft';

export interface PastDrawingProps {
  draftId: string;
  flow: string | null;
  /** The state that is shown. */
  at: number;
  /** The draft as it is now. */
  now: Draft;
  catalogue: Catalogue;
  readOnly: string | null;
  selected: string | null;
  onSelect: (id: string | null) => void;
  onRestore: (past: Draft) => void;
  onBack: () => void;
}

export function PastDrawing(props: PastDrawingProps) {
  const { draftId, flow, at, now, catalogue, readOnly, selected, onSelect, onRestore, onBack } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ['draft-at', draftId, at],
    queryFn: ({ signal }) => getJson<DraftDetail>(routes.draft(draftId, at), signal),
    // What was, does not change.
    staleTime: Infinity,
    retry: false,
  });
  const past = data?.draft ?? null;
  const shown = useMemo(() => {
    if (!past) return null;
    const { document } = documentOf(past);
    return { document, declared: declaredOf(document, catalogue), comparison: compareDrafts(now, past) };
  }, [past, now, catalogue]);
  const steps = shown?.comparison.steps.filter(({ after }) => after !== null) ?? [];
  const chosen = past && selected !== null && findNode(past, selected) ? selected : null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="status"
        className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b-2 border-dashed border-mark bg-sunken px-3 py-2 text-sm"
      >
        <History aria-hidden className="size-4 shrink-0" />
        <p className="min-w-0 flex-1 basis-56">
          <span className="font-medium">
            {at === 0 ? 'The draft as it was created.' : `The draft as it was after edit ${at}.`}
          </span>{' '}
          {shown ? (
            <span className="text-ink-2">
              {shown.comparison.steps.length + shown.comparison.flow.length === 0
                ? 'It is the same as now.'
                : `Against now: ${summaryWords(shown.comparison.steps, shown.comparison.flow)}.`}
            </span>
          ) : null}
        </p>
        <span className="flex flex-wrap gap-1.5">
          {flow === null ? null : (
            <LinkButton size="sm" href={pages.compare(flow, `draft:${draftId}@${at}`, `draft:${draftId}`)}>
              Compare with now
            </LinkButton>
          )}
          <Button size="sm" onClick={onBack}>
            Back to now
          </Button>
          <Button
            size="sm"
            variant="primary"
            disabledReason={readOnly ?? (past ? null : 'The state is not read yet.')}
            onClick={() => past && onRestore(past)}
          >
            Restore this state
          </Button>
        </span>
      </div>
      {error ? <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="m-3" /> : null}
      {shown ? (
        <>
          <SagaCanvas
            document={shown.document}
            manifest={shown.declared}
            selected={chosen}
            onSelect={onSelect}
            overlay={(layout) => <ChangeMarks layout={layout} steps={steps} />}
            className="min-h-0 flex-1 max-md:hidden"
          />
          <SagaList
            document={shown.document}
            selected={chosen}
            onSelect={onSelect}
            className="min-h-0 flex-1 overflow-auto px-2 py-4 md:hidden"
          />
        </>
      ) : null}
    </div>
  );
}
