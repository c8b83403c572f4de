'use client';

import { Download } from 'lucide-react';
import { routes } from '@/app/_contract/routes';
import type { Declared } from '@/components/canvas/card-model';
import { ExportMenu } from '@/components/flow/export-menu';
import { IconButton } from '@/components/ui/button';
import type { FlowDocument } from '@/engine/flow/document';

/** The exports of a draft. The project is made of what the server holds, the others of what is on the screen. */
export function DraftExport({
  draft,
  flow,
  declared,
  isSaved,
}: {
  draft: string;
  flow: FlowDocument;
  declared: Declared;
  isSaved: boolean;
}) {
  return (
    <ExportMenu
      name={flow.name}
      document={flow}
      declared={declared}
      project={routes.draftProject(draft)}
      projectWhyNot={isSaved ? null : 'The draft is not saved yet.'}
      trigger={
        <IconButton label="Export">
          <Download aria-hidden />
        </IconButton>
      }
    />
  );
}
