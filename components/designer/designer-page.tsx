'use client';

/**
 * The designer: palette, drawing, and beside it the fields of what is selected and the problems. Selection and tab are
 * in the URL; the draft itself is held by the session (session/draft-session.ts).
 */
import { useCallback, useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import type { DraftDetail } from '@/app/_contract/drafts';
import { declaredOf } from '@/components/canvas/card-model';
import { useFolds } from '@/components/canvas/use-folds';
import { usePerson, useWhyNot } from '@/components/people/person';
import { WhatIfBand } from '@/components/flow/what-if-band';
import { usePageKeys } from '@/components/ui/page-keys';
import { toast } from '@/components/ui/toast';
import { useAfterPaint } from '@/components/ui/use-after-paint';
import { useLatest } from '@/components/ui/use-latest';
import { useListKeys } from '@/components/ui/use-list-keys';
import { useWide } from '@/components/ui/use-wide';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { differenceOf } from '@/engine/flow/edit/difference';
import { documentOf } from '@/engine/flow/edit/document-of';
import { followedSuggestions } from '@/engine/flow/edit/fields';
import { findNode } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowTest } from '@/engine/flow/tests';
import { effectOf } from '@/engine/flow/nodes/step';
import { whatIf } from '@/engine/flow/what-if';
import type { DesignerCanvasHandle } from './canvas/canvas-handle';
import { DesignerCanvas } from './canvas/designer-canvas';
import { selectedIn, type Selection } from './canvas/selection';
import { remove, type Edit } from './canvas/node-actions';
import { useClipboard } from './canvas/use-clipboard';
import { useDraftCode } from './code/use-draft-code';
import { ExtractDialog } from './extract/extract-dialog';
import { DesignerFrame } from './designer-frame';
import { DESIGNER_KEYS } from './designer-keys';
import { DesignerHeader } from './designer-header';
import { HeldEdits } from './held-edits';
import { LeftDrawer, LeftPanel, useLeftPanel } from './left-panel';
import { PastDrawing } from './history/past-drawing';
import { typingKey } from './inspector/place';
import { activitiesIn, paletteOf, type PaletteItem } from './palette';
import { currentSummary, flowTitle, publishedOf, type Published } from './current-summary';
import { PublishDialog } from './publish-dialog';
import { answerFrom } from './samples/samples';
import { useSamples } from './samples/use-samples';
import { useDraftSession } from './session/use-draft-session';
import { useTestsTab } from './tests/use-tests-tab';
import { DesignerSide } from './designer-side';
import { focusInForm } from './side-form';
import { Tray } from './tray';
import { useMatrix } from './trial/use-matrix';
import { useOpenedCell } from './trial/cell-keys';
import { useTrial } from './trial/use-trial';
import { useProblems } from './use-problems';
import { useTypeProblems } from './use-type-problems';
import { useCatalogue } from './use-catalogue';
import { useDesignerUrl } from './use-designer-url';
import { useGone } from './use-gone';
import { typistsOf, useTyping } from './use-typing';

interface DesignerPageProps {
  detail: DraftDetail;
  catalogue: Catalogue;
  /** Operations that the page was sent without. */
  others: number;
}

