'use client';

/**
 * Edits that were refused, and what own edits replaced unseen: nothing that somebody typed disappears without a word.
 */
import { TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { PlainText } from '@/components/ui/plain-text';
import { spelled } from '@/components/words';
import { findNode, type Draft, type Json } from '@/engine/flow/edit/draft';
import type { Note, Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import { nowNear } from './session/near';
import type { Held, SessionView } from './session/session-parts';

interface HeldEditsProps {
  draft: Draft;
  view: Pick<SessionView, 'held' | 'notes'>;
  /** Selects a step, and shows it in the drawing. */
  onShow: (id: string) => void;
  onDismiss: (id: string) => void;
  onDismissNotes: () => void;
}

export function HeldEdits({ draft, view, onShow, onDismiss, onDismissNotes }: HeldEditsProps) {
  const notes = view.notes.filter((note) => note.code !== 'overwrote' || note.lost !== undefined);
  if (view.held.length === 0 && notes.length === 0) return null;
  return (
    <ul
      aria-label="Edits that need a look"
      className="relative max-h-40 shrink-0 overflow-y-auto border-b border-hairline bg-card"
    >
      {view.held.map((held) => (
        <li key={held.gesture.id} className={ROW}>
          <TriangleAlert aria-hidden className="size-4 shrink-0 text-fail" />
          <div className={TEXT}>
            <p className="[overflow-wrap:anywhere]">
              Not done: {held.words}. {whyNot(held)}
            </p>
            {textOf(held) === null ? null : (
              <p className="line-clamp-3 text-xs text-ink-2 [overflow-wrap:anywhere]">
                What you entered: <PlainText text={textOf(held) ?? ''} />
              </p>
            )}
          </div>
          {textOf(held) === null ? null : (
            <Button size="sm" onClick={() => void navigator.clipboard?.writeText(textOf(held) ?? '')}>
              Copy what you typed
            </Button>
          )}
          <WhereItWas near={nowNear(held.near ?? [], draft)} onShow={onShow} />
          <Button size="sm" onClick={() => onDismiss(held.gesture.id)}>
            Dismiss
          </Button>
        </li>
      ))}
      {notes.length > 0 ? (
        <li className={ROW}>
          <TriangleAlert aria-hidden className="size-4 shrink-0 text-ink-2" />
          <div className={TEXT}>
            {notes.map((note, index) => (
              <p key={index} className="[overflow-wrap:anywhere]">
                {noteWords(note, draft)}
              </p>
            ))}
          </div>
          <Button size="sm" onClick={onDismissNotes}>
            Dismiss
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function WhereItWas({ near, onShow }: { near: ReturnType<typeof nowNear>; onShow: (id: string) => void }) {
  if (near === null) return null;
  return (
    <Button size="sm" onClick={() => onShow(near.id)}>
      {near.isItself ? 'Show the step' : 'Show where it was'}
    </Button>
  );
}

/** On a phone the buttons are below the text. */
const ROW = 'flex flex-wrap items-center justify-end gap-2 px-3 py-1.5 text-sm';
const TEXT = 'min-w-[min(calc(100%-1.5rem),14rem)] flex-1';

/** The refusal knows the id of what is gone; the words of the edit have its title. */
const whyNot = ({ refusal: { code, message } }: Held): string =>
  code === 'gone' ? 'The step or branch was deleted in the meantime.' : message;

/** The values of an edit, as a person would paste them. */
function textOf({ gesture }: Held): string | null {
  const values = gesture.operations.flatMap((each: Operation) =>
    each.op === 'set' && each.value !== undefined ? [written(each.value)] : []
  );
  return values.length > 0 ? values.join('\n') : null;
}
const written = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function noteWords(note: Note, draft: Draft): string {
  switch (note.code) {
    case 'overwrote': {
      const { target, path, lost = null } = note;
      const node = target.node === null ? null : findNode(draft, target.node);
      const where = node ? ` of '${titleOf(node)}'` : '';
      return `Your change of '${path.map((name, level) => (level === 0 ? spelled(name) : name)).join(' › ')}'${where} replaced what somebody else had just entered: ${shorten(written(lost))}`;
    }
    case 'removed-changed': {
      const { title } = note.lost.fields;
      const what = typeof title === 'string' && title !== '' ? `'${title}', which` : 'something that';
      return `You deleted ${what} somebody else had just changed. Revert brings it back, with the change.`;
    }
    case 'moved-to-tray': {
      const node = findNode(draft, note.id);
      const what = node ? `'${titleOf(node)}'` : 'a step';
      return `The place where you put ${what} was deleted in the meantime. The step was set aside.`;
    }
  }
}
const shorten = (text: string) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
