'use client';

/**
 * The problems of a draft while it is drawn: errors, warnings, hints. A row leads to the field; the selected row offers
 * its quick fixes, which are worked out only then.
 */
import { CircleAlert, CircleCheck, Info, TriangleAlert, Wrench } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { pages } from '@/app/_contract/routes';
import { useDraftNamed } from '@/components/flow/use-draft-named';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { cn } from '@/components/ui/cn';
import { focusHeading } from '@/components/ui/focus';
import { EmptyState } from '@/components/ui/states';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { fieldWords } from '@/components/compare/field-words';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic, Severity } from '@/engine/flow/diagnostic';
import type { DeletedNames } from '@/engine/flow/edit/deleted';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { fixesOf } from '@/engine/flow/edit/fixes';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import { problemKey } from '@/engine/flow/edit/problems';
import { messageText, visibleText } from '@/engine/flow/values/text';

const GROUPS = [
  { severity: 'error', one: 'error', many: 'errors', Icon: CircleAlert, tone: 'text-fail' },
  { severity: 'warning', one: 'warning', many: 'warnings', Icon: TriangleAlert, tone: 'text-back' },
  { severity: 'info', one: 'hint', many: 'hints', Icon: Info, tone: 'text-ink-2' },
] as const satisfies readonly { severity: Severity; [words: string]: unknown }[];

/** For a badge: what prevents publishing, and what is worth a look. */
export function countsOf(problems: readonly Diagnostic[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of problems) counts[severity]++;
  return counts;
}

export interface ProblemsPanelProps {
  problems: readonly Diagnostic[];
  draft: Draft;
  catalogue: Catalogue;
  /** What can be put back. */
  deleted?: DeletedNames;
  /** Shows the node and the field; null: the flow itself. */
  onGo: (nodeId: string | null, path: Diagnostic['path']) => void;
  onFix: (operations: Operation[]) => void;
}

export function ProblemsPanel({ problems, draft, catalogue, deleted, onGo, onFix }: ProblemsPanelProps) {
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const groups = GROUPS.map((group) => ({
    ...group,
    problems: problems.filter(({ severity }) => severity === group.severity),
  })).filter((group) => group.problems.length > 0);
  useListKeys({
    onMove: (by) => {
      const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-problem]') ?? [])];
      // Also from a quick fix of a row.
      const at = rows.findIndex((row) => row.parentElement?.contains(document.activeElement));
      rows[rowAfter(at, by, rows.length)]?.focus();
    },
    onEscape: () => {
      if (!list.current?.contains(document.activeElement)) return;
      setActive(null);
      focusHeading();
    },
  });
  if (groups.length === 0)
    return (
      <EmptyState icon={<CircleCheck aria-hidden />} title="No problems">
        The flow can be published. Problems are listed here while you draw.
      </EmptyState>
    );
  return (
    <div ref={list} data-rows className="min-h-0 overflow-y-auto">
      {groups.map(({ severity, one, many, Icon, tone, problems: own }) => (
        <section key={severity} aria-label={many}>
          <h3 className="sticky top-0 z-10 border-b border-hairline bg-card px-3 py-1.5 text-xs font-medium">
            {own.length} {own.length === 1 ? one : many}
          </h3>
          <ul>
            {keyed(own).map(([key, problem]) => (
              <li key={key} className="border-b border-hairline last:border-b-0" onFocus={() => setActive(key)}>
                <button
                  type="button"
                  data-problem
                  aria-current={key === active ? 'true' : undefined}
                  onClick={() => {
                    // Safari does not focus a button that is clicked.
                    setActive(key);
                    onGo(problem.nodeId, problem.path);
                  }}
                  className={cn(
                    'flex w-full items-start gap-2 px-3 py-2 text-left text-sm -outline-offset-2 hover:bg-ink/4',
                    key === active && 'bg-ink/6'
                  )}
                >
                  <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', tone)} />
                  <span className="min-w-0 [overflow-wrap:anywhere]">
                    <span className="sr-only">{one}: </span>
                    {messageText(problem.message)}
                    {problem.fix ? <span className="text-ink-2"> {problem.fix}</span> : null}
                    <span className="line-clamp-3 text-xs text-ink-2">{placeOf(problem, draft)}</span>
                  </span>
                </button>
                {key === active ? <Fixes {...{ problem, draft, catalogue, deleted, onFix }} /> : null}
                {key === active && problem.code === 'unknown-flow' ? <ChildDraft {...{ problem, draft }} /> : null}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Fixes({
  problem,
  draft,
  catalogue,
  deleted,
  onFix,
}: Pick<ProblemsPanelProps, 'draft' | 'catalogue' | 'deleted' | 'onFix'> & { problem: Diagnostic }) {
  const fixes = useMemo(() => fixesOf(problem, draft, catalogue, deleted), [problem, draft, catalogue, deleted]);
  if (fixes.length === 0) return null;
  return (
    <div role="group" aria-label="Quick fixes" className="flex flex-wrap gap-2 pb-2 pl-9 pr-3">
      {fixes.map(({ title, operations }) => (
        <Button key={title} size="sm" onClick={() => onFix(operations)}>
          <Wrench aria-hidden />
          {title}
        </Button>
      ))}
    </div>
  );
}

/** Where the flow is published that a child of this one runs. */
function ChildDraft({ problem: { nodeId }, draft }: { problem: Diagnostic; draft: Draft }) {
  const flow = nodeId === null ? undefined : findNode(draft, nodeId)?.fields.flow;
  const found = useDraftNamed(typeof flow === 'string' ? flow : null);
  if (!found) return null;
  return (
    <p className="pb-2 pl-9 pr-3">
      <LinkButton size="sm" href={pages.draft(found.id)}>
        Open the draft of &lsquo;{visibleText(found.title)}&rsquo;
      </LinkButton>
    </p>
  );
}

/** A row keeps its key while others come and go; the same problem found twice has a number. */
function keyed(problems: readonly Diagnostic[]): [string, Diagnostic][] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const key = problemKey(problem);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return [`${key} ${times}`, problem];
  });
}

/**
 * 'Large order?, branch 2 (Above 500.00): taken if': the step and the branch by their titles, the field as its form
 * calls it.
 */
function placeOf({ nodeId, path }: Diagnostic, draft: Draft): string {
  const node = nodeId === null ? null : findNode(draft, nodeId);
  const where = nodeId === null ? 'The flow' : node ? titleOf(node) : nodeId;
  const [at, index, ...inner] = path;
  const isBranch = (at === 'branches' || at === 'catch') && typeof index === 'number';
  const branch = isBranch ? node?.branches.filter((each) => each.at === at)[index] : undefined;
  const named = branch?.fields.title;
  const title = typeof named === 'string' && named.trim() !== '' ? ` (${visibleText(named)})` : '';
  const part = isBranch ? `, ${at === 'branches' ? 'branch' : 'failure handler'} ${index + 1}${title}` : '';
  // What is counted in data is counted from 1 for people.
  const names = (isBranch ? inner : path).map((name) => (typeof name === 'number' ? String(name + 1) : name));
  const field = names.length === 0 ? '' : fieldWords({ path: names }, nodeId === null ? 'flow' : node?.kind);
  return field ? `${where}${part}: ${field}` : `${where}${part}`;
}
