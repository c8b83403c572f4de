'use client';

/**
 * The flow as a list of full-width cards, downward: the canvas of a phone and the outline of a screen reader. The
 * back thread is in a gutter of 24 px at the left and is read upward. It has the same facts, words and marks as the
 * canvas.
 */
import { ArrowUp, ChevronRight } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark } from '@/components/status/status-mark';
import { nameOf } from '@/engine/flow/names';
import { sequencesIn, type InnerSequence } from '@/engine/flow/branches';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { factsOf } from '@/engine/flow/nodes/table';
import { allNodes } from '@/engine/flow/tree';
import { entriesByNode } from '@/engine/run-view/loops';
import type { BranchState, Ledger, LedgerEntry, NodeView, RunFacts } from '@/engine/run-view/model';
import type { WhatIf } from '@/engine/flow/what-if';
import {
  faceName,
  faceState,
  isDimmed,
  liningName,
  lineOf,
  previewOf,
  stepFactsOf,
  type Declared,
  type StepFacts,
} from './card-model';
import { KindIcon } from './kind-icon';
import { Lining } from './lining';

export interface SagaListProps {
  document: FlowDocument;
  manifest?: Declared | null;
  states?: Record<string, NodeView>;
  branches?: Record<string, BranchState>;
  ledger?: Ledger;
  status?: RunFacts['status'];
  selected: string | null;
  onSelect: (id: string | null) => void;
  whatIf?: WhatIf | null;
  className?: string;
}

interface ListContext extends Pick<SagaListProps, 'states' | 'branches' | 'selected' | 'onSelect' | 'whatIf'> {
  facts: ReadonlyMap<string, StepFacts>;
  entries: ReadonlyMap<string, LedgerEntry>;
  quiet: boolean;
}

export function SagaList({ document, manifest, ledger, status, className, ...rest }: SagaListProps) {
  const facts = useMemo(() => stepFactsOf(document, manifest), [document, manifest]);
  const entries = useMemo(() => entriesByNode(ledger), [ledger]);
  const context: ListContext = { ...rest, facts, entries, quiet: status === 'completed' };
  return (
    <div className={cn('bg-paper', className)}>
      <Steps steps={document.steps} context={context} />
    </div>
  );
}

const BACK_STATES = new Set(['undoing', 'undone', 'undoFailed', 'doneByHand', 'leftStanding']);

