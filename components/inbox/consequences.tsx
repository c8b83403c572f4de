/** The consequences of each answer, side by side, shown before anybody decides. */
import { Anchor, ArrowRight, CornerDownRight, Undo2, type LucideIcon } from 'lucide-react';
import type { Consequence, TaskConsequences, TaskDecision } from '@/app/_contract/inbox';
import { cn } from '@/components/ui/cn';
import { linesOf, sidesOf, type ConsequenceLine } from './consequence-lines';

const MARKS: Record<ConsequenceLine['kind'], { icon: LucideIcon; colour: string; word: string }> = {
  runs: { icon: ArrowRight, colour: 'text-forward', word: 'Runs: ' },
  undoes: { icon: Undo2, colour: 'text-back', word: 'Undoes: ' },
  stays: { icon: Anchor, colour: 'text-fail', word: 'Stays: ' },
  says: { icon: CornerDownRight, colour: 'text-mark', word: '' },
};

export function Consequences({
  decisions,
  answers,
}: {
  decisions: readonly TaskDecision[];
  answers: TaskConsequences['answers'];
}) {
  return (
    <div className="grid gap-px overflow-hidden rounded-lg border border-hairline bg-hairline sm:grid-cols-2">
      {sidesOf(decisions, answers).map(({ title, consequence }, index, { length }) => (
        <Side
          key={title}
          title={title}
          consequence={consequence}
          className={length % 2 === 1 && index === length - 1 ? 'sm:col-span-2' : undefined}
        />
      ))}
    </div>
  );
}

function Side({ title, consequence, className }: { title: string; consequence: Consequence; className?: string }) {
  return (
    <section aria-label={title} className={cn('bg-card px-4 py-3', className)}>
      <h2 className="text-xs font-medium text-ink-2">{title}</h2>
      <ConsequenceLines consequence={consequence} className="mt-1.5" />
    </section>
  );
}

export function ConsequenceLines({ consequence, className }: { consequence: Consequence; className?: string }) {
  return (
    <ul className={cn('flex flex-col gap-1 text-sm', className)}>
      {linesOf(consequence).map(({ kind, text, of }, index) => {
        const { icon: Icon, colour, word } = MARKS[kind];
        return (
          <li key={`${index} ${text}`} className="flex items-start gap-2">
            <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', colour)} />
            <span className={cn('min-w-0', kind === 'says' && 'text-ink-2')}>
              <span className="sr-only">{word}</span>
              {text}
              {of ? <span className="text-ink-2"> · undoes {of}</span> : null}
              {kind === 'stays' ? <span className="text-ink-2"> · remains</span> : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
