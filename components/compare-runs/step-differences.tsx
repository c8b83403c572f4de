'use client';

/** What differs between two runs, in words; an entry opens to show both sides. */
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import type { RunName } from '@/app/_contract/batches';
import { pages } from '@/app/_contract/routes';
import { SideValue } from '@/components/compare/side-value';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Badge } from '@/components/ui/surface';
import { countOf } from '@/components/words';
import type { FlowManifest } from '@/engine/flow/manifest';
import { formatDuration } from '@/engine/flow/values/format';
import { writeJson } from '@/engine/flow/values/json';
import type { ComparedStep, RunComparison, StepOfRun } from '@/engine/run-view/compare-runs';
import { clauseOf } from '@/engine/run-view/failure';
import { pathWords, type ValueDifferences } from '@/engine/run-view/value-differences';
import { differenceWords, fieldNames, outcomeWords, titleOf } from './words';

/** Entries that are no step. */
const INPUT = '(input)';
const RESULT = '(result)';
/** A loop may have a thousand steps. */
const AT_ONCE = 100;

export interface DifferencesProps {
  comparison: RunComparison;
  /** All steps that a run has come to, or those that differ. */
  isAll: boolean;
  manifests: readonly FlowManifest[];
  runs: { a: RunName; b: RunName };
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** What the keys go through, in the order of the list. */
export const differentIds = ({ input, result, steps }: RunComparison): string[] => [
  ...(input.differences.length > 0 ? [INPUT] : []),
  ...steps.flatMap(({ stepId, differs }) => (differs.length > 0 ? [stepId] : [])),
  ...(result.differences.length > 0 ? [RESULT] : []),
];

export function StepDifferences({ comparison, isAll, manifests, runs, selected, onSelect }: DifferencesProps) {
  const [most, setMost] = useState(AT_ONCE);
  const listed = isAll ? comparison.steps : comparison.steps.filter(({ differs }) => differs.length > 0);
  // The step that is selected, and the one where they part, are there however many steps are before them.
  const shown = listed.filter(
    ({ stepId }, index) => index < most || stepId === selected || stepId === comparison.first
  );
  const more = listed.length - shown.length;
  const entry = (id: string) => ({ id, isOpen: selected === id, onSelect });
  return (
    <ul aria-label="Differences" data-rows className="flex flex-col">
      <ValueEntry {...entry(INPUT)} title="Start input" values={comparison.input} />
      {shown.map((step) => (
        <Entry
          key={step.stepId}
          {...entry(step.stepId)}
          title={titleOf(step, manifests)}
          isFirst={step.stepId === comparison.first}
          words={differenceWords(step)}
          sides={<Outcomes step={step} />}
        >
          <StepDetail step={step} runs={runs} />
        </Entry>
      ))}
      {more > 0 ? (
        <li className="p-2">
          <Button size="sm" variant="ghost" onClick={() => setMost(most + AT_ONCE)}>
            Show {Math.min(more, AT_ONCE)} more of {more}
          </Button>
        </li>
      ) : null}
      <ValueEntry {...entry(RESULT)} title="Result" values={comparison.result} />
    </ul>
  );
}

interface EntryProps {
  id: string;
  title: string;
  isFirst?: boolean;
  words: readonly string[];
  sides?: ReactNode;
  isOpen: boolean;
  onSelect: (id: string | null) => void;
  children: ReactNode;
}

function Entry({ id, title, isFirst = false, words, sides, isOpen, onSelect, children }: EntryProps) {
  return (
    <li className={cn('border-b border-hairline', isFirst && 'border-l-2 border-l-ink')}>
      <button
        type="button"
        data-difference={id}
        aria-expanded={isOpen}
        onClick={() => onSelect(isOpen ? null : id)}
        className={cn(
          'flex w-full flex-wrap items-start gap-x-3 gap-y-0.5 px-3 py-2 text-left text-sm -outline-offset-2 hover:bg-ink/4 pointer-coarse:min-h-11',
          isOpen && 'bg-ink/4'
        )}
      >
        <span className="min-w-0 flex-1 basis-48 wrap-anywhere">
          <span className="font-medium">{title}</span>
          {isFirst ? (
            <>
              {' '}
              <Badge tone="inverse">They part here</Badge>
            </>
          ) : null}
          {words.length > 0 ? <span className="block text-xs text-ink-2">{words.join(' · ')}</span> : null}
        </span>
        {sides}
      </button>
      {isOpen ? <div className="px-3 pb-3 pt-1">{children}</div> : null}
    </li>
  );
}

function Outcomes({ step: { a, b } }: { step: ComparedStep }) {
  return (
    <span className="grid w-60 max-w-full shrink-0 grid-cols-2 gap-2 text-xs">
      <Outcome letter="A" step={a} />
      <Outcome letter="B" step={b} />
    </span>
  );
}

function Outcome({ letter, step }: { letter: 'A' | 'B'; step: StepOfRun | null }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="font-semibold">{letter}</span>
      {step ? (
        <StatusMark state={step.outcome} attempt={step.attempts} size={14} word="visible" />
      ) : (
        <span className="text-ink-2">not reached</span>
      )}
    </span>
  );
}

