'use client';

import { GitCompare, History, PanelLeft, Redo2, Rocket, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { memo } from 'react';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { DraftVisitor } from '@/app/_contract/live';
import { pages } from '@/app/_contract/routes';
import type { Declared } from '@/components/canvas/card-model';
import { useCommands } from '@/components/commands/commands';
import { RestoreDraft } from '@/components/flow/draft-menu';
import { MadeFrom } from '@/components/templates/made-from';
import { Button, IconButton } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { Badge } from '@/components/ui/surface';
import { Tooltip } from '@/components/ui/tooltip';
import { useAfterPaint } from '@/components/ui/use-after-paint';
import type { FlowDocument } from '@/engine/flow/document';
import { THIS_FLOW } from './canvas/canvas-commands';
import { DraftExport } from './draft-export';
import { initials } from './initials';
import { SavedSign } from './saved-sign';
import type { SessionView } from './session/session-parts';
import { TitleField } from './title-field';

interface DesignerHeaderProps {
  summary: DraftSummary;
  view: SessionView;
  others: readonly DraftVisitor[];
  readOnly: string | null;
  /** Whether palette and outline are shown; null: the width is not known yet. */
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
  /** For the menu of exports. */
  flow: FlowDocument;
  declared: Declared;
}

export const DesignerHeader = memo(function DesignerHeader(props: DesignerHeaderProps) {
  const { summary, view, others, readOnly, palette } = props;
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-2 gap-y-1 border-b border-hairline bg-card px-3 py-1.5">
      {palette === null ? null : <PaletteButton isShown={palette} onPress={props.onPalette} />}
      <TitleField
        title={props.flow.title}
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
              {/* On a phone the saved state and the buttons are in the same line. */}
              <span className="max-md:sr-only">Changes since v{summary.base}</span>
            </LinkButton>
          )}
        </>
      )}
      {summary.template ? <MadeFrom template={summary.template} className="ml-1 max-lg:hidden" /> : null}
      <SavedSign saving={view.saving} onRetry={props.onRetry} />
      <HeaderActs
        others={others}
        readOnly={readOnly}
        revert={view.revert}
        again={view.again}
        isSaved={view.saving.state === 'saved'}
        history={props.history}
        draft={summary.id}
        flow={props.flow}
        declared={props.declared}
        onRevert={props.onRevert}
        onAgain={props.onAgain}
        onHistory={props.onHistory}
        onPublish={props.onPublish}
        archived={summary.archivedMs === null ? null : summary}
      />
    </header>
  );
});

const PaletteButton = memo(function PaletteButton({ isShown, onPress }: { isShown: boolean; onPress: () => void }) {
  return (
    <IconButton
      label={isShown ? 'Hide palette and outline' : 'Show palette and outline'}
      aria-pressed={isShown}
      onClick={onPress}
    >
      <PanelLeft aria-hidden />
    </IconButton>
  );
});

interface HeaderActsProps extends Pick<
  DesignerHeaderProps,
  'others' | 'readOnly' | 'history' | 'flow' | 'declared' | 'onRevert' | 'onAgain' | 'onHistory' | 'onPublish'
> {
  draft: string;
  /** Of an archived draft, in the place of publishing it. */
  archived: DraftSummary | null;
  revert: string | null;
  again: string | null;
  isSaved: boolean;
}
/**
 * What an edit changes of it, which edit would be reverted, is drawn after the frame that shows the edit in the
 * drawing.
 */
const HeaderActs = memo(function HeaderActs(props: HeaderActsProps) {
  return <HeaderButtons {...useAfterPaint(props)} />;
});

const HeaderButtons = memo(function HeaderButtons({
  others,
  readOnly,
  revert,
  again,
  isSaved,
  history,
  draft,
  archived,
  flow,
  declared,
  onRevert,
  onAgain,
  onHistory,
  onPublish,
}: HeaderActsProps) {
  const whyNoRevert = readOnly ?? (revert === null ? 'There is nothing to revert.' : null);
  const whyNotAgain = readOnly ?? (again === null ? 'There is nothing to do again.' : null);
  useCommands(() => [
    { id: 'publish', group: THIS_FLOW, title: 'Publish…', icon: Rocket, whyNot: readOnly, run: onPublish },
    {
      id: 'revert',
      group: THIS_FLOW,
      title: revert === null ? 'Revert' : `Revert: ${revert}`,
      icon: Undo2,
      keys: ['Mod', 'Z'],
      words: ['undo edit'],
      whyNot: whyNoRevert,
      run: onRevert,
    },
    {
      id: 'again',
      group: THIS_FLOW,
      title: again === null ? 'Do again' : `Do again: ${again}`,
      icon: Redo2,
      words: ['redo'],
      whyNot: whyNotAgain,
      run: onAgain,
    },
    {
      id: 'history',
      group: THIS_FLOW,
      title: history ? 'Close the history of the draft' : 'History of the draft',
      icon: History,
      run: onHistory,
    },
  ]);
  return (
    <div className="ml-auto flex items-center gap-1">
      <People others={others} />
      <IconButton
        label={revert === null ? 'Revert' : `Revert edit: ${revert}`}
        disabledReason={whyNoRevert}
        onClick={onRevert}
      >
        <Undo2 aria-hidden />
      </IconButton>
      <IconButton
        label={again === null ? 'Do again' : `Do again: ${again}`}
        disabledReason={whyNotAgain}
        onClick={onAgain}
      >
        <Redo2 aria-hidden />
      </IconButton>
      <IconButton label="History of the draft" aria-pressed={history} onClick={onHistory}>
        <History aria-hidden />
      </IconButton>
      <DraftExport draft={draft} flow={flow} declared={declared} isSaved={isSaved} />
      {archived ? (
        <RestoreDraft draft={archived} />
      ) : (
        <Button variant="primary" disabledReason={readOnly} onClick={onPublish} className="ml-1">
          Publish
        </Button>
      )}
    </div>
  );
});

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
