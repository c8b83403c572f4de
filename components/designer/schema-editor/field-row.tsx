'use client';

/**
 * The line of a field. There may be hundreds, so a line that nobody uses is three plain buttons: its menu and its
 * details are made when they are opened.
 */
import { ChevronRight, CornerDownRight, CornerLeftUp, Ellipsis, X } from 'lucide-react';
import { memo, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { CheckboxField, Select } from '@/components/ui/field';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { Keys } from '@/components/ui/surface';
import type { JsonSchema } from '@/engine/flow/document';
import type { FieldSteps } from '@/engine/flow/edit/field-reads';
import { FIELD_KINDS, kindOf, KIND_WORDS, typeWords, withKind, type FieldKind } from './kinds';
import { around, keyOfSteps, titleOfField, type Level } from './levels';
import { useMoves } from './moves';
import { ROW_ATTRIBUTE } from './row-attribute';

interface FieldRowProps {
  name: string;
  level: Level;
  field: JsonSchema;
  isRequired: boolean;
  isFirst: boolean;
  isLast: boolean;
  /** What is under the line; null: it is closed. */
  details: ReactNode;
  onChange: (name: string, field: JsonSchema) => void;
  onRequire: (name: string, isRequired: boolean) => void;
  onRemove: (name: string) => void;
}

/** A line far from the view is not laid out. */
const NEAR_ONLY = '[contain-intrinsic-size:auto_42px] [content-visibility:auto]';
const SMALL =
  'grid size-7 pointer-coarse:size-11 shrink-0 place-items-center rounded-md hover:bg-ink/6 [&_svg]:size-3.5';

export const FieldRow = memo(function FieldRow(props: FieldRowProps) {
  const { name, level, field, isRequired, details, onChange, onRequire, onRemove } = props;
  const { setOpen, step, moveOut, moveIntoNearest, onGrip } = useMoves();
  const isOpen = details !== null;
  const title = titleOfField(name, field);
  const steps = [...level, name];
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = {
      ArrowUp: () => step(steps, -1),
      ArrowDown: () => step(steps, 1),
      ArrowRight: () => moveIntoNearest(steps),
      ArrowLeft: () => moveOut(steps),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <li
      {...{ [ROW_ATTRIBUTE]: keyOfSteps(steps) }}
      className={cn('rounded-md border border-hairline bg-card', !isOpen && NEAR_ONLY)}
    >
      <div className="flex items-center pr-1">
        <span
          aria-hidden
          title="Drag to move it, into a group too"
          className="grid h-10 w-5 pointer-coarse:w-8 shrink-0 cursor-grab touch-none place-items-center text-mark hover:text-ink active:cursor-grabbing"
          onPointerDown={(event) => onGrip(event, steps)}
        >
          <span className="h-3.5 w-2 bg-[radial-gradient(currentColor_1px,transparent_1.25px)] [background-size:4px_4.6px]" />
        </span>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight"
          className="flex min-h-10 min-w-0 flex-1 items-center gap-1.5 rounded-md py-1 pr-2 text-left -outline-offset-2 hover:bg-ink/3"
          onClick={() => setOpen(level, isOpen ? null : name)}
          onKeyDown={onKeyDown}
        >
          <ChevronRight
            aria-hidden
            className={cn('size-3.5 shrink-0 text-mark transition-transform', isOpen && 'rotate-90')}
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm">{title}</span>
            <span className="block truncate font-mono text-2xs text-ink-2">{name}</span>
          </span>
          <span className="shrink-0 text-right text-xs text-ink-2">
            <span className="block">{typeWords(field)}</span>
            <span className="block text-2xs">{isRequired ? 'required' : 'optional'}</span>
          </span>
        </button>
        <RowMenu {...props} title={title} steps={steps} />
        <button
          type="button"
          aria-label={`Remove ${title}`}
          title={`Remove ${title}`}
          className={SMALL}
          onClick={() => onRemove(name)}
        >
          <X aria-hidden />
        </button>
      </div>
      {isOpen ? (
        <div id={id} className="flex flex-col gap-3 border-t border-hairline p-3">
          <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-3">
            <Select
              aria-label={`Type of ${title}`}
              options={[
                ...(kindOf(field) === null ? [{ value: 'other', label: 'Something else, see below' }] : []),
                ...FIELD_KINDS.map((each) => ({ value: each, label: KIND_WORDS[each] })),
              ]}
              value={kindOf(field) ?? 'other'}
              onValueChange={(kind) => onChange(name, withKind(field, kind as FieldKind))}
            />
            <CheckboxField
              label="Required"
              checked={isRequired}
              onCheckedChange={(checked) => onRequire(name, checked === true)}
            />
          </div>
          {details}
        </div>
      ) : null}
    </li>
  );
});

/** A plain button until it is pressed first. */
function RowMenu(props: FieldRowProps & { title: string; steps: FieldSteps }) {
  const [state, setState] = useState<'never' | 'open' | 'closed'>('never');
  const label = `Move ${props.title}`;
  const trigger = (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-haspopup="menu"
      aria-expanded={state === 'open'}
      className={SMALL}
      onClick={state === 'never' ? () => setState('open') : undefined}
    >
      <Ellipsis aria-hidden />
    </button>
  );
  if (state === 'never') return trigger;
  return (
    <Menu trigger={trigger} open={state === 'open'} onOpenChange={(isOpen) => setState(isOpen ? 'open' : 'closed')}>
      {state === 'open' ? <RowMenuItems {...props} /> : null}
    </Menu>
  );
}

function RowMenuItems({ level, isFirst, isLast, steps }: FieldRowProps & { steps: FieldSteps }) {
  const { step, moveInto, moveOut, beside, nameOf } = useMoves();
  const groups = beside(steps);
  const outer = around(level);
  return (
    <>
      <MenuItem disabled={isFirst} keys={<Keys keys={['Alt', '↑']} />} onSelect={() => step(steps, -1)}>
        Move up
      </MenuItem>
      <MenuItem disabled={isLast} keys={<Keys keys={['Alt', '↓']} />} onSelect={() => step(steps, 1)}>
        Move down
      </MenuItem>
      {groups.length > 0 || outer ? <MenuSeparator /> : null}
      {outer ? (
        <MenuItem
          icon={<CornerLeftUp aria-hidden />}
          keys={<Keys keys={['Alt', '←']} />}
          onSelect={() => moveOut(steps)}
        >
          Move out of {nameOf(level)}
        </MenuItem>
      ) : null}
      {groups.map(({ level: into, refusal }) => (
        <MenuItem
          key={keyOfSteps(into)}
          icon={<CornerDownRight aria-hidden />}
          disabled={refusal !== null}
          description={refusal}
          onSelect={() => moveInto(steps, into)}
        >
          Move into {nameOf(into)}
        </MenuItem>
      ))}
    </>
  );
}
