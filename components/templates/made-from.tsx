import { LayoutTemplate } from 'lucide-react';
import Link from 'next/link';
import type { TemplateRef } from '@/app/_contract/templates';
import { pages } from '@/app/_contract/routes';
import { cn } from '@/components/ui/cn';

/** The way back to the page of the template that a flow was made from. */
export function MadeFrom({ template: { name, title }, className }: { template: TemplateRef; className?: string }) {
  return (
    <Link
      href={pages.template(name)}
      className={cn(
        'inline-flex items-center gap-1.5 rounded-sm text-xs text-ink-2 underline-offset-2 hover:text-ink hover:underline',
        className
      )}
    >
      <LayoutTemplate aria-hidden className="size-3.5 shrink-0" />
      Made from the template {title}
    </Link>
  );
}
