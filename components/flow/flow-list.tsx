'use client';

/**
 * All flows and drafts: one row for each flow, with the state of its draft, and one for each draft that was never
 * published.
 */
import { LayoutTemplate, ListTree, Pencil, Play, Plus, Users } from 'lucide-react';
import Link from 'next/link';
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useDeferredValue, useRef } from 'react';
import { LONGEST_SEARCH, type DraftList, type DraftRow } from '@/app/_contract/drafts';
import type { ExampleOffer } from '@/app/_contract/examples';
import type { FlowSummary } from '@/app/_contract/flows';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { CheckboxField, Select } from '@/components/ui/field';
import { focusHeading } from '@/components/ui/focus';
import { LinkButton } from '@/components/ui/link-button';
import { usePageKeys } from '@/components/ui/page-keys';
import { SearchField } from '@/components/ui/search-field';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { visibleText } from '@/engine/flow/values/text';
import { FlowMenu, RestoreFlow } from './archive-flow';
import { DraftMenu, RestoreDraft } from './draft-menu';
import { EditFlow } from './edit-flow';
import { InstallExample } from './install-example';
import { NewFlowDialog } from './new-flow-dialog';
import { draftState, FLOW_SORTS, isArchived, rowsOf, type FlowSort } from './rows';
import { useDrafts } from './use-drafts';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next flow, previous flow' },
  { keys: ['Enter'], does: 'Open the flow' },
  { keys: ['/'], does: 'Search by title or name' },
  { keys: ['Esc'], does: 'Empty the field, leave it, leave the row' },
];
const EVERY_TAG = 'every tag';
const SORTS = [
  { value: 'title', label: 'By title' },
  { value: 'changed', label: 'Changed last' },
] as const satisfies { value: FlowSort; label: string }[];

interface FlowListProps {
  prefetched: Prefetched<{ flows: FlowSummary[] }>;
  drafts: Prefetched<DraftList>;
  example: ExampleOffer;
}

