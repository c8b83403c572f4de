'use client';

/** Above the ledger of a run whose effects belong to other runs now: which, with links to them. */
import type { ReactNode } from 'react';
import { neighboursOf } from '@/engine/run-view/chain';
import { RunLink } from './run-link';
import type { RunView } from './run-view';

const LINK = 'underline underline-offset-2 wrap-anywhere';

export function PassedOnNotes({ view }: { view: RunView }) {
  const { detail, live } = view;
  const { handedOver } = detail;
  const { workflowId, passedOn } = live.summary;
  const reset = passedOn?.reset;
  const { before, next } = neighboursOf(live.events);
  const isCarried = view.projection.ledger.entries.some(({ carried }) => carried);
  return (
    <>
      {reset ? (
        <Note>
          This run was reset. What it did before that point belongs to{' '}
          <RunLink className={LINK} workflowId={workflowId} runId={reset.runId}>
            the newer run
          </RunLink>{' '}
          and is counted there.
        </Note>
      ) : null}
      {before !== null && isCarried ? (
        <Note>
          This run continues{' '}
          <RunLink className={LINK} workflowId={workflowId} runId={before}>
            the run before it
          </RunLink>
          . What that one has left is in this ledger.
        </Note>
      ) : null}
      {next !== null ? (
        <Note>
          This run continued as new. What it has left belongs to{' '}
          <RunLink className={LINK} workflowId={workflowId} runId={next}>
            the next run
          </RunLink>{' '}
          and is counted there.
        </Note>
      ) : null}
      {handedOver ? (
        <Note>
          Handed over to{' '}
          <RunLink className={LINK} {...handedOver.by}>
            {handedOver.by.workflowId}
          </RunLink>
          , which undoes them if it turns back.
        </Note>
      ) : null}
    </>
  );
}

const Note = ({ children }: { children: ReactNode }) => (
  <p className="border-b border-hairline bg-sunken px-3 py-2 text-xs text-ink-2">{children}</p>
);