export function DesignerPage({ detail, catalogue: given, others: unsent }: DesignerPageProps) {
  const person = usePerson();
  const { url, setUrl, also, select, rename } = useDesignerUrl();
  const { node, part, tab, fails, at } = url;
  const [typing, noteTyping] = useTyping();
  const { session, view, others } = useDraftSession(detail, person.id, { selected: node, typing });
  const { draft } = view;
  const { summary } = detail;
  const [published, setPublished] = useState<Published | null>(null);
  const current = useMemo(() => currentSummary(summary, published), [summary, published]);
  const idsFollowTitles = detail.idsFollowTitles && published === null;
  const notAllowed = useWhyNot('drafts.edit', summary.flow);
  const readOnly =
    notAllowed ??
    (summary.archivedMs !== null ? 'This draft is archived. Restore it to edit it.' : null) ??
    (view.saving.state === 'stopped' ? view.saving.failure.message : null);

  const { document: flow } = useMemo(() => documentOf(draft), [draft]);
  const later = useAfterPaint(draft);
  const { catalogue, missing } = useCatalogue(given, unsent, later);
  const ofTypes = useTypeProblems(
    useMemo(() => documentOf(later).document, [later]),
    catalogue
  );
  const found = useProblems(later, catalogue, ofTypes, view.deleted);
  const problems = found ?? NO_PROBLEMS;
  const hasUnknown = problems.some(({ unknown }) => unknown !== undefined);
  useEffect(() => {
    if (hasUnknown) void session.lookBack();
  }, [hasUnknown, session]);
  const declared = useMemo(() => declaredOf(flow, catalogue), [flow, catalogue]);
  const items = useMemo(() => paletteOf(catalogue), [catalogue]);
  const preview = useMemo(
    () => (fails ? whatIf(flow, fails, (step) => effectOf(step, catalogue)) : null),
    [flow, fails, catalogue]
  );
  const selected = node !== null && findNode(draft, node) ? node : null;
  const gone = useGone(session, draft, node);
  const selection: Selection = useMemo(() => ({ primary: selected, part, also }), [selected, part, also]);
  const typists = useMemo(() => typistsOf(others), [others]);
  const isTried = tab === 'try';
  const trial = useTrial(summary.id, flow, isTried);
  const code = useDraftCode(summary.id, view.number, tab === 'code');
  const matrix = useMatrix(summary.id, flow, trial.plan.input);
  const maySee = useWhyNot('runs.get', summary.flow) === null;
  const samples = useSamples(published?.flow ?? summary.flow, maySee, trial.result);
  const picture = isTried ? trial.picture : null;
  const cell = useOpenedCell(() => void setUrl({ tab: 'failures' }));
  const folds = useFolds(summary.id);
  const { folded } = folds;
  const steps = useMemo(() => selectedIn(draft, flow, folded, selection), [draft, flow, folded, selection]);
  const canvas = useRef<DesignerCanvasHandle>(null);
  const form = useRef<HTMLDivElement>(null);
  const goTo = useLatest((id: string | null, path: readonly (string | number)[]) => {
    select({ primary: id, part: path[0] === 'undo' ? 'undo' : 'step', also: [] });
    void setUrl({ tab: 'fields' });
    focusInForm(form, id, path);
  });
  const [publishing, setPublishing] = useState(false);
  const [extracting, setExtracting] = useState<readonly string[] | null>(null);
  const wide = useWide();
  const left = useLeftPanel(wide);
  usePageKeys(DESIGNER_KEYS);
  // The selection is ended by the drawing itself.
  useListKeys({
    onSearch: () => canvas.current?.search(),
    onEscape: isTried ? cell.back : fails ? () => void setUrl({ fails: null }) : undefined,
  });

  const { rename: renameFold } = folds;
  useEffect(
    () =>
      session.onRenamed((from, to) => {
        rename(from, to);
        renameFold(from, to);
      }),
    [session, rename, renameFold]
  );

  const apply = useCallback(
    (operations: readonly Operation[], how?: { typing?: boolean }): boolean => {
      const followed = followedSuggestions(session.read().draft, operations, catalogue);
      const refusal = session.edit([...operations, ...followed], how);
      if (refusal) toast.error(refusal.message);
      return refusal === null;
    },
    [session, catalogue]
  );
  const edit = useCallback(({ operations }: Edit) => apply(operations), [apply]);
  const settle = useCallback(() => session.settle(), [session]);
  const replaceExtracted = (made: Edit): boolean => {
    if (!edit(made)) return false;
    if (made.select !== undefined) select({ primary: made.select, part: 'step', also: [] });
    // The next drawing contains it.
    requestAnimationFrame(() => made.select && canvas.current?.focus(made.select));
    return true;
  };
  const selectStep = useCallback((id: string | null) => select({ primary: id, part: 'step', also: [] }), [select]);
  const showStep = useLatest((id: string) => {
    selectStep(id);
    canvas.current?.show(id);
  });
  const say = (refusal: { message: string } | null) => {
    if (refusal) toast(refusal.message);
  };
  // The drawing and the header get the same functions in every rendering: what else changes does not draw them again.
  const revert = useLatest(() => say(session.revert()));
  const again = useLatest(() => say(session.again()));
  const showFails = useLatest((id: string | null) => void setUrl({ fails: id }));
  const turnFails = useLatest((id: string | null) => void setUrl({ fails: id === fails ? null : id }));
  const openFields = useLatest(() => {
    void setUrl({ tab: 'fields' });
    focusInForm(form, selected, part === 'undo' ? ['undo', 'title'] : ['title']);
  });
  const { clipboard, copy } = useClipboard({
    draft,
    selected: steps,
    readOnly,
    onEdit: edit,
    onSelection(next) {
      select(next);
      // The next drawing contains it.
      requestAnimationFrame(() => next.primary !== null && canvas.current?.focus(next.primary));
    },
  });

  const openTest = (test: FlowTest) => {
    trial.setPlan(test.plan);
    void setUrl({ tab: 'try' });
  };
  const tests = useTestsTab({ draftId: summary.id, draft, flow, readOnly, onEdit: apply, onOpen: openTest });

  const selectedTitle = selected ? titleOf(findNode(draft, selected)!) : null;
  const isEmpty = flow.steps.length === 0;
  const band = useMemo(
    () => (
      <WhatIfBand
        preview={isTried ? null : preview}
        selected={selected}
        title={selectedTitle}
        idle={
          isEmpty
            ? `Press + to insert the first step${wide ? ', or drag one from the palette' : ''}.`
            : 'Select a step to see what would be undone if it failed.'
        }
        onFails={showFails}
      />
    ),
    [isTried, preview, selected, selectedTitle, isEmpty, wide, showFails]
  );

  const isPast = tab === 'history' && at !== null;
  const drawing = isPast ? (
    <PastDrawing
      draftId={summary.id}
      flow={summary.flow}
      at={at}
      now={draft}
      catalogue={catalogue}
      readOnly={readOnly}
      selected={node}
      onSelect={selectStep}
      onRestore={(past) => apply(differenceOf(draft, past)) && void setUrl({ at: null })}
      onBack={() => void setUrl({ at: null })}
    />
  ) : (
    <div className="flex h-full min-h-0 flex-col">
      <DesignerCanvas
        draft={draft}
        document={picture ? (trial.result?.manifest.document ?? flow) : flow}
        declared={declared}
        {...(picture ?? {})}
        catalogue={catalogue}
        items={items}
        selection={selection}
        selected={steps}
        onSelection={select}
        gone={gone}
        readOnly={readOnly ?? (isTried ? 'A trial is shown. Close it to go on drawing.' : null)}
        idsFollowTitles={idsFollowTitles}
        onEdit={edit}
        whatIf={picture ? null : preview}
        onWhatIf={turnFails}
        onOpen={openFields}
        onRevert={revert}
        onAgain={again}
        others={others}
        problems={isTried ? NO_PROBLEMS : problems}
        onProblem={goTo}
        clipboard={clipboard}
        onCopy={copy}
        onExtract={setExtracting}
        band={band}
        folds={folds}
        // A low window has less room than a drawing elsewhere: what is below must not cover it.
        className="min-h-0"
        handle={canvas}
      />
      <Tray
        nodes={draft.tray}
        readOnly={readOnly !== null}
        onPlace={(id) => canvas.current?.place({ kind: 'nodes', ids: [id] })}
        onDelete={(id) => void edit(remove(draft, [id]))}
        onDrag={(event, id) => canvas.current?.startDrag(event, { kind: 'nodes', ids: [id] })}
      />
    </div>
  );
  const side = (
    <DesignerSide
      tab={tab}
      onTab={(next) => void setUrl({ tab: next })}
      fields={{
        form,
        onTyping: noteTyping,
        draft,
        document: flow,
        catalogue,
        problems,
        deleted: view.deleted,
        selected,
        several: steps,
        part,
        idsFollowTitles,
        readOnly,
        typists,
        samples,
        onEdit: apply,
        onSettle: settle,
        onSelect: selectStep,
      }}
      code={{
        view: code,
        isSaved: view.saving.state === 'saved',
        published: publishedOf(published, summary),
        errors: problems.filter(({ severity }) => severity === 'error'),
        selected,
        onSelect: showStep,
      }}
      problems={
        found && {
          problems: found,
          draft,
          catalogue,
          deleted: view.deleted,
          onGo: goTo,
          onFix: (each) => void apply(each),
        }
      }
      trial={{
        trial,
        document: flow,
        selected,
        onSelect: selectStep,
        onClose: () => void setUrl({ tab: 'fields' }),
        onKeep: readOnly === null ? tests.keep : null,
        lastRun: (id) => answerFrom(samples, id),
      }}
      failures={{
        matrix,
        selected,
        opened: cell.opened,
        onSelect: selectStep,
        onOpen({ plan }) {
          trial.setPlan(plan);
          void setUrl({ tab: 'try' });
        },
      }}
      tests={{ count: tests.list.length, panel: tests.panel }}
      history={{ draftId: summary.id, draft, number: view.number, at, onAt: (number) => void setUrl({ at: number }) }}
    />
  );
  const calls = useMemo(() => [...activitiesIn(later)].sort().join(' '), [later]);
  const used = useMemo(() => new Set(calls.split(' ')), [calls]);
  const insertItem = useLatest((item: PaletteItem) => canvas.current?.insertItem(item));
  const dragItem = useLatest((event: PointerEvent, item: PaletteItem) =>
    canvas.current?.startDrag(event, { kind: 'item', item })
  );
  const turnPalette = useLatest(() => left.onShown(!left.isShown));
  const goToStep = useLatest((id: string) => canvas.current?.focus(id));
  const retitleFlow = useLatest((title: string) => void apply([flowTitle(draft.flow.title, title)], { typing: true }));
  const noteTitleTyping = useLatest((field: EventTarget | null) => noteTyping(null, field));
  const retry = useLatest(() => session.retry());
  const publish = useLatest(() => {
    session.settle();
    setPublishing(true);
  });
  const turnHistory = useLatest(
    () => void setUrl(tab === 'history' ? { tab: 'fields', at: null } : { tab: 'history' })
  );
  const beside = {
    state: left,
    palette: { items, missing, used, readOnly, onInsert: insertItem, onDrag: dragItem },
    outline: { document: flow, declared, problems, selected, onSelect: showStep, onGo: goToStep },
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <DesignerHeader
        summary={current}
        view={view}
        others={others}
        readOnly={readOnly}
        palette={left.isShown}
        onPalette={turnPalette}
        titleTypist={typists.get(typingKey(null, 'title')) ?? null}
        onTitle={retitleFlow}
        onSettle={settle}
        onTitleTyping={noteTitleTyping}
        onRevert={revert}
        onAgain={again}
        onRetry={retry}
        onPublish={publish}
        history={tab === 'history'}
        onHistory={turnHistory}
        flow={flow}
        declared={declared}
      />
      <HeldEdits
        draft={draft}
        view={view}
        onShow={showStep}
        onDismiss={(id) => session.dismissHeld(id)}
        onDismissNotes={() => session.dismissNotes()}
      />
      <DesignerFrame
        wide={wide}
        palette={wide && left.isShown ? <LeftPanel {...beside} /> : null}
        drawing={drawing}
        side={side}
      />
      {wide === false ? <LeftDrawer {...beside} /> : null}
      {tests.dialog}
      {extracting ? (
        <ExtractDialog
          draft={draft}
          catalogue={catalogue}
          ids={extracting}
          flowName={flow.name}
          onEdit={replaceExtracted}
          onSelect={showStep}
          onClose={() => setExtracting(null)}
        />
      ) : null}
      {publishing ? (
        <PublishDialog
          tests={tests.list}
          unfitTests={tests.unfit}
          onShowTests={() => void setUrl({ tab: 'tests' })}
          onOpenTest={(test) => {
            setPublishing(false);
            openTest(test);
          }}
          summary={{ ...current, title: flow.title }}
          draft={draft}
          number={view.number}
          problems={problems}
          whyNot={view.saving.state === 'saved' ? null : 'The draft is not saved yet. Wait a moment.'}
          onPublished={({ flow, version, revision }) => {
            session.keepIds();
            setPublished({ flow, version, revision });
          }}
          onShowProblems={() => void setUrl({ tab: 'problems' })}
          onClose={() => setPublishing(false)}
        />
      ) : null}
    </div>
  );
}

const NO_PROBLEMS: readonly Diagnostic[] = [];
