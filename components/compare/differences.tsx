'use client';

/** The differences in words; a click goes to the step and shows its fields before and now. */
import { ArrowUpDown, Minus, Pencil, Plus, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { Badge } from '@/components/ui/surface';
import {
  changedFields,
  kindsOf,
  type ChangeKind,
  type Comparison,
  type FieldChange,
  type StepChange,
} from '@/engine/flow/edit/comparison';
import type { Draft, DraftBranch } from '@/engine/flow/edit/draft';
import { fieldWords } from './field-words';
import { SideValue } from './side-value';
import { changedTitle, changeWords, flowWords, KIND_WORDS, ofBranch, valueWords } from './words';

export const KIND_ICONS: Record<ChangeKind, LucideIcon> = {
  added: Plus,
  removed: Minus,
  moved: ArrowUpDown,
  changed: Pencil,
};
/** Selects the flow itself. */
export const FLOW = '(flow)';

export interface DifferencesProps {
  comparison: Comparison;
  from: { label: string; draft: Draft };
  to: { label: string; draft: Draft };
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** Steps inside an added or removed one belong to its entry. */
export const listed = ({ steps }: Comparison): StepChange[] => steps.filter(({ within }) => within === null);

export function Differences({ comparison, from, to, selected, onSelect }: DifferencesProps) {
  const steps = listed(comparison);
  if (steps.length === 0 && comparison.flow.length === 0)
    return (
      <EmptyState title={`${from.label} and ${to.label} are the same`}>
        No step, field or branch differs between them.
      </EmptyState>
    );
  return (
    <ul aria-label="Differences" data-rows className="flex flex-col">
      {comparison.flow.length > 0 ? (
        <Entry
          id={FLOW}
          kinds={['changed']}
          words={flowWords(comparison.flow, from.draft, to.draft)}
          open={selected === FLOW}
          onSelect={onSelect}
        >
          <Fields fields={comparison.flow} kind="flow" branches={[]} from={from.label} to={to.label} />
        </Entry>
      ) : null}
      {steps.map((change) => (
        <Entry
          key={change.id}
          id={change.id}
          kinds={kindsOf(change)}
          words={changeWords(change, from.draft, to.draft)}
          open={selected === change.id}
          onSelect={onSelect}
        >
          <Fields
            fields={fieldsOf(change)}
            kind={(change.after ?? change.before)?.kind}
            branches={(change.after ?? change.before)?.branches ?? []}
            from={from.label}
            to={to.label}
          />
        </Entry>
      ))}
      {comparison.undrawn.length > 0 ? (
        <li className="px-3 py-2 text-xs text-ink-2">
          {`Not in the drawing, because their branch was removed too: ${comparison.undrawn
            .map(({ id }) => comparison.steps.find((each) => each.id === id))
            .flatMap((change) => (change ? [changedTitle(change)] : []))
            .join(', ')}.`}
        </li>
      ) : null}
    </ul>
  );
}

/** Of an added or removed step, all its fields. */
function fieldsOf({ before, after, fields }: StepChange): FieldChange[] {
  if (before && after) return fields;
  return changedFields(null, before?.fields ?? {}, after?.fields ?? {});
}

interface EntryProps {
  id: string;
  kinds: ChangeKind[];
  words: string[];
  open: boolean;
  onSelect: (id: string | null) => void;
  children: ReactNode;
}

function Entry({ id, kinds, words, open, onSelect, children }: EntryProps) {
  return (
    <li className="border-b border-hairline">
      <button
        type="button"
        data-difference={id}
        aria-expanded={open}
        onClick={() => onSelect(open ? null : id)}
        className={cn('flex w-full items-start gap-2 px-3 py-2 text-left text-sm hover:bg-ink/4', open && 'bg-ink/4')}
      >
        <span className="flex w-24 shrink-0 flex-wrap gap-1">
          {kinds.map((kind) => (
            <KindBadge key={kind} kind={kind} />
          ))}
        </span>
        <span className="min-w-0 flex-1 wrap-anywhere">
          {words.map((sentence) => (
            <span key={sentence} className="block">
              {sentence}
            </span>
          ))}
        </span>
      </button>
      {open ? <div className="px-3 pb-3 pt-2">{children}</div> : null}
    </li>
  );
}

export function KindBadge({ kind }: { kind: ChangeKind }) {
  const Icon = KIND_ICONS[kind];
  return (
    <Badge
      tone={kind === 'added' ? 'inverse' : 'neutral'}
      className={cn(kind === 'removed' && 'border-dashed border-mark')}
    >
      <Icon aria-hidden />
      {KIND_WORDS[kind]}
    </Badge>
  );
}

interface FieldsProps {
  fields: readonly FieldChange[];
  /** Of the step that has them, or 'flow'. */
  kind: string | undefined;
  branches: readonly DraftBranch[];
  from: string;
  to: string;
}

/** Old and new values side by side; one above the other where there is no room. */
function Fields({ fields, kind, branches, from, to }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <dl className="flex flex-col gap-3">
      {fields.map((field) => (
        <div key={`${field.branch} ${field.path.join('.')}`}>
          <dt className="mb-1 text-xs font-medium">
            {ofBranch(
              fieldWords(field, kind),
              branches.find(({ id }) => id === field.branch)
            )}
          </dt>
          <dd className="grid gap-2 @md:grid-cols-2">
            <SideValue label={from} words={valueWords(field.before)} />
            <SideValue label={to} words={valueWords(field.after)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
