'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button';
import { cn } from './cn';

interface OverlayProps {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  trigger?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons; the one that performs the action is last. */
  footer?: ReactNode;
  className?: string;
  /**
   * What has the focus when it opens; null: the first control of the body. Never `autoFocus`: that comes before the dialog
   * listens, and then it cannot bring back a focus that something below it takes.
   */
  firstFocus?: (dialog: HTMLElement) => HTMLElement | null;
  /** Where the focus goes when it is gone; without it, back to where it was. */
  onCloseAutoFocus?: (event: Event) => void;
}

function Overlay({
  open,
  onOpenChange,
  trigger,
  title,
  description,
  children,
  footer,
  className,
  firstFocus,
  onCloseAutoFocus,
  bodyClass,
}: OverlayProps & { bodyClass: string }) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => focusFirst(event, firstFocus)}
          onCloseAutoFocus={onCloseAutoFocus}
          tabIndex={-1}
          className={cn(
            'appear fixed z-50 flex flex-col bg-raised shadow-float focus:outline-none',
            bodyClass,
            className
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold [overflow-wrap:anywhere]">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-0.5 text-sm text-ink-2 [overflow-wrap:anywhere]">
                  {description}
                </Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" size="sm" className="-mr-2">
                <X aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          <div data-body className="min-h-0 flex-1 overflow-y-auto px-5 py-4">
            {children}
          </div>
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-hairline px-5 py-3">{footer}</footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/**
 * The focus goes to the first control of the body, not to the close button at the top. Without a control it goes to
 * the dialog itself.
 */
function focusFirst(event: Event, wanted: OverlayProps['firstFocus']): void {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  const own = wanted?.(dialog);
  if (own) return own.focus();
  // Behind a checkbox that is drawn there is a hidden one, for its form.
  const find = (selector: string) =>
    dialog.querySelector<HTMLElement>(`[data-body] :is(${selector}):not([aria-hidden="true"])`);
  const first =
    find('input:checked') ??
    find('input, textarea, select, [role="combobox"], [role="checkbox"]:not(:disabled), [role="switch"]');
  (first ?? dialog).focus();
}

/** A question in the middle of the screen; on a phone a sheet from below. */
export function Dialog(props: OverlayProps) {
  return (
    <Overlay
      {...props}
      bodyClass="inset-x-0 bottom-0 max-h-[90dvh] rounded-t-lg pb-[env(safe-area-inset-bottom)] sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-1/2 sm:max-h-[85dvh] sm:w-[min(32rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-lg sm:border sm:border-hairline"
    />
  );
}

/** A drawer at an edge: the ledger on a tablet, a task on a phone. */
export function Sheet({ side = 'right', ...props }: OverlayProps & { side?: 'right' | 'left' | 'bottom' }) {
  const edge = {
    right: 'inset-y-0 right-0 w-[min(28rem,calc(100vw-3rem))] border-l border-hairline',
    left: 'inset-y-0 left-0 w-[min(20rem,calc(100vw-3rem))] border-r border-hairline',
    bottom: 'inset-x-0 bottom-0 max-h-[90dvh] rounded-t-lg border-t border-hairline pb-[env(safe-area-inset-bottom)]',
  }[side];
  return <Overlay {...props} bodyClass={edge} />;
}
