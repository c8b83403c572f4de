'use client';

/**
 * The form for what is selected in the designer: the flow, or one node with its branches. Every change is sent as
 * operations; the draft comes back as a prop.
 *
 * Rules
 * [INS1] While somebody types, every change is sent as typing; leaving the field ends the gesture. Choices are gestures
 *       of their own.
 * [INS2] A field that has the focus keeps what was typed in it. If the draft changes under it, the other text is shown
 *       beside it, to be taken or not.
 * [INS3] Every operation carries what it replaces.
 * [INS4] A problem is shown at its field; one whose field is not shown is listed at the top.
 * [INS5] JSON that is not complete is kept beside the draft until it is.
 * [INS6] An amount of money is written in the currency beside it (expressions/money-value.tsx).
 * [INS8] Of several selected steps, the form shows how many and which, and the fields that they share: a change is one
 *       gesture for all of them.
 * [INS9] Whatever is wrong with a step of any kind, its form says it once, in words of the product.
 * [INS10] A closed part says how many errors and warnings it has. Hints are seen when it is opened.
 * [INS11] A duration may be written in words, and is kept as documents write it; a number that is too large is called
 *       so.
 * [INS12] A value of any type is written as it is usual at its place: the body of a request in fields.
 * [INS7] A part of the form is open or closed as the person left it, whatever is edited.
 */
import { useMemo, useState } from 'react';
import { cn } from '@/components/ui/cn';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { NodeKind } from '@/engine/flow/document';
import { findNode, type DraftNode } from '@/engine/flow/edit/draft';
import { EditingProvider, type Editing } from './editing';
import { HomelessLines } from './fields/frame';
import { ShownProblems, ShownProblemsContext, useHomeless } from './fields/shown-problems';
import { FlowForm } from './flow/flow-form';
import { NodeHead } from './head';
import { ActionForm } from './nodes/action';
import { ApprovalForm } from './nodes/approval';
import { ChildForm } from './nodes/child';
import { EachForm } from './nodes/each';
import { RepeatForm } from './nodes/repeat';
import { ChoiceForm, EndForm, FailForm, GroupForm, ParallelForm, RaceForm, SetForm } from './nodes/small-forms';
import { WaitForm } from './nodes/wait';
import { WaitForSignalForm } from './nodes/wait-for-signal';
import { NoteSection } from './note';
import { HOMELESS_ATTRIBUTE } from './place';
import { SeveralForm } from './several';

export interface InspectorProps extends Omit<Editing, 'unfinished' | 'firstIds'> {
  /** Id of a node; null: the flow itself. */
  selected: string | null;
  /** All that is selected, where it is more than one node. */
  several?: readonly string[];
  /** The part of a step that was selected: its face, or the undo beside it. */
  part: 'step' | 'undo';
}

export function Inspector({ selected, several = NONE, part, ...editing }: InspectorProps) {
  const [unfinished] = useState(() => new Map<string, string>());
  const [firstIds] = useState(() => new Map<string, string>());
  const [shown] = useState(() => new ShownProblems());
  const node = selected === null ? null : findNode(editing.draft, selected);
  const homeless = useHomeless(
    useMemo(() => editing.problems.filter(({ nodeId }) => nodeId === selected), [editing.problems, selected]),
    shown
  );
  return (
    <EditingProvider value={{ ...editing, unfinished, firstIds }}>
      <ShownProblemsContext value={shown}>
        <section
          aria-label={several.length > 1 ? 'Selected steps' : node ? 'Selected step' : 'Flow'}
          className="min-w-0 pb-8"
        >
          {editing.readOnly === null ? null : (
            <p role="status" className="border-b border-hairline bg-sunken px-4 py-2 text-xs">
              {editing.readOnly}
            </p>
          )}
          <fieldset disabled={editing.readOnly !== null} className="min-w-0">
            {several.length > 1 ? (
              <SeveralForm key={several.join(' ')} ids={several} />
            ) : node ? (
              <div key={firstIds.get(node.id) ?? node.id} ref={fromItsStart}>
                <NodeHead node={node} />
                <HomelessProblems problems={homeless} inFlow={false} />
                <KindForm node={node} part={part} />
                <NoteSection node={node} />
              </div>
            ) : selected !== null ? (
              <p className="px-4 py-6 text-sm text-ink-2">This step was removed.</p>
            ) : (
              <>
                <h2 className="sr-only">The flow</h2>
                <HomelessProblems problems={homeless} inFlow />
                <FlowForm />
              </>
            )}
          </fieldset>
        </section>
      </ShownProblemsContext>
    </EditingProvider>
  );
}

const NONE: readonly string[] = [];

/**
 * The form of another step begins with its title, however far the last one was scrolled. Scrolling needs the layout,
 * which the frame that shows the form computes anyway.
 */
function fromItsStart(form: HTMLElement | null): void {
  const panel = form?.closest('[role="tabpanel"]');
  if (panel) requestAnimationFrame(() => (panel.scrollTop = 0));
}

const FORMS: { [Kind in NodeKind]: (props: { node: DraftNode; part: 'step' | 'undo' }) => React.ReactNode } = {
  action: ActionForm,
  approval: ApprovalForm,
  child: ChildForm,
  choice: ChoiceForm,
  parallel: ParallelForm,
  wait: WaitForm,
  waitForSignal: WaitForSignalForm,
  group: GroupForm,
  each: EachForm,
  repeat: RepeatForm,
  race: RaceForm,
  set: SetForm,
  fail: FailForm,
  end: EndForm,
};

function KindForm(props: { node: DraftNode; part: 'step' | 'undo' }) {
  const Form = FORMS[props.node.kind];
  return <Form {...props} />;
}

/** [INS4] Problems of the whole node (nothing reaches it), and of fields that the form does not show. */
function HomelessProblems({ problems, inFlow }: { problems: readonly Diagnostic[]; inFlow: boolean }) {
  if (problems.length === 0) return null;
  return (
    <div {...{ [HOMELESS_ATTRIBUTE]: '' }} tabIndex={-1} className={cn('px-4 pb-3', inFlow && 'pt-3')}>
      <HomelessLines problems={problems} />
    </div>
  );
}
