'use client';

/**
 * 'Try it': the steps in the order in which they ran, with what each answered; what a person changes there is played at
 * once. The drawing beside it shows the moment that is chosen here.
 */
import { FlaskConical, RotateCcw, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { LedgerPanel } from '@/components/runs/ledger-panel';
import { SchemaForm } from '@/components/flow/schema-form';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Select } from '@/components/ui/field';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Tabs } from '@/components/ui/tabs';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes, nestedSteps, nodeIn } from '@/engine/flow/tree';
import { formatDuration } from '@/engine/flow/values/format';
import type { TrialCall, TrialResult } from '@/engine/trial/result';
import { callWords } from './call-words';
import { Ending } from './ending';
import { MomentBar } from './moment-bar';
import { EMPTY_PLAN } from './plan-edits';
import { StepAnswers } from './step-answers';
import type { Trial } from './use-trial';

export interface TryPanelProps {
  trial: Trial;
  document: FlowDocument;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  onClose?: () => void;
  /** Keeps what is shown as a test of the flow; null: nothing can be changed. */
  onKeep?: ((result: TrialResult) => void) | null;
  /** What a step answered in the last run; undefined: that is not known. */
  lastRun?: (nodeId: string) => unknown;
  className?: string;
}

export function TryPanel({
  trial,
  document,
  selected,
  onSelect,
  onClose,
  onKeep = null,
  lastRun,
  className,
}: TryPanelProps) {
  const [tab, setTab] = useState<'steps' | 'ledger' | 'start'>('steps');
  const { result, failure } = trial;
  const calls = result?.calls ?? [];
  /** The row that was chosen last: several calls can belong to one moment. */
  const [chosen, setChosen] = useState(-1);
  const reached = calls[chosen]?.moment === trial.at ? chosen : calls.findLastIndex(({ moment }) => moment <= trial.at);
  /** Of the steps in its loop: it stays chosen from one step to the next. */
  const [item, setItem] = useState<string | null>(null);
  const show = (index: number) => {
    const call = calls[index];
    if (!call) return;
    setChosen(index);
    setItem(call.path.length > 0 ? call.path.join('.') : null);
    trial.setAt(call.moment);
    onSelect(call.nodeId);
  };
  useListKeys({ onMove: (by) => show(rowAfter(reached, by, calls.length)) });
  const inLoop = useMemo(() => stepsIn(document, selected), [document, selected]);
  /** A call of a step in the selected loop, for this item or for one of a loop inside it. */
  const isOfItem = ({ nodeId, path }: TrialCall, item: readonly number[]) =>
    inLoop.has(nodeId) && item.every((number, depth) => path[depth] === number);
  const changed = Object.keys(trial.plan.steps).length + (trial.plan.stopAt ? 1 : 0);
  return (
    <section aria-label="Try it" className={cn('flex min-h-0 flex-col bg-card max-md:overflow-y-auto', className)}>
      <header className="border-b border-hairline px-3 py-2">
        <div className="flex min-h-8 items-center gap-2">
          <h2 className="min-w-0 flex-1 text-sm font-semibold">Try it</h2>
          {changed > 0 ? (
            <Button size="sm" variant="ghost" onClick={() => trial.setPlan({ ...EMPTY_PLAN, input: trial.plan.input })}>
              <RotateCcw aria-hidden /> All goes well
            </Button>
          ) : null}
          {onKeep && result ? (
            <Button
              size="sm"
              disabledReason={trial.isStale || trial.isPlaying ? 'It is being played. Wait a moment.' : null}
              onClick={() => onKeep(result)}
            >
              Keep as a test
            </Button>
          ) : null}
          {onClose ? (
            <Button size="sm" variant="ghost" className="px-1.5" aria-label="End the trial" onClick={onClose}>
              <X aria-hidden />
            </Button>
          ) : null}
        </div>
        <p className="text-xs text-ink-2">Nothing is sent. Steps answer with made-up values, and waits take no time.</p>
      </header>
      {failure ? <Refused trial={trial} document={document} onSelect={onSelect} /> : null}
      {result ? (
        <>
          <Ending trial={trial} result={result} />
          <div className="border-b border-hairline px-2 py-1.5">
            <MomentBar
              at={trial.at}
              moments={trial.moments}
              elapsedMs={(result.moments[trial.at]?.atMs ?? result.startedMs) - result.startedMs}
              onAt={trial.setAt}
            />
          </div>
          <Tabs
            label="Parts of the trial"
            value={tab}
            onValueChange={setTab}
            className="min-h-32 flex-1 max-md:flex-none"
            panelClassName="overflow-y-auto"
            items={[
              {
                value: 'steps',
                label: 'Steps',
                count: calls.length,
                content: <Calls trial={trial} result={result} selected={selected} now={reached} onShow={show} />,
              },
              {
                value: 'ledger',
                label: 'Ledger',
                count: trial.projection?.ledger.left ?? 0,
                content: trial.projection ? (
                  <LedgerPanel
                    ledger={trial.projection.ledger}
                    completed={trial.picture?.status === 'completed'}
                    flowStartMs={result.startedMs}
                    selected={selected}
                    onSelect={onSelect}
                  />
                ) : null,
              },
              { value: 'start', label: 'Start', content: <StartInput trial={trial} document={document} /> },
            ]}
          />
          <StepAnswers
            trial={trial}
            document={document}
            result={result}
            selected={selected}
            item={item}
            onItem={(path) => {
              const first = calls.findIndex((call) => isOfItem(call, path));
              return first < 0 ? null : () => show(first);
            }}
            onSelect={onSelect}
            lastRun={lastRun}
          />
        </>
      ) : failure ? null : (
        <EmptyState icon={<FlaskConical aria-hidden />} title="The flow is compiled and played…" />
      )}
    </section>
  );
}