/** The input of the start, and the result. */
function ValueEntry({ values, ...entry }: Omit<EntryProps, 'words' | 'children'> & { values: ValueDifferences }) {
  const { differences, hidden } = values;
  if (differences.length === 0 && hidden === 0) return null;
  const words =
    differences.length === 0
      ? 'nothing that is shown differs'
      : `${countOf(differences.length, 'field')}: ${fieldNames(values)}`;
  return (
    <Entry {...entry} words={[words]}>
      <Values values={values} />
    </Entry>
  );
}

function StepDetail({ step, runs }: { step: ComparedStep; runs: DifferencesProps['runs'] }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-2 @md:grid-cols-2">
        <StepSide letter="A" step={step.a} run={runs.a} nodeId={step.nodeId} />
        <StepSide letter="B" step={step.b} run={runs.b} nodeId={step.nodeId} />
      </div>
      <NamedValues title="Input" values={step.input} />
      <NamedValues title="Output" values={step.output} />
    </div>
  );
}

interface StepSideProps {
  letter: 'A' | 'B';
  step: StepOfRun | null;
  run: RunName;
  nodeId: string;
}
function StepSide({ letter, step, run, nodeId }: StepSideProps) {
  return (
    <div className="min-w-0 rounded-md border border-hairline bg-paper px-2 py-1.5 text-xs">
      <p className="flex items-baseline justify-between gap-2">
        <span className="min-w-0 wrap-anywhere">
          <span className="font-semibold">{letter}</span> {outcomeWords(step)}
        </span>
        <Link
          href={`${pages.run(run.workflowId, run.runId)}?node=${encodeURIComponent(nodeId)}`}
          className="shrink-0 underline underline-offset-2"
          aria-label={`Open in run ${letter}`}
        >
          Open
        </Link>
      </p>
      {step?.failure ? <p className="mt-1 text-fail wrap-anywhere">{clauseOf(step.failure)}</p> : null}
      {step && (step.attempts > 0 || step.durationMs !== null) ? (
        <p className="figures mt-1 text-ink-2">
          {[
            step.attempts > 0 ? countOf(step.attempts, 'attempt') : null,
            step.durationMs === null ? null : formatDuration(step.durationMs),
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </p>
      ) : null}
    </div>
  );
}

function NamedValues({ title, values }: { title: string; values: ValueDifferences }) {
  if (values.differences.length === 0 && values.hidden === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-xs font-medium text-ink-2">{title}</h3>
      <Values values={values} />
    </section>
  );
}

/** So many fields are shown of one value. */
const MOST_FIELDS = 50;

function Values({ values: { differences, hidden } }: { values: ValueDifferences }) {
  const more = differences.length - MOST_FIELDS;
  return (
    <dl className="flex flex-col gap-2">
      {differences.slice(0, MOST_FIELDS).map(({ path, a, b }) => (
        <div key={JSON.stringify(path)}>
          <dt className="mb-1 font-mono text-xs wrap-anywhere">{pathWords(path)}</dt>
          <dd className="grid gap-2 @md:grid-cols-2">
            <SideValue label="A" words={wordsOf(a)} />
            <SideValue label="B" words={wordsOf(b)} />
          </dd>
        </div>
      ))}
      {more > 0 ? <p className="text-xs text-ink-2">{countOf(more, 'more field')} differ.</p> : null}
      {hidden > 0 ? (
        <p className="text-xs text-ink-2">
          {countOf(hidden, 'value')} {hidden === 1 ? 'is' : 'are'} hidden and not compared.
        </p>
      ) : null}
    </dl>
  );
}

const wordsOf = (value: unknown): { text: string; isCode: boolean } | null =>
  value === undefined
    ? null
    : typeof value === 'string'
      ? { text: value === '' ? '(empty)' : value, isCode: false }
      : { text: writeJson(value, 2), isCode: true };
