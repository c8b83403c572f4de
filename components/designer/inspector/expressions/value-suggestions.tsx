'use client';

/**
 * What can be read, offered while somebody types `${` into a text. The focus stays in the text, so whoever knows the
 * name types on.
 *
 * Rules
 * [VSG1] Behind `${` and the beginning of a path the list has the paths that contain it, the ones that begin so first.
 * [VSG2] Enter or Tab puts the chosen path with its brace in place of what was typed; the arrow keys choose, Esc closes
 *        the list. Without a list these keys do what they always do.
 */
import { Popover as Radix } from 'radix-ui';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { cn } from '@/components/ui/cn';
import { sampleWords } from '../../samples/samples';
import { typeWords } from '../../schema-editor/kinds';
import { useEditing } from '../editing';
import type { Typed } from '../fields/use-typed';
import type { ScopePath } from './scope-paths';

const BEGINNING = /\$\{\s*([\w.]*)$/;
const MOST_SHOWN = 8;

/** The paths that are offered behind this text; none where it does not end within a value. */
export function suggested(before: string, paths: readonly ScopePath[]): ScopePath[] {
  const typed = BEGINNING.exec(before)?.[1]?.toLowerCase();
  if (typed === undefined) return [];
  const at = ({ path }: ScopePath) => path.toLowerCase().indexOf(typed);
  const matching = paths.filter((each) => at(each) >= 0);
  return [...matching.filter((each) => at(each) === 0), ...matching.filter((each) => at(each) > 0)].slice(
    0,
    MOST_SHOWN
  );
}

/** The text with the path in place of its beginning at the caret, and where the caret is then. */
export function completed(text: string, caret: number, path: string): { text: string; caret: number } {
  const before = text.slice(0, caret).replace(BEGINNING, () => `\${${path}}`);
  const after = text.slice(caret);
  return { text: before + (after.startsWith('}') ? after.slice(1) : after), caret: before.length };
}

/** Around the area of a text: gives it what it needs, and draws the list below it. */
export function ValueSuggestions({
  area,
  typed,
  paths,
  children,
}: {
  area: RefObject<HTMLTextAreaElement | null>;
  typed: Pick<Typed, 'text' | 'onChange'>;
  paths: readonly ScopePath[];
  children: (given: {
    onKeyDown: (event: KeyboardEvent) => void;
    onKeyUp: () => void;
    onPointerUp: () => void;
    'aria-autocomplete'?: 'list';
    'aria-controls'?: string;
    'aria-activedescendant'?: string;
  }) => ReactNode;
}) {
  const { samples } = useEditing();
  const id = useId();
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  /** The text for which Esc was pressed. */
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const before = caret === null ? '' : typed.text.slice(0, caret);
  const shown = caret === null || closedFor === typed.text ? [] : suggested(before, paths);
  const at = Math.min(active, shown.length - 1);
  const isOpen = shown.length > 0;
  const next = useRef<number | null>(null);
  useEffect(() => {
    if (next.current === null) return;
    area.current?.setSelectionRange(next.current, next.current);
    next.current = null;
  });
  const look = () => {
    const field = area.current;
    const isThere = field && document.activeElement === field && field.selectionStart === field.selectionEnd;
    setCaret(isThere ? field.selectionStart : null);
  };
  const pick = (path: string) => {
    const done = completed(typed.text, caret ?? typed.text.length, path);
    next.current = done.caret;
    typed.onChange(done.text);
    setCaret(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen || event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((at + step + shown.length) % shown.length);
    else if (event.key === 'Escape') setClosedFor(typed.text);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) pick(shown[at]!.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && setCaret(null)}>
      <Radix.Anchor asChild>
        <div
          className="flex flex-col"
          onInput={() => {
            setActive(0);
            look();
          }}
          onBlur={() => setCaret(null)}
        >
          {children({
            onKeyDown,
            onKeyUp: look,
            onPointerUp: look,
            ...(isOpen
              ? {
                  'aria-autocomplete': 'list',
                  'aria-controls': `${id}-list`,
                  'aria-activedescendant': `${id}-${at}`,
                }
              : {}),
          })}
        </div>
      </Radix.Anchor>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          // The focus stays in the text.
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="z-50 w-[min(22rem,calc(100vw-1rem))] rounded-lg border border-hairline bg-raised p-1 shadow-float"
        >
          <ul id={`${id}-list`} role="listbox" aria-label="Values">
            {shown.map((each, index) => (
              <li
                key={each.path}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => pick(each.path)}
                className={cn(
                  'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 hover:bg-ink/6 pointer-coarse:min-h-11',
                  index === at && 'bg-ink/8'
                )}
              >
                <span className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">
                  {each.path}
                  <span className="text-ink-2"> {sampleOf(sampleWords(samples, each.path))}</span>
                </span>
                <span className="shrink-0 text-xs text-ink-2">{typeWords(each.schema)}</span>
              </li>
            ))}
          </ul>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const sampleOf = (words: string | null): string => (words === null ? '' : `= ${words}`);
