'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { cn } from './cn';

const ITEM =
  'flex min-h-8 pointer-coarse:min-h-11 cursor-default select-none items-center gap-2 rounded-sm px-2 py-1 text-sm outline-none data-[disabled]:text-ink-2 data-[highlighted]:bg-ink/8 [&_svg]:size-4 [&_svg]:shrink-0';

export function Menu({
  trigger,
  children,
  align = 'end',
  open,
  onOpenChange,
  onClosed,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  /** Both: whoever renders it decides when it is open. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Gives the focus to something else than the trigger. Not called if an entry has given it away already. */
  onClosed?: () => void;
}) {
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <Radix.Root
      modal={false}
      open={open}
      onOpenChange={(next) => {
        // [MEN1] A press does not give it the focus, and a dialog that an entry opens takes what the menu would give
        // back: the focus would be nowhere when the dialog is gone (focus.ts).
        if (next) opener.current?.focus({ preventScroll: true });
        onOpenChange?.(next);
      }}
    >
      <Radix.Trigger asChild ref={opener}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={
            onClosed &&
            ((event) => {
              event.preventDefault();
              if (document.activeElement === null || document.activeElement === document.body) onClosed();
            })
          }
          className="appear z-50 min-w-48 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(24rem,calc(100vw-1rem))] overflow-y-auto rounded-lg border border-hairline bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** `description` is the consequence of the entry; `danger` is only for entries that destroy something. */
export function MenuItem({
  icon,
  children,
  description,
  keys,
  danger = false,
  disabled = false,
  asChild = false,
  onSelect,
}: {
  icon?: ReactNode;
  children: ReactNode;
  description?: ReactNode;
  keys?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  asChild?: boolean;
  onSelect?: () => void;
}) {
  if (asChild) {
    return (
      <Radix.Item asChild className={cn(ITEM, danger && 'text-fail')} disabled={disabled} onSelect={onSelect}>
        {children}
      </Radix.Item>
    );
  }
  return (
    <Radix.Item className={cn(ITEM, danger && 'text-fail')} disabled={disabled} onSelect={onSelect}>
      {icon}
      <span className="flex-1">
        {children}
        {description ? <span className="block text-xs text-ink-2">{description}</span> : null}
      </span>
      {keys}
    </Radix.Item>
  );
}

/** A choice of one entry; the current one has a tick. */
export function MenuChoice<V extends string>({
  value,
  onValueChange,
  options,
}: {
  value: V;
  onValueChange: (value: V) => void;
  options: readonly { value: V; label: string }[];
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onValueChange(next as V)}>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={ITEM}>
          <span className="grid size-4 place-items-center">
            <Radix.ItemIndicator>
              <Check aria-hidden />
            </Radix.ItemIndicator>
          </span>
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-xs text-ink-2">{children}</Radix.Label>;
}
export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-hairline" />;
}
