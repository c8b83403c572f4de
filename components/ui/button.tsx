'use client';

import { LoaderCircle } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { cn } from './cn';
import { Tooltip } from './tooltip';

const VARIANTS = {
  primary: 'bg-ink text-paper border-ink hover:bg-ink/85',
  secondary: 'bg-card text-ink border-mark/50 hover:bg-sunken hover:border-mark',
  ghost: 'bg-transparent text-ink border-transparent hover:bg-ink/6',
  danger: 'bg-card text-fail border-fail/60 hover:bg-fail-tint hover:border-fail',
  dangerFilled: 'bg-fail text-on-hue border-fail hover:bg-fail/85',
} as const;
/** Where a finger presses, all are at least 44 px. */
const SIZES = {
  sm: 'h-7 px-2.5 text-xs gap-1.5 [&_svg]:size-3.5 pointer-coarse:min-h-11 pointer-coarse:min-w-11',
  md: 'h-8 px-3 text-sm gap-2 [&_svg]:size-4 pointer-coarse:min-h-11 pointer-coarse:min-w-11',
  /** Large, for use with a thumb. */
  lg: 'h-12 px-4 text-base gap-2 [&_svg]:size-5',
} as const;
export type ButtonVariant = keyof typeof VARIANTS;
export type ButtonSize = keyof typeof SIZES;

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** The action is in progress: the button keeps its width, shows a ring and cannot be pressed. */
  pending?: boolean;
  disabled?: boolean;
  /** Why the button cannot be pressed now. A button with a reason can be focused, so that the reason can be read. */
  disabledReason?: string | null;
  /** Renders the only child (a link) as the button. */
  asChild?: boolean;
}

const BASE =
  'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md border font-medium transition-colors disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50';

export function Button({
  variant = 'secondary',
  size = 'md',
  pending = false,
  disabled = false,
  disabledReason = null,
  asChild = false,
  className,
  onClick,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  const classes = cn(BASE, VARIANTS[variant], SIZES[size], className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  const soft = pending || Boolean(disabledReason);
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (soft) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <button
      type={type}
      className={cn(classes, pending && 'relative aria-disabled:cursor-progress aria-disabled:opacity-100')}
      disabled={disabled && !disabledReason}
      aria-disabled={soft || undefined}
      aria-busy={pending || undefined}
      onClick={press}
      {...rest}
    >
      {pending ? (
        <>
          <span className="inline-flex items-center gap-[inherit] opacity-0">{children}</span>
          <LoaderCircle aria-hidden className="turn absolute" />
        </>
      ) : (
        children
      )}
    </button>
  );
  return disabledReason ? <Tooltip content={disabledReason}>{button}</Tooltip> : button;
}

/** A square button that shows only an icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  size = 'md',
  variant = 'ghost',
  className,
  children,
  ...rest
}: Omit<ButtonProps, 'asChild' | 'aria-label'> & { label: string; children: ReactNode }) {
  const square = {
    sm: 'size-7 px-0 pointer-coarse:min-w-11',
    md: 'size-8 px-0 pointer-coarse:min-w-11',
    lg: 'size-12 px-0',
  }[size];
  const button = (
    <Button {...rest} size={size} variant={variant} aria-label={label} className={cn(square, className)}>
      {children}
    </Button>
  );
  return rest.disabledReason ? button : <Tooltip content={label}>{button}</Tooltip>;
}
