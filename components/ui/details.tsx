'use client';

import { useState, type ComponentProps } from 'react';

/**
 * What can be opened and closed. `openAtFirst` counts only once: afterwards it is as the person left it, whatever is
 * drawn again.
 */
export function Details({
  openAtFirst = false,
  ...rest
}: Omit<ComponentProps<'details'>, 'open' | 'onToggle'> & { openAtFirst?: boolean }) {
  const [isOpen, setIsOpen] = useState(openAtFirst);
  return <details {...rest} open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)} />;
}
