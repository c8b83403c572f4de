'use client';

/**
 * What leaves Backstitch: a flow as a project, its drawing as a picture, its document. Everybody who may see the flow
 * may export it.
 */
import { FileImage, FileJson, FolderArchive } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Declared } from '@/components/canvas/card-model';
import type { PictureScheme } from '@/components/canvas/picture';
import { useDirection } from '@/components/canvas/use-direction';
import { failureFrom, getFile } from '@/components/live/api';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import type { FlowDocument } from '@/engine/flow/document';
import { download, downloadJson } from './download';

export interface ExportMenuProps {
  /** Of the files, without an ending. */
  name: string;
  document: FlowDocument;
  declared: Declared | null;
  /** Where the project comes from. */
  project: string;
  /** Why no project can be made now; null: it can. */
  projectWhyNot?: string | null;
  trigger: ReactNode;
}

export function ExportMenu({ name, document, declared, project, projectWhyNot = null, trigger }: ExportMenuProps) {
  const { direction } = useDirection();
  const [isMaking, setMaking] = useState(false);
  const make = (work: () => Promise<void>) => {
    setMaking(true);
    work()
      .catch((error: unknown) => {
        const { message, problems, whatToDo } = failureFrom(error);
        const [first] = problems ?? [];
        toast.error(message, { description: first ? `${first.at}: ${first.message}` : whatToDo });
      })
      .finally(() => setMaking(false));
  };
  const picture = async (): Promise<string> => {
    const { svgOf } = await import('@/components/canvas/picture-files');
    return svgOf({ document, declared, direction, scheme: schemeNow() });
  };
  return (
    <Menu trigger={trigger}>
      <MenuItem
        icon={<FolderArchive aria-hidden />}
        description={projectWhyNot ?? 'TypeScript for any Temporal service, without Backstitch'}
        disabled={isMaking || projectWhyNot !== null}
        onSelect={() =>
          make(async () => {
            const file = await getFile(project);
            download(file.name, file.blob);
          })
        }
      >
        Project (zip)
      </MenuItem>
      <MenuItem
        icon={<FileJson aria-hidden />}
        description="Can be imported as a new flow"
        onSelect={() => downloadJson(name, document)}
      >
        Document (JSON)
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={<FileImage aria-hidden />}
        disabled={isMaking}
        onSelect={() =>
          make(async () => download(`${name}.svg`, new Blob([await picture()], { type: 'image/svg+xml' })))
        }
      >
        Drawing (SVG)
      </MenuItem>
      <MenuItem
        icon={<FileImage aria-hidden />}
        disabled={isMaking}
        onSelect={() =>
          make(async () => {
            const { pngOf } = await import('@/components/canvas/picture-files');
            const made = await pngOf(await picture());
            if (made === null) {
              toast.error('This browser cannot draw a picture of this size', {
                description: 'Export the drawing as SVG.',
              });
              return;
            }
            const { blob, scale } = made;
            download(`${name}.png`, blob);
            if (scale < 1)
              toast(`The picture has ${Math.round(scale * 100)} % of the size on the screen`, {
                description: 'Browsers draw no larger one. The drawing as SVG has its full size.',
              });
          })
        }
      >
        Drawing (PNG)
      </MenuItem>
    </Menu>
  );
}

/** As the page is now. */
function schemeNow(): PictureScheme {
  const { theme } = globalThis.document.documentElement.dataset;
  const isDark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  return isDark ? 'dark' : 'light';
}
