'use client';

/** Operations from the tools of an MCP server. Reading them again shows what changed before anything is stored. */
import { useEffect, useMemo, useState } from 'react';
import type { CallReport, ConnectionDetail } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Checkbox } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { ErrorState } from '@/components/ui/states';
import { Badge } from '@/components/ui/surface';
import { fromTool, listTools, toolReadAgain, type ReadAgain, type Tool } from '@/engine/flow/connections/mcp-tools';
import { ChoiceBar, MOST_AT_ONCE, type Choosing } from './choice-bar';
import { jsonIn } from './call-result';
import { EFFECT_WORDS } from './words';

const MOST_SHOWN = 200;

type Found = { name: string; tool: Tool; base: number } & (ReadAgain | { problem: string });

export function ToolsDialog({
  detail,
  onClose,
  onDone,
}: {
  detail: ConnectionDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const { name: connection } = detail.row.connection;
  const read = useSend();
  const put = useSend(['flows']);
  const [report, setReport] = useState<CallReport | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [choosing, setChoosing] = useState<Choosing>({ search: '', isNarrowed: false });
  const isCut =
    report?.failure === null && (jsonIn(report.text)?.value as { isCut?: boolean } | undefined)?.isCut === true;
  const found = useMemo(() => (report?.failure === null ? foundIn(report.text, detail) : []), [report, detail]);

  useEffect(() => {
    void (async () => {
      const answer = await read.send<CallReport>(routes.testConnection(connection), {});
      if (!answer) return;
      setReport(answer);
      const first = answer.failure === null ? foundIn(answer.text, detail) : [];
      setChosen(new Set(first.flatMap((each) => ('problem' in each ? [] : [each.name])).slice(0, MOST_AT_ONCE)));
    })();
    // Read once, when the dialog opens.
  }, []);

  const store = async () => {
    const operations = found.flatMap((each) => {
      if ('problem' in each || !chosen.has(each.name) || each.changes?.length === 0) return [];
      return [{ operation: each.operation, base: each.base }];
    });
    if (operations.length === 0) return onClose();
    if (!(await put.send(routes.putOperations(connection), { operations }))) return;
    onDone();
    onClose();
  };
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };
  const wanted = choosing.search.trim().toLowerCase();
  const searched = found.filter(({ tool }) =>
    [tool.name, tool.title ?? '', tool.description ?? ''].some((text) => text.toLowerCase().includes(wanted))
  );
  const fitting = choosing.isNarrowed ? searched.filter(({ name }) => chosen.has(name)) : searched;
  const gone = detail.operations.filter(
    ({ operation, archivedMs }) =>
      archivedMs === null &&
      operation.call.kind === 'mcp' &&
      !found.some(({ tool }) => operation.call.kind === 'mcp' && tool.name === operation.call.tool)
  );
  return (
    <FormDialog
      title="Tools of the server"
      description={
        report === null
          ? 'The server is asked which tools it has.'
          : report.failure
            ? 'The tools could not be read. What was taken over before is kept.'
            : `${isCut ? 'The first ' : ''}${found.length} ${found.length === 1 ? 'tool' : 'tools'}${isCut ? ': the server has more than can be listed' : ''}. What the server says about their effects is proposed: look at each operation.`
      }
      action={`Take over ${chosen.size === 1 ? '1 tool' : `${chosen.size} tools`}`}
      pending={put.pending || read.pending}
      disabledReason={
        chosen.size === 0
          ? 'Choose at least one tool.'
          : chosen.size > MOST_AT_ONCE
            ? `At most ${MOST_AT_ONCE} can be taken over at once.`
            : null
      }
      onSubmit={() => void store()}
      onClose={onClose}
    >
      {read.failure ? <FailureBand failure={read.failure} /> : null}
      {put.failure ? <FailureBand failure={put.failure} /> : null}
      {report?.failure ? <ErrorState compact title={report.failure.message} /> : null}
      <ChoiceBar
        of={found.length}
        label="Search the tools"
        placeholder="Search"
        choosing={choosing}
        found={searched.flatMap((each) => ('problem' in each ? [] : [each.name]))}
        chosen={chosen}
        onChoosing={setChoosing}
        onChosen={setChosen}
      />
      {found.length > 0 ? (
        <ul className="flex flex-col divide-y divide-hairline rounded-md border border-hairline">
          {fitting.slice(0, MOST_SHOWN).map((each) => (
            <Line key={each.name} found={each} isChosen={chosen.has(each.name)} onToggle={() => toggle(each.name)} />
          ))}
        </ul>
      ) : null}
      {fitting.length > MOST_SHOWN ? (
        <p className="text-xs text-ink-2">{fitting.length - MOST_SHOWN} more. Search to find them.</p>
      ) : null}
      {report?.failure === null && !isCut && gone.length > 0 ? (
        <p className="text-xs text-ink-2">
          Not among the tools any more, and kept: {gone.map(({ operation }) => operation.name).join(', ')}.
        </p>
      ) : null}
    </FormDialog>
  );
}

function foundIn(text: string, { row, operations }: ConnectionDetail): Found[] {
  const read = jsonIn(text)?.value as { tools?: Tool[] } | null | undefined;
  const own = operations.map(({ operation }) => operation);
  return listTools(read?.tools ?? [], own).map((listed): Found => {
    const same = operations.find(({ operation }) => operation.name === listed.name);
    const made = fromTool(listed, row.connection.name);
    const common = { name: listed.name, tool: listed.tool, base: same?.revision ?? 0 };
    return 'problem' in made ? { ...common, ...made } : { ...common, ...toolReadAgain(made, same?.operation) };
  });
}

function Line({ found, isChosen, onToggle }: { found: Found; isChosen: boolean; onToggle: () => void }) {
  const { tool, name } = found;
  const problem = 'problem' in found ? found.problem : null;
  const changes = 'changes' in found ? found.changes : null;
  const title = 'operation' in found ? found.operation.title : tool.name;
  return (
    <li>
      <label className="flex items-start gap-2.5 px-3 py-2">
        <Checkbox
          className="mt-0.5"
          checked={isChosen && problem === null}
          disabled={problem !== null}
          onCheckedChange={onToggle}
          aria-label={`${title}, ${tool.name}`}
        />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-1.5 text-sm">
            <span className="min-w-0 [overflow-wrap:anywhere]">{title}</span>
            {changes && changes.length > 0 ? <Badge tone="work">Changed</Badge> : null}
            {changes?.length === 0 ? <Badge>No change</Badge> : null}
            {'operation' in found ? <Badge>{EFFECT_WORDS[found.operation.effect]}</Badge> : null}
          </span>
          <span className="block font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">
            {tool.name} → {name}
          </span>
          {problem ? <span className="block text-xs text-fail">{problem}</span> : null}
          {changes && changes.length > 0 ? (
            <span className="block text-xs text-ink-2">{changes.slice(0, 6).join('; ')}</span>
          ) : tool.description ? (
            <span className="line-clamp-2 text-xs text-ink-2 [overflow-wrap:anywhere]">{tool.description}</span>
          ) : null}
        </span>
      </label>
    </li>
  );
}
