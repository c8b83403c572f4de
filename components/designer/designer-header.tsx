'use client';

import { GitCompare, History, PanelLeft, Redo2, Undo2 } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { DraftVisitor } from '@/app/_contract/live';
import { pages } from '@/app/_contract/routes';
import { MadeFrom } from '@/components/templates/made-from';
import { Button, IconButton } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Badge } from '@/components/ui/surface';
import { Tooltip } from '@/components/ui/tooltip';
import { SavedSign } from './saved-sign';
import type { SessionView } from './session/session-parts';
import { TitleField } from './title-field';

interface DesignerHeaderProps {
  summary: DraftSummary;
  title: string;
  view: SessionView;
  others: readonly DraftVisitor[];
  readOnly: string | null;
  /** Whether the palette is shown; null: there is no room for it. */
  palette: boolean | null;
  onPalette: () => void;
  /** Who types in the title of the flow now. */
  titleTypist: string | null;
  onTitle: (title: string) => void;
  onSettle: () => void;
  onTitleTyping: (field: EventTarget | null) => void;
  onRevert: () => void;
  onAgain: () => void;
  onRetry: () => void;
  onPublish: () => void;
  /** Whether earlier states are shown. */
  history: boolean;
  onHistory: () => void;
  /** The menu of exports. */
  exports: ReactNode;
}

export function DesignerHeader(props: DesignerHeaderProps) {
  const { summary, title, view, others, readOnly, palette } = props;
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-2 gap-y-1 border-b border-hairline bg-card px-3 py-1.5">
      {palette === null ? null : (
        <IconButton
          label={palette ? 'Hide the palette' : 'Show the palette'}
          aria-pressed={palette}
          onClick={props.onPalette}
        >
          <PanelLeft aria-hidden />
        </IconButton>
      )}
      <TitleField
        title={title}
        readOnly={readOnly !== null}
        typist={props.titleTypist}
        onTitle={props.onTitle}
        onSettle={props.onSettle}
        onTyping={props.onTitleTyping}
      />
      {summary.flow === null ? (
        <Badge>Not published</Badge>
      ) : (
        <>
          <Link href={pages.flow(summary.flow)} className="rounded-sm">
            <Badge>{summary.base === null ? summary.flow : `from v${summary.base}`}</Badge>
          </Link>
          {summary.base === null ? null : (
            <LinkButton
              size="sm"
              variant="ghost"
              href={pages.compare(summary.flow, summary.base, `draft:${summary.id}`)}
            >
              <GitCompare aria-hidden />
              Changes since v{summary.base}
            </LinkButton>
          )}
        </>
      )}
      {summary.template ? <MadeFrom template={summary.template} className="ml-1 max-lg:hidden" /> : null}
      <SavedSign saving={view.saving} onRetry={props.onRetry} />
      <div className="ml-auto flex items-center gap-1">
        <People others={others} />
        <IconButton
          label={view.revert === null ? 'Revert' : `Revert edit: ${view.revert}`}
          disabledReason={readOnly ?? (view.revert === null ? 'There is nothing to revert.' : null)}
          onClick={props.onRevert}
        >
          <Undo2 aria-hidden />
        </IconButton>
        <IconButton
          label={view.again === null ? 'Do again' : `Do again: ${view.again}`}
          disabledReason={readOnly ?? (view.again === null ? 'There is nothing to do again.' : null)}
          onClick={props.onAgain}
        >
          <Redo2 aria-hidden />
        </IconButton>
        <IconButton label="History of the draft" aria-pressed={props.history} onClick={props.onHistory}>
          <History aria-hidden />
        </IconButton>
        {props.exports}
        <Button variant="primary" disabledReason={readOnly} onClick={props.onPublish} className="ml-1">
          Publish
        </Button>
      </div>
    </header>
  );
}

/** Who else has the draft open, once a person. */
function People({ others }: { others: readonly DraftVisitor[] }) {
  const people = [...new Map(others.map((each) => [each.personId, each])).values()];
  if (people.length === 0) return null;
  return (
    <ul aria-label="Also here" className="mr-1 flex -space-x-1">
      {people.slice(0, 4).map(({ personId, name }) => (
        <li key={personId}>
          <Tooltip content={`${name} is here too`}>
            <span
              tabIndex={0}
              className="grid size-7 place-items-center rounded-full border-2 border-card bg-ink/10 text-2xs font-semibold"
            >
              {initials(name)}
            </span>
          </Tooltip>
        </li>
      ))}
      {people.length > 4 ? <li className="self-center pl-2 text-xs text-ink-2">+{people.length - 4}</li> : null}
    </ul>
  );
}
export const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
