'use client';

/** One template: its drawing, what to look at, its scenarios and the services that it calls. */
import Link from 'next/link';
import { parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import type { MadeFromTemplate, TemplateDetail } from '@/app/_contract/templates';
import { pages } from '@/app/_contract/routes';
import { declaredOf } from '@/components/canvas/card-model';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { SagaList } from '@/components/canvas/saga-list';
import { foldsOfTemplate, useFolds } from '@/components/canvas/use-folds';
import { useRoomBeside } from '@/components/canvas/use-room-beside';
import { WhatIfBand } from '@/components/flow/what-if-band';
import { cn } from '@/components/ui/cn';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { useListKeys } from '@/components/ui/use-list-keys';
import { effectOf } from '@/engine/flow/nodes/step';
import { allNodes } from '@/engine/flow/tree';
import { whatIf } from '@/engine/flow/what-if';
import { RelativeTime } from '@/components/ui/time';
import { Failures } from './failures';
import { UseTemplate } from './use-template';

/** What is beside the drawing, with the gap, in pixels. */
const BESIDE = 24 * 16 + 16;

export function TemplatePage({ template }: { template: TemplateDetail }) {
  const { summary, document, catalogue, lookAt, services, made, matrix } = template;
  const declared = useMemo(() => declaredOf(document, catalogue), [document, catalogue]);
  const [{ node, fails }, setUrl] = useQueryStates({ node: parseAsString, fails: parseAsString });
  const preview = useMemo(
    () => (fails ? whatIf(document, fails, (step) => effectOf(step, catalogue)) : null),
    [document, catalogue, fails]
  );
  const onFails = (id: string | null) => void setUrl({ fails: id === fails ? null : id });
  useListKeys({
    onEscape: fails ? () => void setUrl({ fails: null }) : node ? () => void setUrl({ node: null }) : undefined,
  });
  const title = node ? (allNodes(document.steps).find(({ id }) => id === node)?.title ?? null) : null;
  const picture = {
    document,
    manifest: declared,
    selected: node,
    onSelect: (id: string | null) => void setUrl({ node: id }),
    whatIf: preview,
  };
  const folds = useFolds(foldsOfTemplate(summary.name));
  const [frame, hasRoom] = useRoomBeside(document, declared, BESIDE);
  return (
    <div className={cn('flex flex-col gap-4 p-4', hasRoom && 'lg:h-full lg:min-h-0')}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold">
            {summary.title}
            <Badge>Template</Badge>
          </h1>
          <p className="mt-1 max-w-prose text-sm text-ink-2">{summary.summary}</p>
        </div>
        <UseTemplate template={summary.name} />
      </header>
      <div ref={frame} className={cn('grid min-h-0 gap-4', hasRoom && 'flex-1 lg:grid-cols-[minmax(0,1fr)_24rem]')}>
        <Card className={cn('flex min-h-0 min-w-0 flex-col overflow-hidden', hasRoom === false && 'md:h-[36rem]')}>
          <WhatIfBand
            preview={preview}
            selected={node}
            title={title}
            idle="Select a step to see what would be undone if it failed."
            onFails={onFails}
          />
          <div className="hidden min-h-96 flex-1 md:block">
            {/* It is made to fit into the place that it gets, so it waits until that is known. */}
            {hasRoom === null ? null : <SagaCanvas {...picture} folds={folds} onWhatIf={onFails} />}
          </div>
          <SagaList {...picture} className="px-2 py-4 md:hidden" />
        </Card>
        <div
          role="region"
          aria-label="About the template"
          tabIndex={0}
          className={cn(
            'min-h-0',
            hasRoom ? 'relative flex flex-col gap-4 lg:overflow-auto' : 'grid items-start gap-4 lg:grid-cols-2'
          )}
        >
          <Made made={made} />
          <Card>
            <CardHeader title="What to look at" />
            <CardBody className="flex flex-col gap-3">
              {lookAt.map((each) => (
                <div key={each.title}>
                  <h3 className="text-sm font-medium">{each.title}</h3>
                  <p className="mt-0.5 text-sm text-ink-2">{each.text}</p>
                </div>
              ))}
            </CardBody>
          </Card>
          <Failures document={document} matrix={matrix} selected={node} onSelect={picture.onSelect} />
          <Card>
            <CardHeader title="Scenarios" description="Offered on the start form once the flow is published." />
            <CardBody>
              <dl className="flex flex-col gap-3">
                {document.scenarios.map((scenario) => (
                  <div key={scenario.name}>
                    <dt className="text-sm font-medium">{scenario.title}</dt>
                    <dd className="mt-0.5 text-sm text-ink-2">{scenario.description}</dd>
                  </div>
                ))}
              </dl>
            </CardBody>
          </Card>
          <Card>
            <CardHeader
              title="What it calls"
              description="Services of Backstitch itself, connected when you use the template."
            />
            <CardBody>
              <ul className="flex flex-col gap-1 text-sm">
                {services.map((service) => (
                  <li key={service.connection}>
                    {service.title} <code className="text-xs text-ink-2">{service.connection}</code>
                  </li>
                ))}
              </ul>
            </CardBody>
          </Card>
        </div>
      </div>
    </div>
  );
}

const SHOWN_AT_ONCE = 5;

/** The flows that were made from the template. */
function Made({ made }: { made: readonly MadeFromTemplate[] }) {
  if (made.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Made from it" />
      <CardBody>
        <ul className="flex flex-col gap-1.5 text-sm">
          {made.slice(0, SHOWN_AT_ONCE).map(({ draft, title, flow, changedMs }) => (
            <li key={draft} className="flex items-baseline justify-between gap-3">
              <Link
                href={flow === null ? pages.draft(draft) : pages.flow(flow)}
                className="min-w-0 truncate rounded-sm underline underline-offset-2"
              >
                {title}
              </Link>
              <span className="shrink-0 text-xs text-ink-2">
                {flow === null ? 'draft, changed' : 'changed'} <RelativeTime atMs={changedMs} />
              </span>
            </li>
          ))}
        </ul>
        {made.length > SHOWN_AT_ONCE ? (
          <p className="mt-2 text-xs text-ink-2">
            <Link href={pages.flows()} className="rounded-sm underline underline-offset-2">
              and {made.length - SHOWN_AT_ONCE} more in Flows
            </Link>
          </p>
        ) : null}
      </CardBody>
    </Card>
  );
}
