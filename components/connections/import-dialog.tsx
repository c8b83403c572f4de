'use client';

/** Operations from an OpenAPI document. An import of a newer document shows what changed before anything is stored. */
import { Undo2, Upload } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ConnectionDetail, DraftUse, OperationRow } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Checkbox, Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { PlainText } from '@/components/ui/plain-text';
import { ErrorState } from '@/components/ui/states';
import { Badge } from '@/components/ui/surface';
import { fromOpenApi, suggestUndos, type Listed } from '@/engine/flow/connections/openapi';
import { callKey, existingFor, reimported } from '@/engine/flow/connections/openapi-again';
import { MOST_OPERATIONS, type OperationOf } from '@/engine/flow/connections/operation';
import { ChoiceBar, MOST_AT_ONCE, type Choosing } from './choice-bar';
import { readOpenApi, type ReadDocument } from './read-openapi';

const MOST_SHOWN = 200;
/** Of a document with more operations a person chooses a part. */
const CHOSEN_AT_FIRST = 20;

type Made =
  | { kind: 'problem'; problem: string }
  | { kind: 'new' | 'changed' | 'same'; operation: OperationOf<'http'>; changes: string[]; base: number };

function madeOf(read: ReadDocument, listed: Listed, connection: string, rows: readonly OperationRow[]): Made {
  const imported = fromOpenApi(read.document, listed, connection);
  if ('problem' in imported) return { kind: 'problem', problem: imported.problem };
  const row = existingFor(imported, rows, new Set(read.list.operations.map(({ name }) => name)));
  const { operation, changes } = reimported(imported, row?.operation);
  const kind = changes === null ? 'new' : changes.length > 0 ? 'changed' : 'same';
  return { kind, operation, changes: changes ?? [], base: row?.revision ?? 0 };
}

/** Names: those that exist, else all of a small document. */
function chosenAtFirst(read: ReadDocument, connection: string, rows: readonly OperationRow[]): string[] {
  const { operations } = read.list;
  const existing = new Set(rows.map(({ operation }) => operation.name));
  const calls = new Set(rows.flatMap(({ operation: { call } }) => (call.kind === 'http' ? [callKey(call)] : [])));
  const known = operations.filter((listed) => existing.has(listed.name) || calls.has(callKey(listed)));
  const small = operations.length > CHOSEN_AT_FIRST ? [] : operations.filter(({ deprecated }) => !deprecated);
  return (known.length > 0 ? known : small)
    .slice(0, MOST_AT_ONCE)
    .filter((listed) => madeOf(read, listed, connection, rows).kind !== 'problem')
    .map(({ name }) => name);
}

