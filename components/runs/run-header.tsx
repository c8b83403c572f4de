'use client';

/** The name and status of the run, and everything that can be done to it. */
import {
  CalendarClock,
  ChevronDown,
  ClipboardCopy,
  CornerLeftUp,
  Download,
  Ellipsis,
  GitCompare,
  History,
  Pause,
  Play,
  RotateCcw,
  Skull,
  Square,
  Undo2,
} from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { pages, routes } from '@/app/_contract/routes';
import { RunStatus } from '@/components/status/run-status';
import { useWhyNot } from '@/components/people/person';
import { Button, IconButton } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { CopyButton } from '@/components/ui/copyable';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Badge } from '@/components/ui/surface';
import { Duration, RelativeTime } from '@/components/ui/time';
import { CompareWithDialog } from '@/components/compare-runs/compare-with-dialog';
import { resetFrom } from '@/engine/run-view/reset-from';
import { PauseRunDialog, ResumeRunDialog } from './pause-dialogs';
import { copyReport } from './copy-report';
import { RetentionDialog, RetentionItems, RetentionLine } from './retention-dialogs';
import type { RunView } from './run-view';
import { useRunCommands, type Asked } from './run-commands';
import { cannotSend, SendDialog, SENDS } from './send-dialog';
import { KillDialog, StopDialog } from './stop-dialog';
import { killConsequence, stopLabel } from './stop-words';
import { stopIsIdle, stoppingOf } from '@/engine/run-view/stopping';
import type { Room } from './use-room';

/** Whether the run waits for an approval, by its own query `__nodes`; while it does not answer, by the inbox. */
const asks = ({ live }: RunView): boolean | undefined =>
  live.nodes ? live.nodes.waitsFor.some(({ kind }) => kind === 'approval') : live.summary.asks;

export function RunHeader({ view, room }: { view: RunView; room: Room | null }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { summary } = view.live;
  const close = () => setAsked(null);
  const open = summary.closeMs === null;
  useRunCommands(view, setAsked);
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0">
        <h1 className="flex min-w-0 items-center gap-1 text-xl font-semibold">
          <span className="min-w-0 break-words">{summary.workflowId}</span>
          <CopyButton text={summary.workflowId} label="Copy workflow id" />
        </h1>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
          <RunStatus {...summary} asks={asks(view)} className="text-ink" />
          {summary.flow && summary.version ? (
            <Link
              href={pages.flow(summary.flow, summary.version)}
              className="inline-flex max-w-full items-center gap-1.5 rounded-sm underline-offset-2 hover:underline"
            >
              <span className="min-w-0 wrap-anywhere">{view.manifest?.document.title ?? summary.flow}</span>
              <Badge>{revisionWords(summary)}</Badge>
            </Link>
          ) : (
            <span className="font-mono text-xs">{summary.workflowType}</span>
          )}
          {view.detail.parent ? (
            <Link href={pages.run(view.detail.parent.workflowId, view.detail.parent.runId)} className={HEADER_LINK}>
              <CornerLeftUp aria-hidden className="size-3.5 shrink-0" />
              <span className="min-w-0 wrap-anywhere">Child of {view.detail.parent.workflowId}</span>
            </Link>
          ) : null}
          <ResetLinks view={view} />
          <StartedBySchedule view={view} />
          <Duration startMs={summary.startMs} endMs={summary.closeMs} />
          <span className="max-sm:hidden">
            started <RelativeTime atMs={summary.startMs} />
          </span>
          {open ? null : <RetentionLine retention={view.detail.retention} />}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {room === 'phone' ? (
          <Menu
            trigger={
              <Button>
                Send
                <ChevronDown aria-hidden />
              </Button>
            }
          >
            {SENDS.map(({ kind, label, description }) => (
              <MenuItem
                key={kind}
                disabled={cannotSend(kind, view) !== null}
                description={cannotSend(kind, view) ?? description}
                onSelect={() => setAsked(kind)}
              >
                {label}…
              </MenuItem>
            ))}
          </Menu>
        ) : (
          SENDS.map(({ kind, label }) => (
            <Button key={kind} disabledReason={cannotSend(kind, view)} onClick={() => setAsked(kind)}>
              {label}
            </Button>
          ))
        )}
        {open ? <StopMenu view={view} onAsk={setAsked} /> : <StartAgain view={view} />}
        <MoreMenu view={view} onAsk={setAsked} />
      </div>
      {asked === 'pause' ? <PauseRunDialog view={view} onClose={close} /> : null}
      {asked === 'resume' ? <ResumeRunDialog view={view} onClose={close} /> : null}
      {asked === 'stop' ? <StopDialog view={view} onClose={close} /> : null}
      {asked === 'kill' ? <KillDialog view={view} onClose={close} /> : null}
      {asked === 'keep' || asked === 'delete' ? <RetentionDialog view={view} act={asked} onClose={close} /> : null}
      {asked === 'compare' ? <CompareWithDialog view={view} onClose={close} /> : null}
      {asked === 'signal' || asked === 'query' || asked === 'update' ? (
        <SendDialog view={view} kind={asked} onClose={close} />
      ) : null}
    </header>
  );
}

