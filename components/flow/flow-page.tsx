'use client';

/**
 * A flow: its drawing next to the TypeScript that runs, its versions, and the start form. Selecting a node highlights
 * its lines, and selecting a line highlights its node. Tab, node and preview are in the URL.
 */
import { CalendarClock, Download, Play } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo, type ReactNode } from 'react';
import type { FlowDetail, VersionList } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { foldsOfFlow, useFolds } from '@/components/canvas/use-folds';
import { SagaList } from '@/components/canvas/saga-list';
import { useCommands } from '@/components/commands/commands';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { CodeBlock } from '@/components/code/code-block';
import { CopyableId } from '@/components/ui/copyable';
import { usePageKeys } from '@/components/ui/page-keys';
import { Panels } from '@/components/ui/panels';
import { Badge } from '@/components/ui/surface';
import { Tabs, type TabItem } from '@/components/ui/tabs';
import { useListKeys } from '@/components/ui/use-list-keys';
import { useWide } from '@/components/ui/use-wide';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { whatIf } from '@/engine/flow/what-if';
import { Revisions } from '@/components/revisions/revisions';
import { MadeFrom } from '@/components/templates/made-from';
import { FlowMenu } from './archive-flow';
import { ExportMenu } from './export-menu';
import { EditFlow } from './edit-flow';
import { FlowRetentionLine } from './flow-retention';
import { nodeAtLine } from './node-at-line';
import { Problems } from './problems';
import { VersionsTab } from './versions/versions-tab';
import { WhatIfBand } from './what-if-band';

const TABS = ['overview', 'versions', 'runs', 'start'] as const;
type Tab = (typeof TABS)[number];

const KEYS = [
  { keys: ['↑', '↓'], does: 'Along the flow' },
  { keys: ['←', '→'], does: 'To the next branch or failure handler' },
  { keys: ['Alt', '↓'], does: 'To the undo of a step' },
  { keys: ['Enter'], does: 'Select the step' },
  { keys: ['F'], does: 'What if this fails' },
  { keys: ['-'], does: 'Fold the part, or the steps around; + unfolds' },
  { keys: ['Esc'], does: 'End the preview, then the selection' },
];

export interface FlowPageProps {
  flow: FlowDetail;
  problems?: readonly Diagnostic[];
  /** The contents of tabs that need the server; a tab without contents is not shown. */
  runs?: ReactNode;
  start?: ReactNode;
}

export function FlowPage({ flow, problems = [], runs, start }: FlowPageProps) {
  const [{ tab, node, fails }, setUrl] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault('overview'),
    node: parseAsString,
    fails: parseAsString,
  });
  const { summary, shown } = flow;
  const { newest, isArchived, isRetired, count } = useStanding(flow);
  const router = useRouter();
  const whyNotStart = useWhyNot('runs.start', summary.name);
  const whyNoRun = whyNotStart ?? (isArchived ? 'The flow is archived: no version of it starts runs.' : null);
  const endPreview = () => void setUrl({ fails: null });
  const endSelection = () => void setUrl({ node: null });
  useListKeys({ onEscape: fails ? endPreview : node ? endSelection : undefined });
  usePageKeys(KEYS);
  const items: TabItem<Tab>[] = [
    {
      value: 'overview',
      label: 'Overview',
      content: (
        <Overview
          flow={flow}
          problems={problems}
          selected={node}
          onSelect={(id) => void setUrl({ node: id })}
          fails={fails}
          onFails={(id) => void setUrl({ fails: id === fails ? null : id })}
        />
      ),
    },
    {
      value: 'versions',
      label: 'Versions',
      count,
      content: (
        <>
          <VersionsTab flow={summary.name} title={summary.title} shown={shown.version} />
          <Revisions flow={summary.name} />
        </>
      ),
    },
    ...(runs ? [{ value: 'runs' as const, label: 'Runs', count: summary.openRuns, content: runs }] : []),
    ...(start ? [{ value: 'start' as const, label: 'Start', content: start }] : []),
  ];
  useCommands(() => [
    {
      id: 'start',
      group: 'This flow',
      title: 'Start a run',
      icon: Play,
      whyNot: whyNoRun,
      run: () => router.push(pages.start(summary.name)),
    },
    ...items.map(({ value, label }) => {
      return {
        id: `show-${value}`,
        group: 'This flow',
        title: `Show: ${label}`,
        run: () => void setUrl({ tab: value }),
      };
    }),
  ]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4 pb-2 pt-4">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold">
            {summary.title}
            <Badge>v{shown.version}</Badge>
            {shown.version === newest ? null : (
              <Link href={pages.flow(summary.name, newest)} className="rounded-sm">
                <Badge>the newest is v{newest}</Badge>
              </Link>
            )}
            {isArchived ? (
              <Badge className="border-dashed border-mark">archived: starts no new runs</Badge>
            ) : isRetired ? (
              <Badge className="border-dashed border-mark">retired: starts no new runs</Badge>
            ) : null}
          </h1>
          {summary.description ? <p className="mt-1 max-w-prose text-sm text-ink-2">{summary.description}</p> : null}
          {flow.template ? <MadeFrom template={flow.template} className="mt-1" /> : null}
          <FlowRetentionLine flow={summary.name} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <ExportMenu
            name={`${summary.name}-v${shown.version}`}
            document={shown.manifest.document}
            declared={shown.manifest}
            project={routes.flowProject(summary.name, shown.version)}
            trigger={
              <Button>
                <Download aria-hidden />
                Export
              </Button>
            }
          />
          <LinkButton href={pages.schedules(summary.name)}>
            <CalendarClock aria-hidden />
            Schedules
          </LinkButton>
          <EditFlow flow={summary.name} version={shown.version} />
          <LinkButton variant="primary" href={pages.start(summary.name)} disabledReason={whyNoRun}>
            <Play aria-hidden />
            Start a run
          </LinkButton>
          <FlowMenu flow={summary} />
        </div>
      </header>
      <Tabs
        label="Parts of the flow"
        value={items.some((item) => item.value === tab) ? tab : 'overview'}
        onValueChange={(next) => void setUrl({ tab: next })}
        items={items}
        className="min-h-0 flex-1"
        panelClassName="overflow-auto"
      />
    </div>
  );
}

