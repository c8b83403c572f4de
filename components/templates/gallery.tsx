'use client';

/** Flows to begin with: what each does, how it is drawn, and what it shows. */
import Link from 'next/link';
import type { TemplateSummary } from '@/app/_contract/templates';
import { pages } from '@/app/_contract/routes';
import { Badge, Card } from '@/components/ui/surface';
import { useRows } from '@/components/ui/use-rows';
import { Sketch } from './sketch';
import { UseTemplate } from './use-template';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next template, previous template' },
  { keys: ['Enter'], does: 'Open the template' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function TemplateGallery({ templates }: { templates: readonly TemplateSummary[] }) {
  const list = useRows<HTMLUListElement>({ keys: KEYS });
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <div>
        <h1 className="text-xl font-semibold">Templates</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">
          Flows that run as they are. Each calls small example services that are part of Backstitch, and has scenarios
          in which something goes wrong. Use one as it is, or change it into your own.
        </p>
      </div>
      <ul ref={list} data-rows className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
        {templates.map((template) => (
          <li key={template.name} className="min-w-0">
            <TemplateCard template={template} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function TemplateCard({ template }: { template: TemplateSummary }) {
  const { name, title, summary, teaches, steps, scenarios, sketch } = template;
  return (
    <Card className="flex h-full flex-col">
      <Link
        href={pages.template(name)}
        tabIndex={-1}
        aria-hidden
        className="block rounded-t-lg border-b border-hairline bg-paper p-3"
      >
        <Sketch sketch={sketch} className="h-44 w-full" />
      </Link>
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div className="flex-1">
          <h2 className="text-base font-semibold">
            <Link href={pages.template(name)} data-row className="rounded-sm underline-offset-2 hover:underline">
              {title}
            </Link>
          </h2>
          <p className="mt-1 text-sm text-ink-2">{summary}</p>
          <p className="figures mt-2 text-xs text-ink-2">
            {steps} steps · {scenarios} scenarios
          </p>
          <ul aria-label="What it shows" className="mt-2 flex flex-wrap gap-1">
            {teaches.map((each) => (
              <li key={each}>
                <Badge>{each}</Badge>
              </li>
            ))}
          </ul>
        </div>
        <UseTemplate template={name} variant="secondary" />
      </div>
    </Card>
  );
}
