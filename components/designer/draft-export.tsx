'use client';

import { Download } from 'lucide-react';
import { routes } from '@/app/_contract/routes';
import type { Declared } from '@/components/canvas/card-model';
import { ExportMenu } from '@/components/flow/export-menu';
import { IconButton } from '@/components/ui/button';
import type { FlowDocument } from '@/engine/flow/document';
import type { Saving } from './session/session-parts';

/** The exports of a draft. The project is made of what the server holds, the others of what is on the screen. */
export function DraftExport({
  draft,
  flow,
  declared,
  saving,
}: {
  draft: string;
  flow: FlowDocument;
  declared: Declared;
  saving: Saving;
}) {
  return (
    <ExportMenu
      name={flow.name}
      document={flow}
      declared={declared}
      project={routes.draftProject(draft)}
      projectWhyNot={saving.state === 'saved' ? null : 'The draft is not saved yet.'}
      trigger={
        <IconButton label="Export">
          <Download aria-hidden />
        </IconButton>
      }
    />
  );
}