/** The ids of all steps inside a node. */
function stepsIn({ steps }: FlowDocument, nodeId: string | null): ReadonlySet<string> {
  const node = nodeId === null ? undefined : nodeIn(steps, nodeId);
  return new Set(node ? nestedSteps(node).flatMap((inner) => allNodes(inner).map(({ id }) => id)) : []);
}

function Calls({
  trial,
  result,
  selected,
  now,
  onShow,
}: {
  trial: Trial;
  result: TrialResult;
  selected: string | null;
  /** The row of the moment that is shown, or the last one before it. */
  now: number;
  onShow: (index: number) => void;
}) {
  const { calls, manifest, startedMs } = result;
  if (calls.length === 0)
    return (
      <EmptyState title="No step ran" className="py-8">
        The run ended before its first step.
      </EmptyState>
    );
  return (
    <ol data-rows aria-label="What happened, in order">
      {calls.map((call, index) => {
        const { mark, title, words } = callWords(call, manifest);
        const isAhead = call.moment > trial.at;
        const isNow = index === now && call.moment === trial.at;
        return (
          <li key={index} className="border-b border-hairline last:border-b-0">
            <button
              type="button"
              aria-current={isNow ? 'step' : undefined}
              onClick={() => onShow(index)}
              className={cn(
                'flex w-full items-start gap-2.5 px-3 py-1.5 text-left transition-colors -outline-offset-2 hover:bg-ink/3',
                selected === call.nodeId && 'bg-ink/6',
                isNow && 'shadow-[inset_3px_0_0_var(--ink)]'
              )}
            >
              <StatusMark state={isAhead ? 'notYet' : mark} className="mt-0.5" />
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline justify-between gap-2">
                  <span className={cn('truncate text-sm', isAhead && 'text-ink-2')}>{title}</span>
                  {call.atMs > startedMs ? (
                    <span className="figures shrink-0 text-xs text-ink-2">{formatDuration(call.atMs - startedMs)}</span>
                  ) : null}
                </span>
                <span
                  // A value can be long; a sentence is read to its end.
                  className={cn(
                    'block text-xs text-ink-2',
                    call.answer?.kind === 'output' ? 'truncate' : 'wrap-break-word'
                  )}
                  title={call.answer?.kind === 'output' ? words : undefined}
                >
                  {words}
                </span>
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function StartInput({ trial, document }: { trial: Trial; document: FlowDocument }) {
  const [scenario, setScenario] = useState('');
  const used = trial.result?.plan.input;
  const chosen = document.scenarios.find(({ name }) => name === scenario);
  return (
    <div className="flex flex-col gap-3 px-3 py-3">
      {document.scenarios.length > 0 ? (
        <Select
          aria-label="Scenario"
          placeholder="Fill in a scenario…"
          value={scenario}
          onValueChange={(name) => {
            setScenario(name);
            const input = document.scenarios.find((each) => each.name === name)?.input;
            trial.setPlan({ ...trial.plan, input });
          }}
          options={document.scenarios.map(({ name, title, description }) => ({
            value: name,
            label: title,
            description,
          }))}
        />
      ) : null}
      <SchemaForm
        // The form is filled again with each scenario.
        key={scenario}
        schema={document.input}
        initial={chosen?.input ?? used}
        submitLabel="Play with this"
        onSubmit={(input) => {
          trial.setPlan({ ...trial.plan, input });
          return Promise.resolve();
        }}
      />
    </div>
  );
}

/** The document cannot be compiled, or the trial was ended. Problems of nodes lead to them. */
function Refused({
  trial,
  document,
  onSelect,
}: {
  trial: Trial;
  document: FlowDocument;
  onSelect: TryPanelProps['onSelect'];
}) {
  const { failure } = trial;
  if (!failure) return null;
  const titles = new Map(allNodes(document.steps).map(({ id, title }) => [id, title]));
  return (
    <ErrorState
      compact
      title={failure.message}
      reference={failure.reference}
      className="m-2"
      action={
        <Button size="sm" onClick={trial.again}>
          Try again
        </Button>
      }
    >
      {failure.whatToDo}
      {failure.problems?.length ? (
        <ul className="mt-1.5 flex flex-col gap-1">
          {failure.problems.map(({ at, message }) => (
            <li key={`${at} ${message}`}>
              {titles.has(at) ? (
                <button type="button" className="font-medium underline underline-offset-2" onClick={() => onSelect(at)}>
                  {titles.get(at)}
                </button>
              ) : (
                <span className="font-mono text-xs">{at}</span>
              )}{' '}
              {message}
            </li>
          ))}
        </ul>
      ) : null}
    </ErrorState>
  );
}
