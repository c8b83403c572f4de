'use client';

/**
 * The books of the services that a run calls next to its ledger, as an independent check: an effect that remains by the
 * ledger must be booked once, one that the run undid must be undone here (engine/run-view/books.ts).
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Check, CircleDashed, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { routes } from '@/app/_contract/routes';
import type { ExampleBooks } from '@/app/_contract/examples';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { cn } from '@/components/ui/cn';
import { Badge, Table, TableBody, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/surface';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import { Money } from '@/components/ui/writing';
import { countOf, effectWords } from '@/components/words';
import {
  callsTo,
  compareBooks,
  type Agreement,
  type BookedKey,
  type BookedService,
  type BookLine,
  type BooksCompared,
} from '@/engine/run-view/books';
import type { RunView } from './run-view';

export interface BooksPanelProps {
  view: RunView;
  services: readonly BookedService[];
  onSelect: (nodeId: string) => void;
}

export function BooksPanel({ services, ...rest }: BooksPanelProps) {
  return (
    <div className="flex h-full flex-col gap-6 overflow-auto p-3">
      {services.map((service) => (
        <BooksOfService key={service.connection} service={service} {...rest} />
      ))}
    </div>
  );
}

/** More are not read: a loop may use one of its own for each item. */
const MOST_REFERENCES = 20;
/** While a run moves on, a difference counts if it is still there after this time. */
const CERTAIN_AFTER_MS = 1_500;

function useBooks({ connection }: BookedService, references: readonly string[], events: number) {
  const asked = references.slice(0, MOST_REFERENCES);
  const queryKey = ['books', connection, asked, events];
  /* The services send no notifications, so their books are read again after each event of the run. */
  return useQuery({
    queryKey,
    queryFn: async ({ signal, client }) => {
      const before = client.getQueryData<{ firstReadAtMs: number }>(queryKey);
      const books = await Promise.all(
        asked.map((reference) => getJson<ExampleBooks>(routes.exampleBooks(connection, reference), signal))
      );
      const readAtMs = Math.min(...books.map((each) => each.readAtMs));
      return { books, readAtMs, firstReadAtMs: before?.firstReadAtMs ?? readAtMs };
    },
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data && data.readAtMs - data.firstReadAtMs < CERTAIN_AFTER_MS ? CERTAIN_AFTER_MS : false,
  });
}

