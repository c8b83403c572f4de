'use client';

/** The page of a run, of a history from a file: read only, and said to be a file. */
import { useQuery } from '@tanstack/react-query';
import { ClipboardCopy, FileClock, X } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import type { KnownFlow } from '@/app/_contract/histories';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { copyReport } from '@/components/runs/copy-report';
import { MomentBar } from '@/components/runs/moment-bar';
import { RunDialogs } from '@/components/runs/run-dialogs';
import { Desk, Phone, Tablet } from '@/components/runs/run-layouts';
import { RunOfFile } from '@/components/runs/run-link';
import { useRunParts } from '@/components/runs/run-parts';
import { useMoment } from '@/components/runs/use-moment';
import { useRoom } from '@/components/runs/use-room';
import { RunStatus } from '@/components/status/run-status';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copyable';
import { PlainText } from '@/components/ui/plain-text';
import { ErrorState } from '@/components/ui/states';
import { Badge } from '@/components/ui/surface';
import { Duration, Instant } from '@/components/ui/time';
import { useListKeys } from '@/components/ui/use-list-keys';
import type { HistoryFile } from '@/engine/run-view/history-file';
import { NO_EFFECTS } from '@/engine/run-view/left-words';
import { fileView, type FileView } from './file-view';
import { Replay } from './replay';

interface FileRunProps {
  history: HistoryFile;
  /** As it was read, for a replay. */
  text: string;
  name: string | null;
  onClose: () => void;
}

export function FileRun(props: FileRunProps) {
  const { workflowType, revision } = props.history;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['historyFlow', workflowType, revision],
    queryFn: ({ signal }) => getJson<KnownFlow>(routes.historyFlow(workflowType.slice(0, 1_000), revision), signal),
    enabled: workflowType !== '',
    staleTime: Infinity,
    refetchOnReconnect: true,
  });
  const manifest = data?.manifest ?? null;
  const seen = useMemo(() => seenOf(props.history, manifest), [props.history, manifest]);
  if ('problem' in seen)
    return (
      <div className="p-4">
        <ErrorState
          title="This history cannot be shown as a run"
          action={<Button onClick={props.onClose}>Open another one</Button>}
        >
          {seen.problem}
        </ErrorState>
      </div>
    );
  if (isPending && workflowType !== '')
    return (
      <p role="status" className="p-8 text-center text-sm text-ink-2">
        Looking for the flow of this history…
      </p>
    );
  return (
    <RunOfFile>
      <Page
        // What is drawn and what is selected belongs to the flow.
        key={seen.view.manifest?.sha ?? ''}
        {...props}
        seen={seen}
        why={data?.why ?? null}
        failure={error ? { of: error, again: () => void refetch() } : null}
      />
    </RunOfFile>
  );
}

function seenOf(history: HistoryFile, manifest: Parameters<typeof fileView>[1]): FileView | { problem: string } {
  try {
    return fileView(history, manifest);
  } catch (error) {
    return { problem: `Its events contradict each other: ${String(error).slice(0, 200)}` };
  }
}

interface PageProps extends FileRunProps {
  seen: FileView;
  /** Why the flow is not known here. */
  why: string | null;
  /** The flow could not be asked for. */
  failure: { of: unknown; again: () => void } | null;
}

function Page({ seen: { view, misfit }, history, text, name, why, failure, onClose }: PageProps) {
  const room = useRoom();
  const moment = useMoment(view);
  const parts = useRunParts(moment.view, [], { events: view, at: moment.at, go: moment.go });
  useListKeys({ onEscape: parts.selected ? () => parts.select(null) : undefined });
  return (
    <div className={cn('flex flex-col', room === 'desk' || room === null ? 'h-full min-h-0' : 'min-h-full')}>
      <FileHeader view={view} name={name} onClose={onClose} />
      <section
        aria-label="What this is"
        className="flex flex-col gap-1 border-y border-hairline bg-card px-4 py-2 text-sm"
      >
        <p className="flex items-start gap-2.5">
          <FileClock aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-2" />
          <span className="min-w-0 wrap-anywhere">
            <span className="font-medium">A file, not a live run.</span> {endWords(view)}{' '}
            <PlainText text={sentenceOf(moment.view).slice(0, 400)} />
          </span>
        </p>
        {[why, misfit, unknownWords(history)].map((words) =>
          words ? (
            <p key={words} className="pl-6.5 text-xs text-ink-2 wrap-anywhere">
              {words}
            </p>
          ) : null
        )}
        {failure ? <FailureBand failure={failureFrom(failure.of)} onRetry={failure.again} /> : null}
        <Replay view={view} text={text} onEvent={moment.go} onSelect={parts.select} />
      </section>
      <RunDialogs view={moment.view}>
        <MomentBar moment={moment} live={view} />
        <div className="flex min-h-0 flex-1 flex-col">
          {room === 'desk' ? <Desk {...parts} /> : null}
          {room === 'tablet' ? <Tablet {...parts} /> : null}
          {room === 'phone' ? <Phone {...parts} /> : null}
        </div>
      </RunDialogs>
    </div>
  );
}

/** Which steps have effects is known with the flow only. */
function sentenceOf({ projection: { whatNow, standing }, manifest }: FileView['view']): string {
  const { sentence } = whatNow ?? standing;
  return manifest ? sentence : sentence.replace(NO_EFFECTS, 'Whether its steps had effects is not known here.');
}

const endWords = ({ live }: FileView['view']): string =>
  live.summary.closeMs === null ? 'The run was open at its last event:' : 'How it ended:';

function unknownWords({ unknown }: HistoryFile): string | null {
  if (unknown.length === 0) return null;
  const kinds = unknown.slice(0, 3).map(({ type, count }) => `${type} (${count})`);
  const more = unknown.length > 3 ? ` and ${unknown.length - 3} other kinds` : '';
  return `Events of kinds that this Backstitch does not know are listed and not interpreted: ${kinds.join(', ')}${more}.`;
}

function FileHeader({ view, name, onClose }: { view: FileView['view']; name: string | null; onClose: () => void }) {
  const { summary, asOfMs } = view.live;
  const from = name === null ? 'a pasted history' : `the file ${name}`;
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <h1 className="flex min-w-0 items-center gap-1 text-xl font-semibold">
          <span className="min-w-0 wrap-anywhere">{summary.workflowId.slice(0, 1_000) || 'A run without an id'}</span>
          {summary.workflowId ? <CopyButton text={summary.workflowId} label="Copy workflow id" /> : null}
        </h1>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
          <Badge>
            <FileClock aria-hidden />
            From {from.slice(0, 120)}
          </Badge>
          <RunStatus {...summary} className="text-ink" />
          {view.manifest && summary.flow ? (
            <Link
              href={pages.flow(summary.flow, view.manifest.version)}
              className="inline-flex max-w-full items-center gap-1.5 rounded-sm underline-offset-2 hover:underline"
            >
              <span className="min-w-0 wrap-anywhere">{view.manifest.document.title ?? summary.flow}</span>
              <Badge>{view.manifest.revision}</Badge>
            </Link>
          ) : (
            <span className="font-mono text-xs wrap-anywhere">{summary.workflowType.slice(0, 300)}</span>
          )}
          <Duration startMs={summary.startMs} endMs={summary.closeMs ?? asOfMs} />
          <span>
            started <Instant atMs={summary.startMs} to="minute" />
          </span>
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => void copyReport(view, from)}>
          <ClipboardCopy aria-hidden />
          Copy a report
        </Button>
        <Button onClick={onClose}>
          <X aria-hidden />
          Close the file
        </Button>
      </div>
    </header>
  );
}
