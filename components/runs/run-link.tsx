'use client';

/** A link to another run. On the page of a history from a file it is its text: that run is not here. */
import Link from 'next/link';
import { createContext, useContext, type ReactNode } from 'react';
import { pages } from '@/app/_contract/routes';

const FileContext = createContext(false);

export function RunOfFile({ children }: { children: ReactNode }) {
  return <FileContext value={true}>{children}</FileContext>;
}

export function RunLink({
  workflowId,
  runId,
  className,
  children,
}: {
  workflowId: string;
  runId: string;
  className: string;
  children: ReactNode;
}) {
  const isFile = useContext(FileContext);
  if (isFile) return <span className="wrap-anywhere">{children}</span>;
  return (
    <Link href={pages.run(workflowId, runId)} className={className}>
      {children}
    </Link>
  );
}
