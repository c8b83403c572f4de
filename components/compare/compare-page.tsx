'use client';

/**
 * Two states of a flow side by side: what differs in the drawing, in the code, and in what a failure leaves behind. The
 * states, the tab and the selected step are in the URL, so that a comparison can be sent to somebody.
 */
import { ArrowLeftRight } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo, useRef, type ReactNode } from 'react';
import type { ComparedSide, FlowComparison } from '@/app/_contract/compare';
import { pages } from '@/app/_contract/routes';
import { declaredOf } from '@/components/canvas/card-model';
import { SagaCanvas, type CanvasHandle } from '@/components/canvas/saga-canvas';
import { foldsOfComparison, useFolds } from '@/components/canvas/use-folds';
import { IconButton } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import { usePageKeys } from '@/components/ui/page-keys';
import { Panels } from '@/components/ui/panels';
import { Tabs } from '@/components/ui/tabs';
import { RelativeTime } from '@/components/ui/time';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { useWide } from '@/components/ui/use-wide';
import { compareDrafts } from '@/engine/flow/edit/comparison';
import { documentOf } from '@/engine/flow/edit/document-of';
import { findNode } from '@/engine/flow/edit/draft';
import { ChangeMarks } from './change-marks';
import { CodeTab } from './code-tab';
import { Differences, FLOW, listed } from './differences';
import { RollbackTab } from './rollback-tab';
import { useRollback } from './use-rollback';
import { summaryWords } from './words';

const TABS = ['drawing', 'code', 'rollback'] as const;
const KEYS = [
  { keys: ['j', 'k'], does: 'Next difference, previous difference' },
  { keys: ['Esc'], does: 'End the selection' },
];

export function ComparePage({ compared }: { compared: FlowComparison }) {
  const { flow, title, from, to, catalogue } = compared;
  const [{ tab, step }, setUrl] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault('drawing'),
    step: parseAsString,
  });
  const comparison = useMemo(() => compareDrafts(from.draft, to.draft), [from.draft, to.draft]);
  const drawn = useMemo(() => documentOf(comparison.merged).document, [comparison]);
  const declared = useMemo(() => declaredOf(drawn, catalogue), [drawn, catalogue]);
  const rollback = useRollback(
    useMemo(() => ({ label: from.label, document: documentOf(from.draft).document }), [from]),
    useMemo(() => ({ label: to.label, document: documentOf(to.draft).document }), [to])
  );
  const folds = useFolds(foldsOfComparison(flow));
  const changed = useMemo(() => comparison.steps.map(({ id }) => id), [comparison]);
  const canvas = useRef<CanvasHandle>(null);
  const wide = useWide();
  const select = (id: string | null) => {
    void setUrl({ step: id });
    if (id === null) return;
    if (id !== FLOW) canvas.current?.show(id);
    requestAnimationFrame(() => entryOf(id)?.scrollIntoView({ block: 'nearest' }));
  };
  const ids = [...(comparison.flow.length > 0 ? [FLOW] : []), ...listed(comparison).map(({ id }) => id)];
  usePageKeys(KEYS);
  useListKeys({
    onMove: (by) => {
      const next = ids[rowAfter(ids.indexOf(step ?? ''), by, ids.length)];
      if (!next || tab !== 'drawing') return;
      select(next);
      entryOf(next)?.focus();
    },
    onEscape: step === null ? undefined : () => select(null),
  });

  const list = (
    <div className="@container relative h-full overflow-auto bg-card">
      <p role="status" className="border-b border-hairline px-3 py-2 text-sm font-medium">
        {summaryWords(listed(comparison), comparison.flow)}
      </p>
      <Differences comparison={comparison} from={from} to={to} selected={step} onSelect={select} />
    </div>
  );
  const drawing = (
    <SagaCanvas
      ref={canvas}
      document={drawn}
      manifest={declared}
      selected={step !== null && findNode(comparison.merged, step) ? step : null}
      onSelect={(id) => select(id === null ? null : (containerIn(comparison, id) ?? id))}
      folds={folds}
      keepOpen={changed}
      overlay={(layout) => <ChangeMarks layout={layout} steps={comparison.steps} />}
      className="h-full"
    />
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-end gap-x-4 gap-y-2 px-4 pb-2 pt-4">
        <h1 className="mr-auto min-w-0 text-xl font-semibold wrap-anywhere">
          Compare{' '}
          <Link href={pages.flow(flow)} className="rounded-sm underline-offset-2 hover:underline">
            {title}
          </Link>
        </h1>
        <Sides compared={compared} />
      </header>
      <Tabs
        label="What is compared"
        value={tab}
        onValueChange={(next) => void setUrl({ tab: next })}
        className="min-h-0 flex-1"
        panelClassName="overflow-auto"
        items={[
          {
            value: 'drawing',
            label: 'Drawing',
            count: ids.length,
            content:
              wide === null ? (
                <div className="h-full" />
              ) : wide ? (
                <Panels
                  name="compare"
                  className="h-full"
                  items={[
                    { id: 'drawing', defaultSize: '58%', minSize: '30%', content: drawing },
                    { id: 'list', defaultSize: '42%', minSize: '320px', content: list },
                  ]}
                />
              ) : (
                <div className="flex flex-col">
                  <div className="h-80 shrink-0 md:h-[32rem]">{drawing}</div>
                  <div className="border-t border-hairline">{list}</div>
                </div>
              ),
          },
          { value: 'code', label: 'Code', content: <CodeTab from={from} to={to} /> },
          {
            value: 'rollback',
            label: 'Rollback',
            count: rollback.comparison && rollback.state === 'done' ? rollback.comparison.changes.length : null,
            content: (
              <RollbackTab
                rollback={rollback}
                flow={flow}
                labels={[from.label, to.label]}
                onStep={(id) => {
                  void setUrl({ tab: 'drawing' });
                  select(id);
                }}
              />
            ),
          },
        ]}
      />
    </div>
  );
}

const entryOf = (id: string) => document.querySelector<HTMLElement>(`[data-difference="${CSS.escape(id)}"]`);
/** The entry to which a step inside an added or removed one belongs. */
const containerIn = ({ steps }: ReturnType<typeof compareDrafts>, id: string): string | null =>
  steps.find((each) => each.id === id)?.within ?? null;

/** Which two states are compared. */
function Sides({ compared }: { compared: FlowComparison }) {
  const { flow, from, to, choices } = compared;
  const router = useRouter();
  const go = (left: string, right: string) => router.replace(pages.compare(flow, left, right));
  const options = choices.map(({ key, label, description }) => ({ value: key, label, description }));
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Side label="Before" side={from}>
        <Select
          aria-label="Before"
          className="w-36"
          options={options}
          value={from.key}
          onValueChange={(key) => go(key, to.key)}
        />
      </Side>
      <IconButton label="Swap the two" onClick={() => go(to.key, from.key)}>
        <ArrowLeftRight aria-hidden />
      </IconButton>
      <Side label="After" side={to}>
        <Select
          aria-label="After"
          className="w-36"
          options={options}
          value={to.key}
          onValueChange={(key) => go(from.key, key)}
        />
      </Side>
    </div>
  );
}

function Side({ label, side, children }: { label: string; side: ComparedSide; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 flex max-w-64 flex-wrap gap-x-1 text-xs text-ink-2" title={side.note || undefined}>
        {label}: <RelativeTime atMs={side.atMs} /> {side.by ? `by ${side.by}` : ''}
      </p>
      {children}
    </div>
  );
}
