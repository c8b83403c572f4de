'use client';

/**
 * Code that is read, with a button that copies it. A range of lines can be marked and is scrolled to, and a line can be
 * selected. Only the lines on the screen are in the page: a flow of 300 steps has 7,000.
 */
import dynamic from 'next/dynamic';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copyable';

const CodeView = dynamic(() => import('./code-view'), { ssr: false });

export function CodeBlock({
  code,
  lit,
  onPickLine,
  label,
  className,
}: {
  code: string;
  /** First and last line, from 1. */
  lit: readonly [number, number] | null;
  onPickLine: (line: number) => void;
  label: string;
  className?: string;
}) {
  return (
    <div className={cn('group/code relative min-h-0 bg-card', className)}>
      <div className="absolute right-2 top-2 z-10 rounded-md bg-card opacity-0 focus-within:opacity-100 group-hover/code:opacity-100">
        <CopyButton text={code} label="Copy code" />
      </div>
      <CodeView text={code} lit={lit} compareWith={null} onLine={onPickLine} label={label} />
    </div>
  );
}