/** To the run from which a reset made this one, and to the one that a reset of this one made. */
function ResetLinks({ view: { live } }: { view: RunView }) {
  const { workflowId, runId, passedOn } = live.summary;
  const from = useMemo(() => resetFrom(live.events, runId), [live.events, runId]);
  return (
    <>
      {from ? (
        <Link href={pages.run(workflowId, from.runId)} title={from.reason} className={HEADER_LINK}>
          <History aria-hidden className="size-3.5 shrink-0" />
          Reset from an earlier run
        </Link>
      ) : null}
      {passedOn?.reset ? (
        <Link href={pages.run(workflowId, passedOn.reset.runId)} className={HEADER_LINK}>
          <History aria-hidden className="size-3.5 shrink-0" />
          Reset into a newer run
        </Link>
      ) : null}
    </>
  );
}
const HEADER_LINK = 'inline-flex max-w-full items-center gap-1 rounded-sm underline-offset-2 hover:underline';

/** Temporal's attribute. */
const SCHEDULED_BY = 'TemporalScheduledById';

function StartedBySchedule({ view }: { view: RunView }) {
  const id = view.detail.searchAttributes[SCHEDULED_BY];
  if (typeof id !== 'string') return null;
  return (
    <Link href={pages.schedule(id)} className={HEADER_LINK}>
      <CalendarClock aria-hidden className="size-3.5 shrink-0" />
      <span className="min-w-0 wrap-anywhere">Started by {id}</span>
    </Link>
  );
}

/** 'v3', or 'v3.1' on a later revision of the version. */
const revisionWords = ({ version, revision }: RunView['live']['summary']): string =>
  revision && !revision.endsWith('.0') ? revision : `v${version}`;

function StopMenu({ view, onAsk }: { view: RunView; onAsk: (asked: Asked) => void }) {
  const { projection, live, readBy, blocked } = view;
  const stopping = stoppingOf(projection);
  const idle = stopIsIdle(live.events, projection, live.summary.phase, readBy);
  if (blocked) {
    return (
      <Button disabledReason={blocked}>
        <Square aria-hidden />
        Stop
        <ChevronDown aria-hidden />
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <Button>
          <Square aria-hidden />
          Stop
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      {projection.pause ? (
        <MenuItem
          icon={<Play aria-hidden />}
          description="It goes on with what happened meanwhile."
          onSelect={() => onAsk('resume')}
        >
          Resume…
        </MenuItem>
      ) : (
        <MenuItem
          icon={<Pause aria-hidden />}
          description="No step begins until somebody resumes it."
          onSelect={() => onAsk('pause')}
        >
          Pause…
        </MenuItem>
      )}
      <MenuItem
        icon={<Undo2 aria-hidden />}
        disabled={idle !== null}
        description={idle ?? 'It undoes its effects, then ends as stopped.'}
        onSelect={() => onAsk('stop')}
      >
        {stopLabel(stopping)}…
      </MenuItem>
      <MenuItem
        icon={<Skull aria-hidden />}
        danger
        description={`${killConsequence(projection.ledger)}. It ends at once, without running its code.`}
        onSelect={() => onAsk('kill')}
      >
        Kill now, undo nothing…
      </MenuItem>
    </Menu>
  );
}

/** What the run is compared with, and what is taken along of it: its report in words, its history as a file. */
function MoreMenu({ view, onAsk }: { view: RunView; onAsk: (asked: Asked) => void }) {
  const { workflowId, runId } = view.live.summary;
  return (
    <Menu
      trigger={
        <IconButton label="More" variant="secondary">
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <MenuItem
        icon={<GitCompare aria-hidden />}
        description="Where this run and another one part, step by step."
        onSelect={() => onAsk('compare')}
      >
        Compare with…
      </MenuItem>
      <MenuItem
        icon={<ClipboardCopy aria-hidden />}
        description="What it does, what failed and what remains, in words."
        onSelect={() => void copyReport(view)}
      >
        Copy a report
      </MenuItem>
      <MenuItem asChild>
        <a href={routes.history(workflowId, runId)} download>
          <Download aria-hidden />
          <span className="flex-1">
            Download the history
            <span className="block text-xs text-ink-2">
              JSON, as Temporal’s tools read it. What is sensitive is hidden.
            </span>
          </span>
        </a>
      </MenuItem>
      <RetentionItems view={view} onAsk={onAsk} />
    </Menu>
  );
}

function StartAgain({ view }: { view: RunView }) {
  const { summary } = view.live;
  const whyNot = useWhyNot('runs.start', summary.flow);
  if (!summary.flow) return null;
  return (
    <LinkButton href={pages.startAgain(summary.flow, summary.workflowId, summary.runId)} disabledReason={whyNot}>
      <RotateCcw aria-hidden />
      Start again
    </LinkButton>
  );
}
