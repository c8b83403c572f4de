'use client';

/** The input and the result of a run, and its attributes. */
import { Hourglass } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyableId } from '@/components/ui/copyable';
import { JsonTree } from '@/components/ui/json-tree';
import { SchemaView } from '@/components/ui/schema-value';
import { EmptyState } from '@/components/ui/states';
import { Instant } from '@/components/ui/time';
import { allNodes } from '@/engine/flow/tree';
import { neighboursOf } from '@/engine/run-view/chain';
import { failureOfRun, inputOfRun, resultOfRun } from '@/engine/run-view/input-and-result';
import { fieldsOfRun } from '@/engine/run-view/searchable';
import { SearchableValue } from '@/components/run-list/field-value';
import type { FailureView } from '@/engine/run-view/model';
import { Part } from './part';
import { RunLink } from './run-link';
import { VariablesPart } from './variables-part';
import type { RunView } from './run-view';

export function InputPanel({ view }: { view: RunView }) {
  return (
    <div className="p-3">
      <SchemaView value={inputOfRun(view.live.events)} schema={view.manifest?.document.input ?? null} />
    </div>
  );
}

/** What the steps have answered so far, in the order of the flow: what expressions of later steps can read. */
export function ValuesPanel({ view, onSelect }: { view: RunView; onSelect: (nodeId: string) => void }) {
  const { readBy, projection } = view;
  const known = allNodes(readBy.document.steps).filter(({ id }) => {
    const output = projection.nodes[id]?.output;
    return output !== undefined && output !== null;
  });
  const hasVariables = Object.keys(readBy.document.variables).length > 0;
  if (known.length === 0 && !hasVariables) {
    return (
      <EmptyState icon={<Hourglass aria-hidden />} title="No value yet">
        No step has answered.
      </EmptyState>
    );
  }
  return (
    <ul className="flex flex-col gap-4 p-3">
      {hasVariables ? (
        <li>
          <VariablesPart view={view} />
        </li>
      ) : null}
      {known.map(({ id, title }) => (
        <li key={id}>
          <h3 className="mb-1.5 text-xs font-medium">
            <button
              type="button"
              onClick={() => onSelect(id)}
              className="rounded-sm text-left underline underline-offset-2"
            >
              {title}
            </button>
          </h3>
          <SchemaView value={projection.nodes[id]?.output} schema={readBy.nodes[id]?.output ?? null} />
        </li>
      ))}
    </ul>
  );
}

export function ResultPanel({ view }: { view: RunView }) {
  const { live, manifest } = view;
  const close = live.events.at(-1);
  if (live.summary.closeMs === null || !close) {
    return (
      <EmptyState icon={<Hourglass aria-hidden />} title="No result yet">
        The run has not ended.
      </EmptyState>
    );
  }
  const failure = failureOfRun(live);
  if (failure) return <FailureTree failure={failure} />;
  const value = resultOfRun(live);
  if (value === undefined) {
    return (
      <EmptyState
        title={live.status === 'completed' ? 'The run completed without a result' : 'The run ended without a result'}
      />
    );
  }
  return (
    <div className="p-3">
      <SchemaView value={value} schema={manifest?.document.output ?? null} />
    </div>
  );
}

function FailureTree({ failure }: { failure: FailureView }) {
  const chain: FailureView[] = [];
  for (let each: FailureView | null | undefined = failure; each; each = each.cause) chain.push(each);
  return (
    <ol className="flex flex-col gap-2 p-3">
      {chain.map((each, index) => (
        <li key={index} className="rounded-md border border-fail/40 bg-fail-tint px-3 py-2 text-sm">
          <span className="block font-mono text-xs text-fail">
            {index > 0 ? 'because of ' : ''}
            {each.type}
          </span>
          <span className="break-words">{each.message || 'no message'}</span>
        </li>
      ))}
    </ol>
  );
}

/** A neighbour of the run in its chain; nothing if it has none. */
function ChainRow({ label, workflowId, runId }: { label: string; workflowId: string; runId: string | null }) {
  if (runId === null) return null;
  return (
    <Row label={label}>
      <RunLink workflowId={workflowId} runId={runId} className="font-mono text-xs underline">
        {runId}
      </RunLink>
    </Row>
  );
}

export function AboutPanel({ view }: { view: RunView }) {
  const { detail, live, manifest } = view;
  const { summary } = live;
  const { before, next } = neighboursOf(live.events);
  const found = manifest ? fieldsOfRun(manifest.document, live.events) : [];
  const others = Object.fromEntries(
    Object.entries(detail.searchAttributes).filter(([attribute]) => !found.some(({ name }) => name === attribute))
  );
  return (
    <div className="flex flex-col gap-4 p-3">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-sm">
        <Row label="Workflow id">
          <CopyableId id={summary.workflowId} length={24} what="workflow id" />
        </Row>
        <Row label="Run id">
          <CopyableId id={summary.runId} length={24} what="run id" />
        </Row>
        {summary.firstRunId !== summary.runId && summary.firstRunId !== before ? (
          <Row label="First run">
            <RunLink workflowId={summary.workflowId} runId={summary.firstRunId} className="font-mono text-xs underline">
              {summary.firstRunId}
            </RunLink>
          </Row>
        ) : null}
        <ChainRow label="Run before" workflowId={summary.workflowId} runId={before} />
        <ChainRow label="Next run" workflowId={summary.workflowId} runId={next} />
        <Row label="Workflow type">
          <span className="font-mono text-xs">{summary.workflowType}</span>
        </Row>
        {manifest ? (
          <Row label="Code, sha256">
            <CopyableId id={manifest.sha} length={24} what="sha256 of the code" />
          </Row>
        ) : null}
        <Row label="Task queue">
          <span className="font-mono text-xs">{detail.taskQueue}</span>
        </Row>
        <Row label="Started">
          <Instant atMs={summary.startMs} />
        </Row>
        {summary.closeMs !== null ? (
          <Row label="Ended">
            <Instant atMs={summary.closeMs} />
          </Row>
        ) : null}
        <Row label="Events">
          <span className="figures">{live.events.length}</span>
        </Row>
      </dl>
      {found.length > 0 ? (
        <Part title="Searchable fields">
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-sm">
            {found.map(({ name, title, type, value }) => (
              <Row key={name} label={title}>
                <SearchableValue type={type} value={value} />
              </Row>
            ))}
          </dl>
        </Part>
      ) : null}
      <Fields title="Memo" value={detail.memo} />
      <Fields title="Search attributes" value={others} />
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
function Fields({ title, value }: { title: string; value: Record<string, unknown> }) {
  if (Object.keys(value).length === 0) return null;
  return (
    <Part title={title}>
      <JsonTree value={value} />
    </Part>
  );
}
