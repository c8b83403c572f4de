'use client';

/** Three ways to begin, for somebody who has no published flow yet; and what was drawn so far. */
import { LayoutTemplate, ListTree, PencilRuler, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { DraftRow } from '@/app/_contract/drafts';
import type { ExampleOffer } from '@/app/_contract/examples';
import { pages } from '@/app/_contract/routes';
import { InstallExample } from '@/components/flow/install-example';
import { NewFlowDialog } from '@/components/flow/new-flow-dialog';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Card } from '@/components/ui/surface';
import { DraftLines } from './draft-lines';

const DRAFTS_SHOWN = 3;

export function Welcome({ example, drafts }: { example: ExampleOffer; drafts: readonly DraftRow[] }) {
  const [drawing, setDrawing] = useState(false);
  const whyNotDraw = useWhyNot('drafts.create');
  return (
    <>
      <ul className="grid gap-4 md:grid-cols-3" aria-label="Ways to begin">
        <Way icon={<ListTree aria-hidden />} title={example.title} action={<InstallExample />}>
          {example.text}
        </Way>
        <Way
          icon={<LayoutTemplate aria-hidden />}
          title="Begin with a template"
          action={<LinkButton href={pages.templates()}>See the templates</LinkButton>}
        >
          Money transfer, hiring, a data pipeline, travel booking and others. Each calls an example service, so it runs
          as it is. Try how it fails, then change it to yours.
        </Way>
        <Way
          icon={<PencilRuler aria-hidden />}
          title="Draw your own"
          action={
            <Button disabledReason={whyNotDraw} onClick={() => setDrawing(true)}>
              <Plus aria-hidden />
              New flow
            </Button>
          }
        >
          Draw steps, and beside each the step that undoes it. What they call are operations of your services: name
          those once, under Settings → Connections.
        </Way>
      </ul>
      <DraftLines drafts={drafts} most={DRAFTS_SHOWN} />
      {drawing ? <NewFlowDialog flows={[]} onClose={() => setDrawing(false)} /> : null}
    </>
  );
}

function Way({
  icon,
  title,
  action,
  children,
}: {
  icon: ReactNode;
  title: string;
  action: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className="contents">
      <Card className="flex flex-col items-start gap-2 p-5">
        <span className="text-mark [&_svg]:size-6">{icon}</span>
        <h2 className="font-semibold">{title}</h2>
        <p className="flex-1 text-sm text-ink-2">{children}</p>
        <div className="pt-2">{action}</div>
      </Card>
    </li>
  );
}