function Steps({ steps, context }: { steps: readonly FlowNode[]; context: ListContext }) {
  const pivotAt = steps.findIndex((node) => factsOf(node).step(node)?.pivot);
  const under = (node: FlowNode): boolean =>
    context.facts.get(node.id)?.lining === 'undo' || sequencesIn(node).some((plan) => plan.steps.some(under));
  const used = (node: FlowNode): boolean =>
    (context.whatIf
      ? context.whatIf.nodes[node.id]?.role === 'undone'
      : BACK_STATES.has(context.entries.get(node.id)?.state ?? '')) ||
    sequencesIn(node).some((plan) => plan.steps.some(used));
  const last = steps.findLastIndex((node, index) => (pivotAt < 0 || index <= pivotAt) && under(node));
  return (
    <ol className="flex flex-col">
      {steps.map((node, index) => (
        <li key={node.id} className="relative pl-6">
          {index <= last ? (
            <Gutter used={steps.slice(index).some(used)} from={index === 0} to={index === last} />
          ) : null}
          <Step node={node} context={context} />
          {index === pivotAt ? (
            <p className="my-2 flex items-center gap-2 text-2xs font-medium">
              <span className="h-0.5 w-3 bg-ink" />
              Point of no return
              <span className="h-0.5 flex-1 bg-ink" />
            </p>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

/** The back thread beside a row; it begins at the last step with an undo and is read upward. */
function Gutter({ used, from, to }: { used: boolean; from: boolean; to: boolean }) {
  return (
    <span aria-hidden className={cn('absolute bottom-0 left-0 top-0 w-6', used ? 'text-back' : 'text-mark')}>
      <span
        className={cn(
          'absolute left-[11px] border-l-2 border-dashed border-current',
          from ? 'top-7' : 'top-0',
          to ? 'bottom-5' : 'bottom-0'
        )}
      />
      {from ? null : <ArrowUp className="absolute left-1 top-[-6px] size-4 bg-paper" strokeWidth={2} />}
      {to ? <span className="absolute bottom-[18px] left-[11px] w-3 border-b-2 border-dashed border-current" /> : null}
    </span>
  );
}

function Step({ node, context }: { node: FlowNode; context: ListContext }) {
  const facts = context.facts.get(node.id)!;
  const view = context.states?.[node.id] ?? null;
  const entry = context.entries.get(node.id) ?? null;
  const preview = previewOf(context.whatIf, node);
  const dimmed = isDimmed(preview);
  const line = lineOf(facts, view, preview);
  const under = liningName(facts, entry?.state ?? null, entry?.undoOrder ?? null);
  const plans = sequencesIn(node).filter((plan) => plan.steps.length > 0 || plan.id !== null);
  const on = context.selected === node.id;
  return (
    <div className="pb-3">
      <button
        type="button"
        aria-label={under ? `${faceName(facts, view)}. ${under}` : faceName(facts, view)}
        aria-pressed={on}
        onClick={() => context.onSelect(on ? null : node.id)}
        className={cn('block w-full rounded-lg text-left', on && 'ring-2 ring-ink ring-offset-2 ring-offset-paper')}
      >
        <span
          className={cn(
            'relative z-10 flex min-h-14 items-center gap-2.5 rounded-lg border bg-card px-2.5 py-2',
            view?.state === 'notYet' || dimmed ? 'border-hairline' : 'border-mark/45',
            view?.state === 'notTaken' && 'border-dashed',
            (preview?.fails || view?.fault || view?.state === 'undoFailed' || view?.state === 'unknown') &&
              'border-fail'
          )}
        >
          <span className="grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2">
            <KindIcon node={node} className="size-3.5" />
          </span>
          <span className="min-w-0 flex-1">
            <span
              className={cn(
                'block text-sm font-semibold wrap-anywhere',
                (dimmed || view?.state === 'notYet' || view?.state === 'notTaken') && 'font-normal text-ink-2'
              )}
            >
              {nameOf(node)}
            </span>
            <span className={cn('block text-xs text-ink-2 wrap-anywhere', line.trouble && 'text-fail')}>
              {line.text}
            </span>
          </span>
          {view && view.state !== 'notYet' ? (
            <StatusMark
              state={faceState(view)}
              face
              attempt={view.attempt}
              maximumAttempts={view.maximumAttempts}
              size={20}
              word="none"
            />
          ) : null}
        </span>
        {under ? (
          <span className="block px-1">
            <Lining
              facts={facts}
              view={view}
              entry={entry}
              quiet={context.quiet}
              preview={preview?.order ?? null}
              dimmed={dimmed}
            />
          </span>
        ) : null}
      </button>
      {plans.map((plan) => (
        <Branch key={plan.key} plan={plan} state={context.branches?.[plan.key] ?? null}>
          <Steps steps={plan.steps} context={context} />
        </Branch>
      ))}
    </div>
  );
}

/** A branch below its head. A branch that was not taken is folded. */
function Branch({ plan, state, children }: { plan: InnerSequence; state: BranchState | null; children: ReactNode }) {
  const [open, setOpen] = useState(state !== 'notTaken');
  const [seen, setSeen] = useState(state);
  if (seen !== state) {
    setSeen(state);
    setOpen(state !== 'notTaken');
  }
  const count = allNodes(plan.steps).length;
  // The steps of a frame belong to the card above them.
  if (plan.title === null) return <div className="mt-2 border-l border-mark/50 pl-2">{children}</div>;
  return (
    <div className={cn('mt-2 border-l pl-2', plan.role === 'catch' ? 'border-fail/60' : 'border-mark/50')}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={cn(
          'flex min-h-8 w-full items-center gap-1.5 rounded-sm text-left text-xs',
          plan.role === 'catch' ? 'text-fail' : 'text-ink-2'
        )}
      >
        <ChevronRight aria-hidden className={cn('size-3.5 shrink-0 transition-transform', open && 'rotate-90')} />
        <span className="min-w-0 wrap-anywhere">{plan.title}</span>
        {state === 'notTaken' ? <StatusMark state="notTaken" size={13} word="visible" className="ml-1" /> : null}
        {open ? null : <span className="figures">{count === 1 ? '1 step' : `${count} steps`}</span>}
      </button>
      {open ? children : null}
    </div>
  );
}
