'use client';

/**
 * The tests of a flow, each with its last result in words. Every publish plays them; here they can be played, opened as
 * a try, corrected and removed.
 */
import { CircleCheck, CircleX, ClipboardCheck, CircleDashed, Play } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CheckboxField } from '@/components/ui/field';
import { EmptyState } from '@/components/ui/states';
import { FailureBand } from '@/components/live/failure-band';
import { countOf } from '@/components/words';
import type { FlowTest } from '@/engine/flow/tests';
import { outcomeWords } from './outcome-words';
import type { Tests } from './use-tests';

export interface TestsPanelProps {
  tests: Tests;
  titleOf: (nodeId: string) => string;
  readOnly: string | null;
  neverLeavesSilently: boolean;
  onRequire: (required: boolean) => void;
  onOpen: (test: FlowTest) => void;
  onChange: (tests: readonly FlowTest[]) => void;
}

export function TestsPanel(props: TestsPanelProps) {
  const { tests, titleOf, readOnly, neverLeavesSilently, onRequire, onOpen, onChange } = props;
  const { list, playing, failure } = tests;
  const found = list.map((test): Row => {
    const unfit = tests.unfitOf(test);
    return { test, unfit, result: unfit.length > 0 ? null : tests.resultOf(test) };
  });
  const replace = (name: string, by: (test: FlowTest) => FlowTest) =>
    onChange(list.map((each) => (each.name === name ? by(each) : each)));
  return (
    <section aria-label="Tests" className="flex min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-3 py-2">
        <div className="min-w-48 flex-1">
          <h2 className="text-sm font-semibold">Tests</h2>
          <p className="text-xs text-ink-2" role="status">
            {playing !== null
              ? `Plays '${list.find(({ name }) => name === playing)?.title ?? playing}'…`
              : list.length === 0
                ? 'Every publish plays them.'
                : `${countsOf(found)} Every publish plays them.`}
          </p>
        </div>
        {list.length > 0 ? (
          <Button size="sm" variant="primary" disabled={playing !== null} onClick={() => tests.play(list)}>
            <Play aria-hidden /> Play all
          </Button>
        ) : null}
      </header>
      {failure ? <FailureBand failure={failure} onRetry={() => tests.play(list)} className="m-2" /> : null}
      {list.length === 0 ? (
        <EmptyState icon={<ClipboardCheck aria-hidden />} title="No test is kept yet">
          Try the flow, or open a failure, and choose &lsquo;Keep as a test&rsquo;.
        </EmptyState>
      ) : (
        <ul>
          {found.map(({ test, unfit, result }) => (
            <li key={test.name} className="border-b border-hairline px-3 py-2.5" aria-label={test.title}>
              <div className="flex items-start gap-2">
                <Mark result={result} unfit={unfit.length > 0} />
                <div className="min-w-0 flex-1">
                  <h3 className="text-sm font-medium [overflow-wrap:anywhere]">{test.title}</h3>
                  <p className="text-xs text-ink-2">{outcomeWords(test.expect, titleOf).join(' ')}</p>
                  {unfit.length > 0 ? (
                    <ul className="mt-1 list-disc pl-4 text-xs text-fail">
                      {unfit.map(({ message }) => (
                        <li key={message}>{message}</li>
                      ))}
                    </ul>
                  ) : null}
                  {result && result.differences.length > 0 ? (
                    <ul className={cn('mt-1 list-disc pl-4 text-xs', result.isStale ? 'text-ink-2' : 'text-fail')}>
                      {result.differences.map(({ message }) => (
                        <li key={message}>{message}</li>
                      ))}
                    </ul>
                  ) : null}
                </div>
              </div>
              <div className="mt-1.5 flex flex-wrap gap-1.5 pl-6">
                <Button size="sm" onClick={() => onOpen(test)}>
                  Open as a try
                </Button>
                {unfit.length > 0 ? (
                  <Button size="sm" disabled={readOnly !== null} onClick={() => replace(test.name, tests.fitted)}>
                    Leave out what no longer fits
                  </Button>
                ) : null}
                {result && !result.isStale && result.differences.length > 0 ? (
                  <Button
                    size="sm"
                    variant="ghost"
                    disabled={readOnly !== null}
                    onClick={() => replace(test.name, (each) => ({ ...each, expect: result.outcome }))}
                  >
                    Expect what came out
                  </Button>
                ) : null}
                <Button
                  size="sm"
                  variant="ghost"
                  disabled={readOnly !== null}
                  aria-label={`Remove the test '${test.title}'`}
                  onClick={() => onChange(list.filter(({ name }) => name !== test.name))}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <div className="px-3 py-3">
        <CheckboxField
          label="No failure may leave an effect behind without asking a person"
          help="Publishing then plays the failure matrix. If it does not end within 15 s, nothing is published."
          checked={neverLeavesSilently}
          disabled={readOnly !== null}
          onCheckedChange={(checked) => onRequire(checked === true)}
        />
      </div>
    </section>
  );
}

/** '5 tests: 2 pass, 1 differs, 1 no longer fits, 1 not played since the last change.' */
function countsOf(rows: readonly Row[]): string {
  const unfit = rows.filter((row) => row.unfit.length > 0).length;
  const played = rows.flatMap(({ result }) => (result && !result.isStale ? [result.differences.length > 0] : []));
  const differ = played.filter(Boolean).length;
  const passed = played.length - differ;
  const parts = [
    { count: passed, words: passed === 1 ? 'passes' : 'pass' },
    { count: differ, words: differ === 1 ? 'differs' : 'differ' },
    { count: unfit, words: `no longer ${unfit === 1 ? 'fits' : 'fit'}` },
    { count: rows.length - played.length - unfit, words: 'not played since the last change' },
  ];
  const said = parts.filter(({ count }) => count > 0).map(({ count, words }) => `${count} ${words}`);
  return `${countOf(rows.length, 'test')}: ${said.join(', ')}.`;
}

interface Row {
  test: FlowTest;
  unfit: ReturnType<Tests['unfitOf']>;
  result: ReturnType<Tests['resultOf']>;
}

function Mark({ result, unfit }: { result: Row['result']; unfit: boolean }) {
  const [Icon, tone, word] = unfit
    ? ([CircleX, 'text-fail', 'No longer fits'] as const)
    : result === null
      ? ([CircleDashed, 'text-ink-2', 'Not played yet'] as const)
      : result.isStale
        ? ([CircleDashed, 'text-ink-2', 'Played before the last change'] as const)
        : result.differences.length > 0
          ? ([CircleX, 'text-fail', 'Differs'] as const)
          : ([CircleCheck, 'text-forward', 'Passes'] as const);
  return (
    <span title={word} className={cn('mt-0.5 shrink-0', tone)}>
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{word}</span>
    </span>
  );
}