function BooksOfService({ service, view, onSelect }: Omit<BooksPanelProps, 'services'> & { service: BookedService }) {
  const { summary, events } = view.live;
  const { entries } = view.projection.ledger;
  const calls = useMemo(() => callsTo(service, events), [service, events]);
  const { references } = calls;
  const { data, error, refetch, isPlaceholderData } = useBooks(service, references, events.length);
  const failure = error ? failureFrom(error) : null;
  const isCertain =
    data !== undefined &&
    !isPlaceholderData &&
    (summary.closeMs !== null || data.readAtMs - data.firstReadAtMs >= CERTAIN_AFTER_MS);
  const compared = useMemo(() => {
    const keys = data?.books.flatMap((each) => each.keys) ?? [];
    return data && compareBooks(keys, { run: summary, events, entries, calls }, isCertain);
  }, [data, summary, events, entries, calls, isCertain]);
  return (
    <section aria-label={`Books: ${service.title}`} className="flex flex-col gap-2">
      {failure ? (
        <FailureBand failure={failure} asOfMs={data?.readAtMs ?? null} onRetry={() => void refetch()} />
      ) : null}
      {references.length === 0 ? (
        <p className="text-sm text-ink-2">{nothingSent(service, calls.activityIds.size)}</p>
      ) : null}
      {references.length > 0 && !data && !failure ? (
        <p role="status" className="text-sm text-ink-2">
          The books of {service.title} are being read.
        </p>
      ) : null}
      {data && compared ? (
        <>
          <Verdict service={service} compared={compared} />
          <BookedUnder
            references={references.slice(0, MOST_REFERENCES)}
            sums={data.books.flatMap((each) => each.sums)}
            others={compared.others}
          />
          {compared.lines.length > 0 ? (
            <Table label={`Bookings of this run: ${service.title}`}>
              <TableHead>
                <TableRow>
                  <TableHeading>Effect</TableHeading>
                  <TableHeading>In the books</TableHeading>
                  <TableHeading>In the ledger</TableHeading>
                  <TableHeading className="max-sm:hidden">When</TableHeading>
                </TableRow>
              </TableHead>
              <TableBody>
                {compared.lines.map((line) => (
                  <Line key={line.booked?.key ?? line.activityId} line={line} onSelect={onSelect} />
                ))}
              </TableBody>
            </Table>
          ) : null}
          {compared.others > 0 ? (
            <p className="text-xs text-ink-2">
              {countOf(compared.others, 'more booking')} under the same reference{' '}
              {compared.others === 1 ? 'belongs' : 'belong'} to other runs.
            </p>
          ) : null}
          {references.length > MOST_REFERENCES ? (
            <p className="text-xs text-ink-2">
              The run used {references.length} references. Those after the first {MOST_REFERENCES} are not compared.
            </p>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

/** `others`: bookings of other runs under the same references. The service's sums count them too. */
export function BookedUnder({
  references,
  sums,
  others,
}: {
  references: readonly string[];
  sums: ExampleBooks['sums'];
  others: number;
}) {
  return (
    <p className="figures text-xs text-ink-2">
      Booked under <PlainText text={references.join(', ')} className="font-mono" />
      {sums.length > 0 && others > 0 ? ', by all runs together' : null}
      {sums.map((sum, index) => (
        <span key={index}>
          {' · '}
          {'minor' in sum ? <Money minor={sum.minor} currency={sum.currency} /> : sum.count} {sum.title}
        </span>
      ))}
    </p>
  );
}

const nothingSent = ({ title, reference }: BookedService, calls: number): string =>
  calls === 0
    ? `This run has sent nothing to ${title} yet, so there is nothing to compare.`
    : `The calls to ${title} have no '${reference}' that can be shown, so its books cannot be found.`;

const LOOKS: Record<Agreement, { Icon: typeof Check; tone: string; words: string }> = {
  agrees: { Icon: Check, tone: 'text-forward', words: 'agrees' },
  differs: { Icon: TriangleAlert, tone: 'text-fail', words: 'does not agree' },
  open: { Icon: CircleDashed, tone: 'text-ink-2', words: 'outcome open' },
};

function Verdict({
  service: { title },
  compared: { agreement, lines },
}: {
  service: BookedService;
  compared: BooksCompared;
}) {
  const { Icon, tone } = LOOKS[agreement];
  const found = lines.filter((line) => line.agreement === agreement).length;
  const of = `${found} of ${countOf(lines.length, 'effect')}`;
  return (
    <p role="status" className="flex items-start gap-2 text-sm font-medium">
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', tone)} />
      {lines.length === 0
        ? `The ledger agrees with the books of ${title}: nothing is booked.`
        : agreement === 'agrees'
          ? `The ledger agrees with the books of ${title}, in ${found === 1 ? 'its one effect' : `all ${found} effects`}.`
          : agreement === 'differs'
            ? `The ledger does not agree with the books of ${title}, in ${of}.`
            : `Nothing disagrees with the books of ${title}; the outcome of ${of} is open.`}
    </p>
  );
}

const BOOKED_WORDS: Record<BookedKey['state'], string> = {
  applied: 'remains',
  undone: 'was undone',
  refused: 'refused, nothing booked',
  tombstoned: 'nothing booked: the undo came first',
};

function Line({ line, onSelect }: { line: BookLine; onSelect: (nodeId: string) => void }) {
  const { booked, entry, agreement } = line;
  const { Icon, tone, words } = LOOKS[agreement];
  const atMs = booked?.atMs ?? entry?.sinceMs ?? null;
  return (
    <TableRow>
      <TableCell className="max-sm:min-w-28">
        {entry ? (
          <button type="button" onClick={() => onSelect(entry.nodeId)} className="rounded-sm text-left hover:underline">
            {entry.title}
          </button>
        ) : (
          <PlainText text={line.activityId} className="font-mono text-xs" />
        )}
        {booked ? (
          <span className="figures block text-xs text-ink-2">
            {booked.title === entry?.title ? null : booked.title} {booked.amount ? <Money {...booked.amount} /> : null}
          </span>
        ) : null}
      </TableCell>
      <TableCell>
        {booked ? BOOKED_WORDS[booked.state] : 'nothing booked'}
        {booked && (booked.applied > 1 || booked.undone > 1) ? (
          <Badge tone="fail" className="ml-2">
            {booked.applied} × booked, {booked.undone} × undone
          </Badge>
        ) : null}
      </TableCell>
      <TableCell>
        <span className="flex items-start gap-1.5">
          <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', tone)} />
          <span>
            {entry ? effectWords(entry) : 'is not there'}
            <span className={agreement === 'differs' ? 'font-medium text-fail' : 'sr-only'}>: {words}</span>
          </span>
        </span>
      </TableCell>
      <TableCell className="whitespace-nowrap text-ink-2 max-sm:hidden">
        {atMs === null ? null : <RelativeTime atMs={atMs} />}
      </TableCell>
    </TableRow>
  );
}
