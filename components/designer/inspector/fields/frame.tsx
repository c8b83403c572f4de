'use client';

/** The label above a field, its help or problems below, and what somebody else wrote into it meanwhile. */
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Label, OptionalMark } from '@/components/ui/field';
import { PlainText } from '@/components/ui/plain-text';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { messageText } from '@/engine/flow/values/text';
import { putBackTitle } from '@/engine/flow/edit/fixes';
import { FIELD_ATTRIBUTE } from '../place';
import { everythingIn, useShown } from './shown-problems';
import type { Typed } from './use-typed';

export type ShownProblem = Pick<
  Diagnostic,
  'severity' | 'message' | 'fix' | 'instead' | 'fitting' | 'proposed' | 'deleted'
>;

/** A press must not take the focus out of the field before it is handled. */
const keepFocus = (event: { preventDefault: () => void }) => event.preventDefault();

export interface Control {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** For controls that a label cannot point to. */
export const labelIdOf = (controlId: string): string => `${controlId}-label`;

export function Frame({
  label,
  help,
  optional = false,
  isTitled = false,
  action,
  problems = [],
  onProposed,
  name,
  inside = false,
  typed,
  author,
  typist = null,
  className,
  children,
}: {
  label: ReactNode;
  help?: ReactNode;
  optional?: boolean;
  /** The section around it has the label as its heading: it is only for screen readers then. */
  isTitled?: boolean;
  /** Beside the label: how the value is written, 'Insert value'. */
  action?: ReactNode;
  problems?: readonly ShownProblem[];
  /** Does what the problem proposes: puts the name that was meant, or a value that fits. */
  onProposed?: (problem: ShownProblem) => void;
  /** `data-field` */
  name?: string;
  inside?: boolean;
  typed?: Pick<Typed, 'theirs' | 'takeTheirs' | 'keepMine'>;
  author?: () => string;
  /** Who else is typing in it now. */
  typist?: string | null;
  className?: string;
  children: (control: Control) => ReactNode;
}) {
  const id = useId();
  const below = `${id}-below`;
  useShown(name === undefined ? NONE : [inside ? everythingIn(name) : name]);
  const isInvalid = problems.some(({ severity }) => severity === 'error');
  const isDescribed = problems.length > 0 || Boolean(help);
  // The button goes away with the problem; then the field has the focus.
  const isAnswered = useRef(false);
  const propose = (problem: ShownProblem) => {
    isAnswered.current = true;
    onProposed?.(problem);
  };
  useEffect(() => {
    if (!isAnswered.current || problems.length > 0) return;
    isAnswered.current = false;
    if (document.activeElement === document.body) document.getElementById(id)?.focus();
  });
  return (
    <div
      {...{ [FIELD_ATTRIBUTE]: name }}
      className={cn('flex min-w-0 flex-col gap-1', typist !== null && 'border-l-2 border-ink pl-2', className)}
    >
      <div className={isTitled ? 'sr-only' : 'flex min-h-6 items-center justify-between gap-2'}>
        <Label id={labelIdOf(id)} htmlFor={id} className="min-w-0 [overflow-wrap:anywhere]">
          {label}
          {optional ? <OptionalMark /> : null}
        </Label>
        {action ? <div className="flex shrink-0 items-center gap-0.5">{action}</div> : null}
      </div>
      {typist === null ? null : <TypistMark name={typist} />}
      {children({
        id,
        'aria-describedby': isDescribed ? below : undefined,
        'aria-invalid': isInvalid || undefined,
      })}
      {typed && typed.theirs !== null ? (
        <Theirs
          theirs={typed.theirs}
          author={author?.() ?? 'Somebody'}
          onTake={typed.takeTheirs}
          onKeep={typed.keepMine}
        />
      ) : null}
      {isDescribed ? (
        <div id={below}>
          {problems.length > 0 ? (
            <ProblemLines problems={problems} onProposed={onProposed && propose} />
          ) : (
            <Help>{help}</Help>
          )}
        </div>
      ) : null}
    </div>
  );
}

/** Somebody else types in the field below. */
export function TypistMark({ name }: { name: string }) {
  return (
    <p role="status" className="w-fit max-w-full truncate rounded-sm bg-ink px-1.5 text-2xs leading-4 text-paper">
      {name}: typing here
    </p>
  );
}

export function Help({ children }: { children: ReactNode }) {
  return <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">{children}</p>;
}

const LOOK = {
  error: { icon: CircleAlert, className: 'text-fail' },
  warning: { icon: TriangleAlert, className: 'text-back' },
  info: { icon: Info, className: 'text-ink-2' },
};

const NONE: readonly string[] = [];

export function ProblemLines({
  problems,
  onProposed,
}: {
  problems: readonly ShownProblem[];
  onProposed?: (problem: ShownProblem) => void;
}) {
  useShown(problems);
  return <Lines problems={problems} onProposed={onProposed} />;
}

/** [INS4] What no field shows. */
export function HomelessLines({ problems }: { problems: readonly ShownProblem[] }) {
  return <Lines problems={problems} />;
}

function Lines({
  problems,
  onProposed,
}: {
  problems: readonly ShownProblem[];
  onProposed?: (problem: ShownProblem) => void;
}) {
  return (
    <ul className="flex flex-col gap-0.5">
      {problems.map((problem, index) => {
        const { severity, message, fix } = problem;
        const proposal = proposalOf(problem);
        const { icon: Icon, className } = LOOK[severity];
        return (
          <li key={index} className={cn('flex items-start gap-1 text-xs', className)}>
            <Icon aria-hidden className="mt-0.5 size-3 shrink-0" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {sentence(messageText(message))}
              {fix ? ` ${fix}` : null}
              {proposal && onProposed ? (
                <Button
                  size="sm"
                  className="mt-1 flex h-auto min-h-7 max-w-full whitespace-normal py-0.5 text-left"
                  onMouseDown={keepFocus}
                  onClick={() => onProposed(problem)}
                >
                  {proposal}
                </Button>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
const proposalOf = ({ instead, fitting, proposed, deleted }: ShownProblem): string | null => {
  if (deleted !== undefined) return putBackTitle(deleted);
  if (instead) return `Change to '${instead.text}'`;
  if (fitting) return `Use ${fitting}`;
  return proposed === undefined ? null : `Set it to ${proposed}`;
};
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** What somebody else put into a field while this person types in it. */
export function Theirs({
  theirs,
  author,
  onTake,
  onKeep,
}: {
  theirs: string;
  author: string;
  onTake: () => void;
  onKeep: () => void;
}) {
  return (
    <div role="status" className="rounded-md border border-work/40 bg-card px-2 py-1.5 text-xs">
      <p>
        {author} changed this to {theirs === '' ? 'nothing' : <q>{<PlainText text={theirs} />}</q>}.
      </p>
      <div className="mt-1 flex flex-wrap gap-1">
        <Button size="sm" onMouseDown={keepFocus} onClick={onTake}>
          Take theirs
        </Button>
        <Button size="sm" variant="ghost" onMouseDown={keepFocus} onClick={onKeep}>
          Keep mine
        </Button>
      </div>
    </div>
  );
}
