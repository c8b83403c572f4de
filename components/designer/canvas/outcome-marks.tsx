'use client';

/**
 * The mark 'outcome unknown' of every step that can have one, with what happens then. A click on it, or O at the step,
 * opens the policies.
 *
 * Rules
 * [OUM1] A step with an effect has the mark, with the sign of its policy; without a policy, that of a person.
 * [OUM2] A policy is chosen where it is drawn, as one edit. The one that is chosen already makes no edit.
 */
import { Check, Hand, Search, Undo2, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useSeen } from '@/components/canvas/seen';
import { StatusMark } from '@/components/status/status-mark';
import { cn } from '@/components/ui/cn';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { useLatest } from '@/components/ui/use-latest';
import type { Catalogue } from '@/engine/flow/catalogue';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import { DOWN, SIDEWAYS, type FlowLayout } from '@/engine/flow/layout/layout';
import { mayBeUnknown, POLICY_WORDS, policyChoices, policyOf, withPolicy, type Policy } from '../outcome-policy';

const ICONS: Readonly<Record<Policy, LucideIcon>> = { undo: Undo2, check: Search, ask: Hand };
/** Pixels. */
const WIDTH = 38;
const HEIGHT = 20;
const INSET = 6;

interface OutcomeMarksProps {
  layout: FlowLayout;
  draft: Draft;
  catalogue: Catalogue;
  /** The step whose policies are shown. */
  open: string | null;
  onOpen: (id: string | null) => void;
  onEdit: (operations: Operation[], select: string) => void;
  /** Gives a step the focus. */
  onFocus: (id: string) => void;
  onField: (id: string, path: readonly string[]) => void;
}

export function OutcomeMarks({ layout, draft, catalogue, open, onOpen, onEdit, onFocus, onField }: OutcomeMarksProps) {
  const isSeen = useSeen(layout);
  const press = useLatest(onOpen);
  const [faceWidth, face] =
    layout.direction === 'down' ? [DOWN.faceWidth, DOWN.face] : [SIDEWAYS.cardWidth, SIDEWAYS.face];
  return layout.cards.map((card) => {
    const node = isSeen(card) || card.id === open ? findNode(draft, card.id) : null;
    if (!node || !mayBeUnknown(node, catalogue)) return null;
    const at = { x: card.x + faceWidth - INSET - WIDTH, y: card.y + face - INSET - HEIGHT };
    const policy = policyOf(node.fields.unknown);
    return (
      <div key={card.id}>
        <OutcomeMark id={card.id} {...at} title={titleOf(node)} policy={policy} onPress={press} />
        {card.id === open ? (
          <Menu
            open
            onOpenChange={() => {
              onOpen(null);
              // The menu gives the focus back to nothing: what opened it is another element.
              requestAnimationFrame(() => onFocus(card.id));
            }}
            trigger={
              <span
                aria-hidden
                className="pointer-events-none absolute"
                style={{ left: at.x, top: at.y, width: WIDTH, height: HEIGHT }}
              />
            }
          >
            <MenuLabel>If it is not known whether it happened</MenuLabel>
            {policyChoices(node).map(({ policy: each, whyNot }) => (
              <MenuItem
                key={each}
                icon={<Check aria-hidden className={cn(each !== policy && 'invisible')} />}
                disabled={whyNot !== null}
                description={whyNot ?? POLICY_WORDS[each].description}
                onSelect={() => {
                  const value = withPolicy(node, each, catalogue);
                  const operations = setField(draft, { node: card.id }, ['unknown'], value);
                  if (operations.length > 0) onEdit(operations, card.id);
                }}
              >
                {POLICY_WORDS[each].label}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem onSelect={() => setTimeout(() => onField(card.id, ['unknown', 'policy']))}>
              Edit it in the form
            </MenuItem>
          </Menu>
        ) : null}
      </div>
    );
  });
}

interface OutcomeMarkProps {
  id: string;
  x: number;
  y: number;
  title: string;
  policy: Policy | null;
  onPress: (id: string) => void;
}
const OutcomeMark = memo(function OutcomeMark({ id, x, y, title, policy, onPress }: OutcomeMarkProps) {
  // A wrong value of the field is no policy.
  const known = policy !== null && Object.hasOwn(POLICY_WORDS, policy) ? policy : null;
  const Icon = ICONS[known ?? 'ask'];
  const words =
    known === null ? 'a person is asked, because nothing is chosen' : POLICY_WORDS[known].label.toLowerCase();
  return (
    <button
      type="button"
      data-outcome-of={id}
      // O at the step is the way of the keyboard: the drawing has one tab stop.
      tabIndex={-1}
      aria-haspopup="menu"
      aria-label={`If it is not known whether '${title}' happened: ${words}`}
      title={`If it is not known whether it happened: ${words}`}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onClick={() => onPress(id)}
      style={{ left: x, top: y, width: WIDTH, height: HEIGHT }}
      className={cn(
        'nodrag nopan pointer-events-auto absolute flex items-center justify-center gap-1 rounded-full text-mark',
        'before:absolute before:-inset-1 hover:bg-ink/8 hover:text-ink [&:hover_svg]:text-ink'
      )}
    >
      <StatusMark state="unknown" size={14} word="none" className="[&_svg]:text-mark" />
      <Icon aria-hidden className={cn('size-3', known === null && 'opacity-60')} />
    </button>
  );
});