/**
 * [FLP1] What others publish, retire or archive while the page is open is said in its header. The version that is read
 * stays on the screen.
 */
function useStanding({ summary, shown, versions }: FlowDetail) {
  const { data } = useList<VersionList>('flows', routes.versions(summary.name));
  const row = data?.versions.find(({ version }) => version === shown.version);
  return {
    newest: Math.max(summary.latestVersion, data?.versions[0]?.version ?? 0),
    isArchived: (data ? data.served : summary.servedVersion) === null,
    isRetired: (row ?? shown).retired !== null,
    count: data?.versions.length ?? new Set(versions.map(({ version }) => version)).size,
  };
}

interface OverviewProps {
  flow: FlowDetail;
  problems: readonly Diagnostic[];
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** The node of 'what if this fails'. */
  fails: string | null;
  onFails: (id: string | null) => void;
}

function Overview({ flow, problems, selected, onSelect, fails, onFails }: OverviewProps) {
  const { manifest, code } = flow.shown;
  const wide = useWide();
  const preview = useMemo(
    () =>
      fails
        ? whatIf(manifest.document, fails, (node) => manifest.nodes[node.id]?.effect ?? node.effect ?? 'none')
        : null,
    [manifest, fails]
  );
  const lit = selected ? (manifest.nodes[selected]?.lines ?? null) : null;
  const picture = { document: manifest.document, manifest, selected, onSelect, whatIf: preview };
  const folds = useFolds(foldsOfFlow(manifest.flow));
  const band = (
    <WhatIfBand
      preview={preview}
      selected={selected}
      title={selected ? (manifest.nodes[selected]?.title ?? null) : null}
      onFails={onFails}
    />
  );
  const source = (
    <div className="flex h-full min-h-0 flex-col bg-card">
      <div className="flex h-9 shrink-0 items-center justify-between gap-2 border-b border-hairline px-3">
        <h2 className="truncate text-xs font-medium">The TypeScript that runs</h2>
        <CopyableId id={flow.shown.sha} length={13} what="sha256 of the code" />
      </div>
      <CodeBlock
        code={code}
        lit={lit}
        onPickLine={(line) => onSelect(nodeAtLine(manifest.nodes, line))}
        label="Generated TypeScript"
        className="flex-1"
      />
    </div>
  );
  const listed = problems.length > 0 ? <Problems problems={problems} onPick={onSelect} /> : null;

  if (wide === null) return <div className="h-full" />;
  if (wide) {
    return (
      <Panels
        name="flow-overview"
        className="h-full"
        items={[
          {
            id: 'drawing',
            defaultSize: '62%',
            minSize: '30%',
            content: (
              <div className="flex h-full min-h-0 flex-col">
                {band}
                <SagaCanvas {...picture} folds={folds} onWhatIf={(id) => onFails(id)} className="min-h-0 flex-1" />
                {listed}
              </div>
            ),
          },
          { id: 'code', defaultSize: '38%', minSize: '20%', content: source },
        ]}
      />
    );
  }
  return (
    <div className="flex flex-col">
      {band}
      <SagaCanvas {...picture} folds={folds} onWhatIf={(id) => onFails(id)} className="hidden h-[40rem] md:block" />
      <SagaList {...picture} className="px-2 py-4 md:hidden" />
      {listed}
      <div className="h-[28rem] border-t border-hairline">{source}</div>
    </div>
  );
}
