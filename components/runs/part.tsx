import type { ReactNode } from 'react';

/** A named part of a side panel. */
export function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">{title}</h3>
      {children}
    </section>
  );
}