export function FlowList({ prefetched, drafts: prefetchedDrafts, example }: FlowListProps) {
  const flows = useList('flows', routes.flows(), prefetched);
  const [{ q, tag, archived, sort, new: making }, setFilter] = useQueryStates({
    q: parseAsString.withDefault(''),
    tag: parseAsString,
    archived: parseAsBoolean.withDefault(false),
    sort: parseAsStringLiteral(FLOW_SORTS).withDefault('title'),
    new: parseAsBoolean.withDefault(false),
  });
  const drafts = useDrafts({ search: useDeferredValue(q), tag, archived }, prefetchedDrafts);
  const search = useRef<HTMLInputElement>(null);
  const listed = useRef<HTMLUListElement>(null);
  /** The link of a row is its stop: Enter opens what it leads to. */
  const move = (by: 1 | -1) => {
    const links = [...(listed.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])];
    const at = links.findIndex((link) => link.closest('li')?.contains(document.activeElement));
    links[rowAfter(at, by, links.length)]?.focus();
  };
  useListKeys({ onMove: move, onSearch: () => search.current?.focus(), onEscape: () => void focusHeading() });
  usePageKeys(KEYS);
  const list = flows.data?.flows ?? [];
  const known = drafts.drafts;
  const rows = rowsOf(list, known, { search: q, tag, archived }, sort);
  // The tag of the filter, though the last draft that had it has lost it.
  const tags = tag === null || drafts.tags.includes(tag) ? drafts.tags : [...drafts.tags, tag];
  const isFiltered = q !== '' || tag !== null || archived;
  const isEmpty = flows.data !== null && list.length === 0 && known?.length === 0 && !isFiltered;
  const templates = (
    <LinkButton href={pages.templates()}>
      <LayoutTemplate aria-hidden />
      Templates
    </LinkButton>
  );
  const create = (
    <Button variant="primary" onClick={() => void setFilter({ new: true })} disabledReason={useWhyNot('drafts.create')}>
      <Plus aria-hidden />
      New flow
    </Button>
  );
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Flows</h1>
        {isEmpty ? null : (
          <div className="flex flex-wrap gap-2">
            {templates}
            {create}
          </div>
        )}
      </div>
      {flows.failure ? (
        <FailureBand failure={flows.failure} asOfMs={flows.data ? flows.readAtMs : null} onRetry={flows.retry} />
      ) : null}
      {drafts.failure && drafts.failure.code !== flows.failure?.code ? (
        <FailureBand failure={drafts.failure} asOfMs={drafts.data ? drafts.readAtMs : null} onRetry={drafts.retry} />
      ) : null}
      {isEmpty ? (
        <Card>
          <EmptyState
            icon={<ListTree aria-hidden />}
            title="No flow yet"
            action={
              <div className="flex flex-wrap justify-center gap-2">
                {create}
                {templates}
                <InstallExample variant="secondary" />
              </div>
            }
          >
            Draw one, or begin with the example. {example.text}
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <SearchField
              ref={search}
              aria-label="Search flows"
              aria-keyshortcuts="/"
              placeholder="Search by title or name"
              maxLength={LONGEST_SEARCH}
              value={q}
              onValue={(text) => void setFilter({ q: text || null })}
              onRows={() => move(1)}
              className="sm:max-w-80"
            />
            {tags.length > 0 ? (
              <Select
                aria-label="Tag"
                className="max-sm:flex-1 sm:w-44"
                options={[EVERY_TAG, ...tags].map((each) => ({
                  value: each,
                  label: each === EVERY_TAG ? 'Every tag' : each,
                }))}
                value={tag ?? EVERY_TAG}
                onValueChange={(next) => void setFilter({ tag: next === EVERY_TAG ? null : next })}
              />
            ) : null}
            <Select
              aria-label="Order"
              className="max-sm:flex-1 sm:w-44"
              options={SORTS}
              value={sort}
              onValueChange={(next) => void setFilter({ sort: next as FlowSort })}
            />
            <CheckboxField
              label="Archived"
              checked={archived}
              onCheckedChange={(checked) => void setFilter({ archived: checked === true || null })}
            />
          </div>
          {rows.length === 0 ? (
            <Card>
              <EmptyState
                title={
                  archived
                    ? q === '' && tag === null
                      ? 'Nothing is archived'
                      : 'Nothing archived matches'
                    : isFiltered
                      ? 'No flow matches'
                      : 'Every flow is archived'
                }
                action={
                  isFiltered ? (
                    <Button onClick={() => void setFilter({ q: null, tag: null, archived: null })}>Clear</Button>
                  ) : (
                    <Button onClick={() => void setFilter({ archived: true })}>Show them</Button>
                  )
                }
              />
            </Card>
          ) : (
            <ul
              ref={listed}
              data-rows
              aria-label="Flows"
              className={flows.failure ? 'flex flex-col gap-2 grayscale' : 'flex flex-col gap-2'}
            >
              {rows.map(({ key, title, name, flow, draft }) => (
                <li key={key}>
                  {flow && key === flow.name ? (
                    <FlowRow flow={flow} name={name} draft={draft} canEdit />
                  ) : draft ? (
                    <DraftRow title={title} name={name} draft={draft} />
                  ) : null}
                </li>
              ))}
            </ul>
          )}
          {drafts.more.failure ? <FailureBand failure={drafts.more.failure} onRetry={drafts.more.show} /> : null}
          {drafts.more.there ? (
            <Button className="self-center" pending={drafts.more.pending} onClick={drafts.more.show}>
              Show more drafts
            </Button>
          ) : null}
        </>
      )}
      {making ? <NewFlowDialog flows={list} onClose={() => void setFilter({ new: null })} /> : null}
    </div>
  );
}

