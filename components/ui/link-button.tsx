'use client';

import Link from 'next/link';
import type { ComponentProps } from 'react';
import { Button, type ButtonProps } from './button';

/** A link that looks like a button. With a reason it becomes a disabled button, because a link cannot be disabled. */
export function LinkButton({
  href,
  disabledReason,
  children,
  ...rest
}: Omit<ButtonProps, 'asChild' | 'onClick'> & Pick<ComponentProps<typeof Link>, 'href'>) {
  return disabledReason ? (
    <Button {...rest} disabledReason={disabledReason}>
      {children}
    </Button>
  ) : (
    <Button {...rest} asChild>
      <Link href={href}>{children}</Link>
    </Button>
  );
}