export function ImportDialog({
  detail,
  onClose,
  onDone,
}: {
  detail: ConnectionDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const connection = detail.row.connection.name;
  const [text, setText] = useState('');
  const [read, setRead] = useState<ReadDocument | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const put = useSend(['flows']);
  const file = useRef<HTMLInputElement>(null);

  const look = async (source: string) => {
    setReading(true);
    setProblem(null);
    const found = await readOpenApi(source);
    setReading(false);
    if ('problem' in found) return setProblem(found.problem);
    setRead(found);
    // What exists already is chosen, so that a newer document shows its changes.
    setChosen(new Set(chosenAtFirst(found, connection, detail.operations)));
  };
  const choose = async (list: FileList | null) => {
    const [one] = list ?? [];
    if (one) await look(await one.text());
  };
  const store = async () => {
    if (!read) return;
    const made = read.list.operations
      .filter(({ name }) => chosen.has(name))
      .map((listed) => madeOf(read, listed, connection, detail.operations));
    const fresh = suggestUndos(made.flatMap((each) => (each.kind === 'new' ? [each.operation] : [])));
    const changed = made.flatMap((each) => (each.kind === 'changed' ? [each] : []));
    const operations = [
      ...fresh.map((operation) => ({ operation, base: 0 })),
      ...changed.map(({ operation, base }) => ({ operation, base })),
    ];
    if (operations.length === 0) return onClose();
    if (await put.send(routes.putOperations(connection), { operations })) {
      onDone();
      onClose();
    }
  };

  if (!read)
    return (
      <FormDialog
        title="Import OpenAPI"
        description="A document of OpenAPI 3, as JSON or YAML. It is read in this browser, and nothing else is fetched."
        action="Read it"
        pending={reading}
        disabledReason={text.trim() === '' ? 'Paste a document, or choose a file.' : null}
        aside={
          <>
            <input
              ref={file}
              type="file"
              accept=".json,.yaml,.yml"
              aria-label="OpenAPI document"
              className="sr-only"
              tabIndex={-1}
              onChange={({ target }) => void choose(target.files)}
            />
            <Button className="mr-auto" onClick={() => file.current?.click()}>
              <Upload aria-hidden />
              Choose a file
            </Button>
          </>
        }
        onSubmit={() => void look(text)}
        onClose={onClose}
      >
        {problem ? <ErrorState compact title={problem} /> : null}
        <Field label="Document" required>
          <Textarea
            rows={10}
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </Field>
      </FormDialog>
    );
  return (
    <Choice
      read={read}
      detail={detail}
      chosen={chosen}
      onChosen={setChosen}
      put={put}
      onStore={() => void store()}
      onBack={() => setRead(null)}
      onClose={onClose}
    />
  );
}

function Choice({
  read,
  detail,
  chosen,
  onChosen,
  put,
  onStore,
  onBack,
  onClose,
}: {
  read: ReadDocument;
  detail: ConnectionDetail;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
  put: ReturnType<typeof useSend>;
  onStore: () => void;
  onBack: () => void;
  onClose: () => void;
}) {
  const [choosing, setChoosing] = useState<Choosing>({ search: '', isNarrowed: false });
  const { list } = read;
  const wanted = choosing.search.trim().toLowerCase();
  const found = useMemo(
    () =>
      list.operations.filter(({ name, path, title, tags }) =>
        [name, path, title, ...tags].some((each) => each.toLowerCase().includes(wanted))
      ),
    [list, wanted]
  );
  const fitting = choosing.isNarrowed ? found.filter(({ name }) => chosen.has(name)) : found;
  const shown = fitting.slice(0, MOST_SHOWN);
  const key = shown.map(({ name }) => name).join();
  const made = useMemo(
    () =>
      new Map(
        shown.map((each) => [each.name, madeOf(read, each, detail.row.connection.name, detail.operations)] as const)
      ),
    // `shown` is another list with each choice.
    [key, read, detail]
  );
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChosen(next);
  };
  const { settings } = detail.row.connection;
  const address = 'address' in settings && typeof settings.address === 'string' ? settings.address : null;
  const otherAddress =
    address !== null && list.servers.length > 0 && !list.servers.some((each) => isSameAddress(each, address))
      ? (list.servers[0] ?? null)
      : null;
  const undos = useMemo(() => {
    const fresh = [...made.values()].flatMap((each) =>
      each.kind === 'new' && chosen.has(each.operation.name) ? [each.operation] : []
    );
    const titles = new Map(fresh.map(({ name, title }) => [name, title]));
    return new Map(suggestUndos(fresh).map(({ name, undo }) => [name, undo && titles.get(undo.operation)]));
  }, [made, chosen]);
  const { name: connection } = detail.row.connection;
  const choosable = (names: ReadonlySet<string>) =>
    list.operations
      .filter(({ name }) => names.has(name))
      .filter((each) => (made.get(each.name) ?? madeOf(read, each, connection, detail.operations)).kind !== 'problem')
      .map(({ name }) => name);
  const gone = goneFrom(read, detail.operations);
  const isKnown = new Set(detail.operations.map(({ operation }) => operation.name));
  const fresh = [...chosen].filter((name) => !isKnown.has(name)).length;
  const room = MOST_OPERATIONS - detail.operations.filter(({ archivedMs }) => archivedMs === null).length;
  return (
    <FormDialog
      title={list.title || 'Import OpenAPI'}
      description={`${(list.operations.length + list.more).toLocaleString('en')} operations${list.version ? ` · version ${list.version}` : ''}`}
      action={`Import ${chosen.size === 1 ? '1 operation' : `${chosen.size} operations`}`}
      pending={put.pending}
      disabledReason={
        chosen.size === 0
          ? 'Choose at least one operation.'
          : chosen.size > MOST_AT_ONCE
            ? `At most ${MOST_AT_ONCE} can be imported at once.`
            : fresh > room
              ? `A connection has at most ${MOST_OPERATIONS.toLocaleString('en')} operations, and this one has room for ${room} more. Make another connection for the rest.`
              : null
      }
      aside={
        <Button className="mr-auto" onClick={onBack}>
          Back
        </Button>
      }
      onSubmit={onStore}
      onClose={onClose}
    >
      {put.failure ? <FailureBand failure={put.failure} /> : null}
      <ChoiceBar
        of={list.operations.length}
        label="Search the operations"
        placeholder="Search by name, path or tag"
        choosing={choosing}
        found={found.map(({ name }) => name)}
        chosen={chosen}
        onChoosing={setChoosing}
        onChosen={(next) => onChosen(new Set(choosable(next)))}
      />
      <ul className="flex flex-col divide-y divide-hairline rounded-md border border-hairline">
        {shown.map((each) => (
          <Line
            key={each.name}
            listed={each}
            made={made.get(each.name)}
            undoneBy={undos.get(each.name)}
            drafts={detail.drafts}
            isChosen={chosen.has(each.name)}
            onToggle={() => toggle(each.name)}
          />
        ))}
      </ul>
      {fitting.length > MOST_SHOWN ? (
        <p className="text-xs text-ink-2">{fitting.length - MOST_SHOWN} more. Search to find them.</p>
      ) : null}
      {list.elsewhere.length > 0 ? (
        <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">
          Not read, because they are in another document: {list.elsewhere.slice(0, 10).join(', ')}
          {list.elsewhere.length > 10 ? ` and ${list.elsewhere.length - 10} more` : ''}.
        </p>
      ) : null}
      {otherAddress === null ? null : (
        <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">
          The document is about {otherAddress}. This connection calls another address.
        </p>
      )}
      {shown.some(({ name }) => chosen.has(name) && made.get(name)?.kind === 'changed') ? (
        <p className="text-xs text-ink-2">
          Published versions keep their copy of a changed operation. Drafts are checked against the new one.
        </p>
      ) : null}
      {gone.length > 0 ? (
        <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">
          Kept, although they are not in this document: {gone.slice(0, 20).join(', ')}
          {gone.length > 20 ? ` and ${gone.length - 20} more` : ''}.
        </p>
      ) : null}
    </FormDialog>
  );
}

