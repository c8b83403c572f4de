'use client';

/** What the command menu has of the page of a run. */
import { ClipboardCopy, GitCompare, ListTree, Pause, Play, RotateCcw, Send, Skull, Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { useCommands } from '@/components/commands/commands';
import { useWhyNot } from '@/components/people/person';
import { copyReport } from './copy-report';
import type { RetentionAct } from './retention-dialogs';
import type { RunView } from './run-view';
import { cannotSend, SENDS, type SendKind } from './send-dialog';
import { stopLabel } from './stop-words';
import { stopIsIdle, stoppingOf } from '@/engine/run-view/stopping';

/** A dialog of the header. */
export type Asked = SendKind | RetentionAct | 'compare' | 'pause' | 'resume' | 'stop' | 'kill';

const THIS_RUN = 'This run';

/** What its header offers. */
export function useRunCommands(view: RunView, onAsk: (asked: Asked) => void): void {
  const router = useRouter();
  const { summary, events } = view.live;
  const { flow, version, workflowId, runId } = summary;
  const whyNoStart = useWhyNot('runs.start', flow);
  useCommands(() => {
    const { projection, readBy, blocked } = view;
    const isOpen = summary.closeMs === null;
    const stopping = isOpen
      ? [
          projection.pause
            ? {
                id: 'resume',
                group: THIS_RUN,
                title: 'Resume…',
                says: `Paused by ${projection.pause.by}`,
                icon: Play,
                words: ['unpause', 'continue'],
                whyNot: blocked,
                run: () => onAsk('resume'),
              }
            : {
                id: 'pause',
                group: THIS_RUN,
                title: 'Pause…',
                icon: Pause,
                words: ['hold'],
                whyNot: blocked,
                run: () => onAsk('pause'),
              },
          {
            id: 'stop',
            group: THIS_RUN,
            title: `${stopLabel(stoppingOf(projection))}…`,
            icon: Undo2,
            words: ['cancel'],
            whyNot: blocked ?? stopIsIdle(events, projection, summary.phase, readBy),
            run: () => onAsk('stop'),
          },
          {
            id: 'kill',
            group: THIS_RUN,
            title: 'Kill now, undo nothing…',
            icon: Skull,
            words: ['terminate'],
            danger: true,
            whyNot: blocked,
            run: () => onAsk('kill'),
          },
        ]
      : [];
    return [
      ...SENDS.map(({ kind, label, description }) => ({
        id: kind,
        group: THIS_RUN,
        title: `${label}…`,
        says: description,
        icon: Send,
        whyNot: cannotSend(kind, view),
        run: () => onAsk(kind),
      })),
      ...stopping,
      {
        id: 'compare',
        group: THIS_RUN,
        title: 'Compare with…',
        says: 'Where this run and another one part',
        icon: GitCompare,
        words: ['difference', 'diff'],
        run: () => onAsk('compare'),
      },
      {
        id: 'report',
        group: THIS_RUN,
        title: 'Copy a report',
        says: 'What it does, what failed and what remains',
        icon: ClipboardCopy,
        run: () => void copyReport(view),
      },
      ...(flow === null
        ? []
        : [
            {
              id: 'again',
              group: THIS_RUN,
              title: 'Start again…',
              says: 'With the same input',
              icon: RotateCcw,
              whyNot: whyNoStart,
              run: () => router.push(pages.startAgain(flow, workflowId, runId)),
            },
            {
              id: 'flow',
              group: THIS_RUN,
              title: 'Open its flow',
              icon: ListTree,
              run: () => router.push(pages.flow(flow, version ?? undefined)),
            },
          ]),
    ];
  });
}

/** Its steps, to be selected. */
export function useStepCommands({ manifest }: RunView, onSelect: (nodeId: string) => void): void {
  useCommands(() =>
    Object.entries(manifest?.nodes ?? {}).map(([id, { title }]) => ({
      id: `step-${id}`,
      group: 'Steps of this run',
      title,
      words: [id],
      isOneOfMany: true,
      run: () => onSelect(id),
    }))
  );
}