/** `name`: shown beside a title that others have too. `canEdit`: with the buttons of its draft. */
export function FlowRow({
  flow,
  name = null,
  draft = null,
  canEdit = false,
}: {
  flow: FlowSummary;
  name?: string | null;
  draft?: DraftRow | null;
  canEdit?: boolean;
}) {
  const openRuns = flow.openRuns ?? 0;
  const whyNotStart = useWhyNot('runs.start', flow.name);
  return (
    <Card className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="flex items-center gap-2 text-base font-semibold">
          <Link
            href={pages.flow(flow.name)}
            data-row-link
            className="rounded-sm underline-offset-2 [overflow-wrap:anywhere] hover:underline"
          >
            {flow.title}
          </Link>
          <Badge>v{flow.latestVersion}</Badge>
          {flow.servedVersion === flow.latestVersion ? null : (
            <Badge className="border-dashed border-mark">
              {isArchived(flow) ? 'archived' : `new runs start with v${flow.servedVersion}`}
            </Badge>
          )}
        </h2>
        {flow.description ? <p className="mt-0.5 max-w-prose text-sm text-ink-2">{flow.description}</p> : null}
        <p className="figures mt-1 text-xs text-ink-2">
          <NameOf name={name} />
          {flow.steps} {flow.steps === 1 ? 'step' : 'steps'} · published <RelativeTime atMs={flow.publishedMs} />
          {flow.publishedBy ? ` by ${flow.publishedBy}` : ''}
          {flow.openRuns === null ? null : (
            <>
              {' · '}
              <Link
                href={pages.runs(`flow=${encodeURIComponent(flow.name)}`)}
                className="underline underline-offset-2 hover:text-ink"
              >
                {openRuns} open {openRuns === 1 ? 'run' : 'runs'}
              </Link>
            </>
          )}
        </p>
        {draft ? <DraftLine draft={draft} /> : null}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {canEdit && isArchived(flow) ? (
          <RestoreFlow flow={flow} />
        ) : (
          <>
            {canEdit ? <EditFlow flow={flow.name} draftId={draft?.id ?? null} /> : null}
            <LinkButton href={pages.start(flow.name)} disabledReason={whyNotStart}>
              <Play aria-hidden />
              Start a run
            </LinkButton>
          </>
        )}
        {draft ? <DraftMenu draft={draft} flow={flow} /> : canEdit ? <FlowMenu flow={flow} /> : null}
      </div>
    </Card>
  );
}

function NameOf({ name }: { name: string | null }) {
  return name === null ? null : (
    <>
      <span className="font-mono [overflow-wrap:anywhere]">{name}</span>
      {' · '}
    </>
  );
}

function DraftRow({ title, name, draft }: { title: string; name: string | null; draft: DraftRow }) {
  const whyNot = useWhyNot('drafts.edit', draft.flow);
  const archived = draft.archivedMs !== null;
  return (
    <Card className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="flex items-center gap-2 text-base font-semibold">
          {archived ? (
            <span className="[overflow-wrap:anywhere]">{visibleText(title)}</span>
          ) : (
            <Link
              href={pages.draft(draft.id)}
              data-row-link
              className="rounded-sm underline-offset-2 [overflow-wrap:anywhere] hover:underline"
            >
              {visibleText(title)}
            </Link>
          )}
          <Badge>{archived ? 'Archived' : 'Draft'}</Badge>
        </h2>
        <p className="figures mt-1 text-xs text-ink-2">
          <NameOf name={name} />
          {draft.steps} {draft.steps === 1 ? 'step' : 'steps'}
        </p>
        <DraftLine draft={draft} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {archived ? (
          <RestoreDraft draft={draft} />
        ) : (
          <LinkButton href={pages.draft(draft.id)} disabledReason={whyNot}>
            <Pencil aria-hidden />
            Edit
          </LinkButton>
        )}
        <DraftMenu draft={draft} />
      </div>
    </Card>
  );
}

function DraftLine({ draft }: { draft: DraftRow }) {
  return (
    <p className="figures mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-2">
      <span>
        {draftState(draft)}, changed <RelativeTime atMs={draft.changedMs} /> by {draft.changedBy.name}
      </span>
      {draft.editing.length > 0 ? (
        <span className="inline-flex items-center gap-1">
          <Users aria-hidden className="size-3.5" />
          {`Open now: ${draft.editing.map(({ name }) => name).join(', ')}`}
        </span>
      ) : null}
      {draft.tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </p>
  );
}