/** The operations of the connection that the document has no more, under whatever id. */
function goneFrom({ list }: ReadDocument, rows: readonly OperationRow[]): string[] {
  const names = new Set(list.operations.map(({ name }) => name));
  const calls = new Set(list.operations.map(callKey));
  return rows
    .filter(({ archivedMs }) => archivedMs === null)
    .filter(({ operation: { name, call } }) => !names.has(name) && !(call.kind === 'http' && calls.has(callKey(call))))
    .map(({ operation }) => operation.name);
}

/** What is checked against the changed operation from now on: ". Called by the draft 'Pay out'" */
function callersOf(name: string, drafts: readonly DraftUse[]): string {
  const titles = drafts.filter(({ operations }) => operations.includes(name)).map(({ title }) => `'${title}'`);
  if (titles.length === 0) return '';
  const more = titles.length > 3 ? ` and ${titles.length - 3} more` : '';
  return `. Called by the ${titles.length === 1 ? 'draft' : 'drafts'} ${titles.slice(0, 3).join(', ')}${more}`;
}

const isSameAddress = (one: string, other: string): boolean =>
  new URL(one).href.replace(/\/+$/, '') === new URL(other).href.replace(/\/+$/, '');

function Line({
  listed,
  made,
  undoneBy,
  drafts,
  isChosen,
  onToggle,
}: {
  listed: Listed;
  made: Made | undefined;
  /** The title of the operation that is proposed as its undo. */
  undoneBy: string | undefined;
  /** Of the connection. */
  drafts: readonly DraftUse[];
  isChosen: boolean;
  onToggle: () => void;
}) {
  const { name, method, path, title, deprecated } = listed;
  const problem = made?.kind === 'problem' ? made.problem : null;
  return (
    <li>
      <label className="flex items-start gap-2.5 px-3 py-2">
        <Checkbox
          className="mt-0.5"
          checked={isChosen && problem === null}
          disabled={problem !== null}
          onCheckedChange={onToggle}
          aria-label={`${title}, ${method} ${path}`}
        />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-1.5 text-sm">
            <span className="min-w-0 [overflow-wrap:anywhere]">{title}</span>
            {made?.kind === 'changed' ? <Badge tone="work">Changed</Badge> : null}
            {made?.kind === 'same' ? <Badge>No change</Badge> : null}
            {deprecated ? <Badge>Deprecated</Badge> : null}
          </span>
          <span className="block font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">
            {method} <PlainText text={path} /> → {made && made.kind !== 'problem' ? made.operation.name : name}
          </span>
          {undoneBy === undefined ? null : (
            <span className="flex items-center gap-1 text-xs text-ink-2">
              <Undo2 aria-hidden className="size-3.5 shrink-0 text-back" />
              <span className="min-w-0 [overflow-wrap:anywhere]">Undone by '{undoneBy}'</span>
            </span>
          )}
          {problem ? <span className="block text-xs text-fail">{problem}</span> : null}
          {made?.kind === 'changed' ? (
            <span className="block text-xs text-ink-2 [overflow-wrap:anywhere]">
              {made.changes.slice(0, 6).join('; ')}
              {callersOf(made.operation.name, drafts)}
            </span>
          ) : null}
        </span>
      </label>
    </li>
  );
}
