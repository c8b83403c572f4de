'use client';

/**
 * What the fields of all levels of a schema share: how one is moved, which are open, and where the focus goes
 * afterwards.
 *
 * Rules
 * [SED7] A field moves between levels by its menu and by Alt with an arrow: one gesture, in which what reads the field
 *        follows, and the focus goes with the field.
 * [SED8] It is dragged by its grip: onto the middle of a group it goes into the group, near an edge of a line before or
 * after it.
 * [SED9] A change of one field draws one line again.
 * [SED11] The editor is drawn again only if its schema changed, however often the form around it is.
 */
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type PointerEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { useLatest } from '@/components/ui/use-latest';
import type { JsonSchema } from '@/engine/flow/document';
import type { FieldSteps } from '@/engine/flow/edit/field-reads';
import type { SchemaChange } from './change';
import { DragMark, useFieldDrag } from './field-drag';
import { around, keyOfSteps, levelsBeside, levelWords, moveTo, schemaAt, titleOfField, type Level } from './levels';
import { ROW_ATTRIBUTE } from './row-attribute';

/** It never changes: a row that uses it is not drawn again. */
export interface Moves {
  setOpen: (level: Level, name: string | null) => void;
  /** By one place. */
  step: (field: FieldSteps, by: 1 | -1) => void;
  moveInto: (field: FieldSteps, level: Level) => void;
  moveOut: (field: FieldSteps) => void;
  /** Into the nearest group above it, else below it. */
  moveIntoNearest: (field: FieldSteps) => void;
  beside: (field: FieldSteps) => ReturnType<typeof levelsBeside>;
  nameOf: (level: Level) => string;
  onGrip: (event: PointerEvent, field: FieldSteps) => void;
  /** A field is about to be removed: the focus goes to one beside it, else to the group that contains it. */
  focusBeside: (field: FieldSteps) => void;
}

const MovesContext = createContext<Moves | null>(null);
export function useMoves(): Moves {
  const moves = useContext(MovesContext);
  if (!moves) throw new Error('A field is outside of a schema editor.');
  return moves;
}
const OpenContext = createContext<ReadonlyMap<string, string | null>>(new Map());
/** The name of the open field of a level. */
export const useOpenField = (level: Level): string | null => useContext(OpenContext).get(keyOfSteps(level)) ?? null;

export function MovesProvider({
  schema,
  onChange,
  children,
}: {
  schema: JsonSchema;
  onChange: SchemaChange;
  children: ReactNode;
}) {
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpenFields] = useState<ReadonlyMap<string, string | null>>(new Map());
  const [said, setSaid] = useState({ text: '', isRefusal: false });
  const arrived = useArrival(root, schema);
  const refuse = (text: string) => setSaid({ text, isRefusal: true });

  const move = useLatest((field: FieldSteps, level: Level, before: string | null) => {
    const outcome = moveTo(schema, field, level, before);
    if ('refusal' in outcome) return refuse(outcome.refusal);
    if (outcome.schema === schema) return;
    const name = field.at(-1) as string;
    const title = titleOfField(name, schemaAt(schema, field) ?? {});
    onChange(outcome.schema, outcome.moved ? { moved: outcome.moved } : undefined);
    if (outcome.moved) setOpenFields((now) => withOpen(now, level));
    const place = outcome.moved ? `is now in ${levelWords(schema, level)}` : 'has another place';
    setSaid({ text: `'${title}' ${place}.`, isRefusal: false });
    arrived([...level, name]);
  });
  const drag = useFieldDrag({ root, schema, onDrop: move });
  const says = useLatest((level: Level) => levelWords(schema, level));
  const beside = useLatest((field: FieldSteps) => levelsBeside(schema, field));
  const step = useLatest((field: FieldSteps, by: 1 | -1) => {
    const level = field.slice(0, -1);
    const names = Object.keys(schemaAt(schema, level)?.properties ?? {});
    const index = names.indexOf(field.at(-1) as string) + by;
    if (index < 0 || index >= names.length) return;
    move(field, level, names[by === 1 ? index + 1 : index] ?? null);
  });
  const moveOut = useLatest((field: FieldSteps) => {
    const outer = around(field.slice(0, -1));
    if (!outer) return refuse('This field is at the outermost level.');
    const names = Object.keys(schemaAt(schema, outer.level)?.properties ?? {});
    move(field, outer.level, names[names.indexOf(outer.name) + 1] ?? null);
  });
  const moveIntoNearest = useLatest((field: FieldSteps) => {
    const levels = levelsBeside(schema, field);
    const names = Object.keys(schemaAt(schema, field.slice(0, -1))?.properties ?? {});
    const place = (level: Level) => names.indexOf(level[field.length - 1] as string);
    const own = names.indexOf(field.at(-1) as string);
    const nearest = levels.findLast(({ level }) => place(level) < own) ?? levels[0];
    if (nearest) move(field, nearest.level, null);
    else refuse('There is no group of fields beside this one.');
  });
  const focusBeside = useLatest((field: FieldSteps) => {
    const level = field.slice(0, -1);
    const names = Object.keys(schemaAt(schema, level)?.properties ?? {});
    const index = names.indexOf(field.at(-1) as string);
    const beside = names[index + 1] ?? names[index - 1];
    const outer = around(level);
    if (beside !== undefined) arrived([...level, beside]);
    else if (outer) arrived([...outer.level, outer.name]);
  });
  const shared = useMemo(
    (): Moves => ({
      setOpen: (level, name) => setOpenFields((now) => new Map(now).set(keyOfSteps(level), name)),
      step,
      moveInto: (field, level) => move(field, level, null),
      moveOut,
      moveIntoNearest,
      beside,
      nameOf: says,
      onGrip: drag.onGrip,
      focusBeside,
    }),
    [step, move, moveOut, moveIntoNearest, beside, says, drag.onGrip, focusBeside]
  );
  return (
    <MovesContext value={shared}>
      <OpenContext value={open}>
        <div ref={root} className="flex flex-col gap-2">
          {children}
        </div>
      </OpenContext>
      <p role="status" className={said.isRefusal ? 'text-xs text-fail' : 'sr-only'}>
        {said.text}
      </p>
      <DragMark drag={drag.now} schema={schema} />
    </MovesContext>
  );
}

/** The fields that contain a level are open. */
function withOpen(open: ReadonlyMap<string, string | null>, level: Level): ReadonlyMap<string, string | null> {
  const next = new Map(open);
  for (let outer = around(level); outer; outer = around(outer.level)) next.set(keyOfSteps(outer.level), outer.name);
  return next;
}

/**
 * The focus goes to a field that was moved, when its row is drawn at its new place: the form may follow an edit later.
 */
function useArrival(root: RefObject<HTMLElement | null>, schema: JsonSchema): (field: FieldSteps) => void {
  const pending = useRef<{ key: string; before: JsonSchema } | null>(null);
  useEffect(() => {
    const field = pending.current;
    if (!field || field.before === schema) return;
    pending.current = null;
    const row = rowsIn(root.current).find((each) => each.getAttribute(ROW_ATTRIBUTE) === field.key);
    row?.querySelector<HTMLElement>('button[aria-expanded]')?.focus();
    row?.scrollIntoView?.({ block: 'nearest' });
  }, [root, schema]);
  return (steps) => {
    pending.current = { key: keyOfSteps(steps), before: schema };
  };
}
const rowsIn = (root: HTMLElement | null): HTMLElement[] => [
  ...(root?.querySelectorAll<HTMLElement>(`[${ROW_ATTRIBUTE}]`) ?? []),
];
