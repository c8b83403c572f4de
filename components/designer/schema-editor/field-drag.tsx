'use client';

/**
 * A field that is dragged by its grip, between the fields of any level that is shown, or into a group that is closed.
 */
import { useCallback, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { cn } from '@/components/ui/cn';
import { useLatest } from '@/components/ui/use-latest';
import { usePointerDrag } from '@/components/ui/use-pointer-drag';
import type { JsonSchema } from '@/engine/flow/document';
import type { FieldSteps } from '@/engine/flow/edit/field-reads';
import { keyOfSteps, levelWords, schemaAt, stepsInto, stepsOfKey, titleOfField, whyNotTo, type Level } from './levels';
import { ROW_ATTRIBUTE } from './row-attribute';

export interface FieldDrag {
  field: FieldSteps;
  pointer: { x: number; y: number };
  aim: Aim | null;
}
interface Aim {
  level: Level;
  before: string | null;
  refusal: string | null;
  /** In pixels of the window: a line between two rows, or the frame of a group. */
  box: { left: number; top: number; width: number; height: number };
}

/** Until the pointer has gone this far, it is a click. */
const SLOP = 4;
/** Near the edges of what scrolls, it scrolls. */
const EDGE = 32;
const SCROLL = 9;

interface Options {
  root: RefObject<HTMLElement | null>;
  schema: JsonSchema;
  onDrop: (field: FieldSteps, level: Level, before: string | null) => void;
}

export function useFieldDrag({ root, schema, onDrop }: Options) {
  const [now, setNow] = useState<FieldDrag | null>(null);
  const { start } = usePointerDrag(SLOP);
  const aimAt = useLatest((field: FieldSteps, y: number) => aimIn(root.current, schema, field, y));
  const drop = useLatest(onDrop);

  const onGrip = useCallback(
    (event: ReactPointerEvent, field: FieldSteps) => {
      if (event.button !== 0) return;
      const scrolls = scrollerOf(root.current);
      let drag: FieldDrag | null = null;
      const show = (next: FieldDrag | null) => {
        drag = next;
        setNow(next);
      };
      const move = (pointer: FieldDrag['pointer']) => show({ field, pointer, aim: aimAt(field, pointer.y) });
      const scroll = () => {
        const bounds = scrolls?.getBoundingClientRect();
        if (!drag || !scrolls || !bounds) return;
        const { pointer } = drag;
        const by = pointer.y < bounds.top + EDGE ? -SCROLL : pointer.y > bounds.bottom - EDGE ? SCROLL : 0;
        const was = scrolls.scrollTop;
        scrolls.scrollTop += by;
        if (scrolls.scrollTop !== was) move(pointer);
      };
      const end = (isDropped: boolean) => {
        const aim = drag?.aim;
        show(null);
        if (aim && isDropped) drop(field, aim.level, aim.before);
      };
      start(event, { onMove: move, onFrame: scroll, onEnd: end });
    },
    [root, aimAt, drop, start]
  );
  return { now, onGrip };
}

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let each = element?.parentElement ?? null; each; each = each.parentElement) {
    const { overflowY } = getComputedStyle(each);
    if ((overflowY === 'auto' || overflowY === 'scroll') && each.scrollHeight > each.clientHeight) return each;
  }
  return null;
}

/** The place at this height: the line of the field that is nearest to it. */
function aimIn(root: HTMLElement | null, schema: JsonSchema, field: FieldSteps, y: number): Aim | null {
  let nearest: { line: HTMLElement; away: number } | null = null;
  for (const line of root?.querySelectorAll<HTMLElement>(`[${ROW_ATTRIBUTE}] > :first-child`) ?? []) {
    const { top, bottom } = line.getBoundingClientRect();
    const away = Math.max(top - y, y - bottom, 0);
    if (!nearest || away < nearest.away) nearest = { line, away };
  }
  const key = nearest?.line.parentElement?.getAttribute(ROW_ATTRIBUTE);
  if (!nearest || key === null || key === undefined) return null;
  const over = stepsOfKey(key);
  const name = over.at(-1) as string;
  const own = over.slice(0, -1);
  const bounds = nearest.line.getBoundingClientRect();
  const part = (y - bounds.top) / bounds.height;
  const into = stepsInto(name, schemaAt(schema, over) ?? {});
  const isOwn = key === keyOfSteps(field);
  if (into && !isOwn && part > 0.25 && part < 0.75) {
    const level = [...own, ...into];
    const { left, top, width, height } = bounds;
    return { level, before: null, refusal: whyNotTo(schema, field, level), box: { left, top, width, height } };
  }
  const isBelow = part >= 0.5;
  const names = Object.keys(schemaAt(schema, own)?.properties ?? {});
  const before = isBelow ? (names[names.indexOf(name) + 1] ?? null) : name;
  const row = nearest.line.parentElement!.getBoundingClientRect();
  const top = isBelow ? row.bottom + 1 : row.top - 3;
  const box = { left: row.left, top, width: row.width, height: 2 };
  return { level: own, before, refusal: whyNotTo(schema, field, own), box };
}

/** Where the field would be, and beside the pointer what it is or why it cannot be there. */
export function DragMark({ drag, schema }: { drag: FieldDrag | null; schema: JsonSchema }) {
  if (!drag) return null;
  const { aim, pointer, field } = drag;
  const title = titleOfField(field.at(-1) as string, schemaAt(schema, field) ?? {});
  const isOther = aim !== null && keyOfSteps(aim.level) !== keyOfSteps(field.slice(0, -1));
  return createPortal(
    <div aria-hidden className="pointer-events-none">
      {aim ? (
        <div
          style={aim.box}
          className={cn(
            'fixed z-50 rounded-md',
            aim.box.height > 2 ? 'border-2' : '',
            aim.refusal ? 'border-fail bg-fail/10' : aim.box.height > 2 ? 'border-ink bg-ink/5' : 'bg-ink'
          )}
        />
      ) : null}
      <div
        style={{ left: pointer.x + 12, top: pointer.y + 12 }}
        className={cn(
          'fixed z-50 max-w-72 rounded-lg border bg-raised px-3 py-2 text-sm shadow-float',
          aim?.refusal ? 'border-fail' : 'border-mark/60'
        )}
      >
        <span className="block truncate font-semibold">{title}</span>
        {aim?.refusal ? <span className="block text-xs text-fail">{aim.refusal}</span> : null}
        {aim && isOther && !aim.refusal ? (
          <span className="block text-xs text-ink-2">Moves into {levelWords(schema, aim.level)}</span>
        ) : null}
      </div>
    </div>,
    document.body
  );
}
