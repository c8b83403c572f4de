'use client';

/**
 * The example shop's own books next to the run's ledger, as an independent check. An effect that remains by the run's
 * ledger must be booked here once; an effect that the run undid must be undone here.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Check, TriangleAlert } from 'lucide-react';
import { routes } from '@/app/_contract/routes';
import type { ExampleBooks } from '@/app/_contract/examples';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Money } from '@/components/ui/writing';
import { EmptyState } from '@/components/ui/states';
import { Badge, Table, TableBody, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import type { LedgerEntry } from '@/engine/run-view/model';
import type { ExamplePanel, ExamplePanelProps } from '../panel';
import { agreementOf, booksOf, type ShopBook } from './shop-books';

export const SHOP_PANEL: ExamplePanel = {
  label: 'Shop',
  keyOf: (input) => (typeof input === 'object' && input !== null && 'orderId' in input ? String(input.orderId) : null),
  Panel: ShopPanel,
};

function ShopPanel({ view, booksKey: orderId, onSelect }: ExamplePanelProps) {
  const { summary, events } = view.live;
  /* The shop sends no notifications, so its books are read again after each event of the run. */
  const { data, error, refetch } = useQuery({
    queryKey: ['shop', orderId, events.length],
    queryFn: ({ signal }) => getJson<ExampleBooks>(routes.exampleBooks(summary.flow ?? '', orderId), signal),
    placeholderData: keepPreviousData,
  });

  const books = data ? booksOf(data.books, events, summary) : null;
  const failure = error ? failureFrom(error) : null;
  return (
    <div className="flex h-full flex-col gap-3 overflow-auto p-3">
      {failure ? (
        <FailureBand failure={failure} asOfMs={data?.readAtMs ?? null} onRetry={() => void refetch()} />
      ) : null}
      {books ? (
        <>
          <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            <span className="font-medium">Order {orderId}</span>
            {books.money.map(({ currency, taken, refunded, balance }) => (
              <span key={currency} className="figures text-ink-2">
                <Money minor={taken} currency={currency} /> taken, <Money minor={refunded} currency={currency} />{' '}
                refunded, balance <Money minor={balance} currency={currency} />
              </span>
            ))}
            <span className="figures text-ink-2">
              {books.parcels} {books.parcels === 1 ? 'parcel' : 'parcels'}, {books.mails}{' '}
              {books.mails === 1 ? 'mail' : 'mails'}
            </span>
          </p>
          {books.own.length === 0 ? (
            <EmptyState title="The shop has no bookings of this run" />
          ) : (
            <Table label="Bookings of this run in the shop">
              <TableHead>
                <TableRow>
                  <TableHeading>Booked</TableHeading>
                  <TableHeading>Step</TableHeading>
                  <TableHeading>In the books</TableHeading>
                  <TableHeading>Run&apos;s ledger</TableHeading>
                  <TableHeading>When</TableHeading>
                </TableRow>
              </TableHead>
              <TableBody>
                {books.own.map((book) => (
                  <Row
                    key={book.key}
                    book={book}
                    entry={view.projection.ledger.entries.find((each) => each.activityId === book.activityId) ?? null}
                    onSelect={onSelect}
                  />
                ))}
              </TableBody>
            </Table>
          )}
          {books.others > 0 ? (
            <p className="text-xs text-ink-2">
              {books.others} more {books.others === 1 ? 'booking belongs' : 'bookings belong'} to other runs of this
              order; the sums above include them.
            </p>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

function Row({
  book,
  entry,
  onSelect,
}: {
  book: ShopBook;
  entry: LedgerEntry | null;
  onSelect: (nodeId: string) => void;
}) {
  const agreement = agreementOf(book, entry);
  return (
    <TableRow>
      <TableCell className="whitespace-nowrap">
        {book.kind}
        {book.amount ? (
          <span className="ml-2 text-ink-2">
            <Money {...book.amount} />
          </span>
        ) : null}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        {entry ? (
          <button type="button" onClick={() => onSelect(entry.nodeId)} className="rounded-sm hover:underline">
            {entry.title}
          </button>
        ) : (
          <span className="font-mono text-xs">{book.activityId}</span>
        )}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        {book.words}
        {book.applied > 1 || book.undone > 1 ? (
          <Badge tone="fail" className="ml-2">
            {book.applied} × booked, {book.undone} × undone
          </Badge>
        ) : null}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        <span className="inline-flex items-center gap-1.5">
          {agreement === 'agrees' ? (
            <Check aria-hidden className="size-4 text-forward" />
          ) : agreement === 'differs' ? (
            <TriangleAlert aria-hidden className="size-4 text-fail" />
          ) : null}
          {agreement === 'agrees' ? 'agrees' : agreement === 'differs' ? 'does not agree' : 'not settled yet'}
        </span>
      </TableCell>
      <TableCell className="whitespace-nowrap text-ink-2">
        <RelativeTime atMs={book.atMs} />
      </TableCell>
    </TableRow>
  );
}
