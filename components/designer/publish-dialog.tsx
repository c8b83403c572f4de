'use client';

/** Publishing what the person sees: refused if somebody changed the draft in the meantime. */
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { DraftDetail, DraftSummary } from '@/app/_contract/drafts';
import type { PublishedVersion } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { GateDialog } from '@/components/revisions/gate-dialog';
import { PublishKindChoice, type PublishKind } from '@/components/revisions/publish-kind';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand, fieldAt } from '@/components/live/failure-band';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Dialog } from '@/components/ui/dialog';
import { LinkButton } from '@/components/ui/link-button';
import { Button } from '@/components/ui/button';
import type { AppFailure } from '@/app/_contract/errors';
import { ChangesSummary, useVersionDraft } from '@/components/compare/changes-summary';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowTest } from '@/engine/flow/tests';
import { NewerVersion, Skipped, type Published } from './newer-version';
import { isRevised } from '@/components/flow/rows';

interface PublishDialogProps {
  summary: DraftSummary;
  /** What the person sees, and its number. */
  draft: Draft;
  number: number;
  problems: readonly Diagnostic[];
  tests: readonly FlowTest[];
  /** Those that no longer fit the flow: with them the publish is refused. */
  unfitTests: readonly FlowTest[];
  onShowTests: () => void;
  onOpenTest: (test: FlowTest) => void;
  /** Why it cannot be published now; null: it can. */
  whyNot: string | null;
  /** Or a revision of that version went live. */
  onPublished: (version: Pick<PublishedVersion['version'], 'flow' | 'version' | 'revision'>) => void;
  onShowProblems: () => void;
  onClose: () => void;
}

export function PublishDialog(props: PublishDialogProps) {
  const { draft, number, problems, unfitTests, whyNot, onPublished, onShowProblems, onClose } = props;
  const showTests = () => {
    onClose();
    props.onShowTests();
  };
  const [note, setNote] = useState('');
  /** Read again, or answered, since the page was opened. */
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [skipped, setSkipped] = useState<string[]>([]);
  const summary = { ...props.summary, ...fresh };
  const { id, flow, base, baseRevision, newest, liveRevision } = summary;
  useEffect(() => {
    // What is live may have changed since the page was opened. If it cannot be read, publishing is refused all the
    // same.
    const left = new AbortController();
    getJson<DraftDetail>(routes.draft(id), left.signal).then(
      (detail) => setFresh(freshOf(detail.summary)),
      () => undefined
    );
    return () => left.abort();
  }, [id]);
  const was = useVersionDraft(flow, base, baseRevision);
  const [pending, setPending] = useState(false);
  const [kind, setKind] = useState<PublishKind>('version');
  const [checking, setChecking] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [published, setPublished] = useState<PublishedVersion | null>(null);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const next = (summary.newest ?? 0) + 1;

  const publish = async () => {
    setPending(true);
    setFailure(null);
    try {
      const answer = await postJson<PublishedVersion>(routes.publishDraft(summary.id), {
        number,
        ...(note.trim() ? { note: note.trim() } : {}),
      });
      setPublished(answer);
      onPublished(answer.version);
    } catch (error) {
      const refused = failureFrom(error);
      if (refused.code === 'publishedMeanwhile')
        await getJson<DraftDetail>(routes.draft(id)).then(
          (detail) => setFresh(freshOf(detail.summary)),
          () => setFailure(refused)
        );
      else setFailure(refused);
    } finally {
      setPending(false);
    }
  };

  const newer = newerThan({ flow, base, baseRevision, newest, liveRevision }, kind);
  const fixed = flow !== null && base !== null && flow === summary.name ? { flow, base } : null;

  if (checking && fixed)
    return (
      <GateDialog
        flow={fixed.flow}
        title={`Fix the running runs of v${fixed.base}`}
        wish={{ version: fixed.base, draft: { id: summary.id, number } }}
        note={note}
        onLive={({ version, revision }) => onPublished({ flow: fixed.flow, version, revision })}
        onClose={onClose}
      />
    );
  if (published) {
    const { version, again, warnings: told } = published;
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={again ? `Version ${version.version} is already the same` : `Version ${version.version} is published`}
        description={
          again
            ? `Nothing was changed since, so no new version was made.${version.retired ? ' It is retired, so it starts no new runs: take that back in the list of versions.' : ''}`
            : 'New runs use it from now on. Runs that are open keep the version with which they started.'
        }
        footer={
          <>
            <Button onClick={onClose}>Go on drawing</Button>
            <LinkButton variant="primary" href={pages.start(version.flow)}>
              Start a run
            </LinkButton>
          </>
        }
      >
        {told.length > 0 ? (
          <ul className="list-disc pl-4 text-sm">
            {told.map(({ nodeId, message }) => (
              <li key={`${nodeId} ${message}`}>{message}</li>
            ))}
          </ul>
        ) : null}
        <p className="text-sm">
          <Link href={pages.flow(version.flow, version.version)} className="underline underline-offset-2">
            See the version and its TypeScript
          </Link>
        </p>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={
        kind === 'fix' ? `Fix the running runs of ${summary.title}` : `Publish version ${next} of ${summary.title}`
      }
      description={
        kind === 'fix'
          ? 'Every open run is replayed on the new code before it goes live.'
          : 'Its code is generated, checked and stored. Open runs are not touched.'
      }
      action={kind === 'fix' ? 'Check against the open runs' : 'Publish'}
      pending={pending}
      disabledReason={
        (newer ? `${newer.what} Take it over or replace it first.` : null) ??
        whyNot ??
        (errors > 0 ? 'The draft has errors. Correct them first.' : null) ??
        (unfitTests.length > 0 ? 'Tests no longer fit the flow. Correct or remove them first.' : null)
      }
      onSubmit={kind === 'fix' ? () => setChecking(true) : publish}
      onClose={onClose}
    >
      {errors + warnings > 0 ? (
        <p className="flex items-center justify-between gap-2 text-sm">
          <span className={errors > 0 ? 'text-fail' : 'text-ink-2'}>
            {errors > 0 ? counted(errors, 'error') : counted(warnings, 'warning')}
            {errors > 0 && warnings > 0 ? `, ${counted(warnings, 'warning')}` : ''}
          </span>
          <Button
            size="sm"
            onClick={() => {
              onClose();
              onShowProblems();
            }}
          >
            {errors + warnings === 1 ? 'Show it' : 'Show them'}
          </Button>
        </p>
      ) : null}
      {unfitTests.length > 0 ? (
        <p className="flex items-center justify-between gap-2 text-sm">
          <span className="min-w-0 text-fail wrap-anywhere">
            {`${unfitTests.length === 1 ? 'A test no longer fits' : `${unfitTests.length} tests no longer fit`} the flow: ${unfitTests.map(({ title }) => `'${title}'`).join(', ')}`}
          </span>
          <Button size="sm" onClick={showTests}>
            {unfitTests.length === 1 ? 'Show it' : 'Show them'}
          </Button>
        </p>
      ) : null}
      {fixed ? <PublishKindChoice next={next} base={fixed.base} value={kind} onChange={setKind} /> : null}
      {newer ? (
        <NewerVersion
          // Another state is another question.
          key={newer.what}
          flow={newer.flow}
          base={newer.base}
          onto={newer.onto}
          draftId={id}
          draft={draft}
          onRebased={(answer) => {
            setFresh(freshOf(answer.summary));
            setSkipped(answer.skipped);
          }}
        />
      ) : was && flow !== null && base !== null ? (
        <ChangesSummary
          title={kind === 'fix' ? `What changes in v${base}` : `What changes: v${base} to v${next}`}
          from={was}
          to={draft}
          href={pages.compare(flow, base, `draft:${id}`)}
        />
      ) : null}
      <Skipped skipped={skipped} />
      <Field label="What changed, and why" help="People see it in the list of versions.">
        <Textarea rows={3} maxLength={2_000} value={note} onChange={({ target }) => setNote(target.value)} />
      </Field>
      {failure ? <FailureBand failure={failure} placeOf={(at) => placeIn(draft, at)} /> : null}
      {failure ? (
        <DifferentTests failure={failure} tests={props.tests} onOpen={props.onOpenTest} onShow={showTests} />
      ) : null}
    </FormDialog>
  );
}
/** What is published of the flow, and which part of it the draft has. */
type Fresh = Pick<DraftSummary, 'flow' | 'base' | 'baseRevision' | 'newest' | 'liveRevision'>;
const freshOf = ({ flow, base, baseRevision, newest, liveRevision }: Fresh): Fresh => ({
  flow,
  base,
  baseRevision,
  newest,
  liveRevision,
});

/** What is published and was not seen when the draft was made; null: nothing. A fix is of its own base alone. */
function newerThan({ flow, base, baseRevision, newest, liveRevision }: Fresh, kind: PublishKind) {
  if (flow === null || base === null) return null;
  const from: Published = { version: base, revision: baseRevision };
  if (kind === 'version' && newest !== null && newest > base) {
    const onto: Published = { version: newest, revision: null };
    return { flow, base: from, onto, what: `Version ${newest} is newer.` };
  }
  if (!isRevised({ baseRevision, liveRevision })) return null;
  const onto: Published = { version: base, revision: liveRevision };
  return { flow, base: from, onto, what: `Revision ${liveRevision} is live.` };
}

/** The tests because of which the publish was refused: their problems are at '/tests/<index>'. */
function DifferentTests({
  failure,
  tests,
  onOpen,
  onShow,
}: {
  failure: AppFailure;
  tests: readonly FlowTest[];
  onOpen: (test: FlowTest) => void;
  /** Where they are corrected and removed. */
  onShow: () => void;
}) {
  const indexes = new Set((failure.problems ?? []).flatMap(({ at }) => /^\/tests\/(\d+)/.exec(at)?.[1] ?? []));
  const differ = [...indexes].flatMap((index) => tests[Number(index)] ?? []);
  if (differ.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      <Button size="sm" onClick={onShow}>
        Show the tests
      </Button>
      {differ.map((test) => (
        <Button key={test.name} size="sm" onClick={() => onOpen(test)}>
          Open &lsquo;{test.title}&rsquo; as a try
        </Button>
      ))}
    </div>
  );
}

/** A step by its title; a problem of a test names the test. */
function placeIn(draft: Draft, at: string): string | null {
  const [first = ''] = at.split('/').filter(Boolean);
  if (first === 'tests') return null;
  const node = findNode(draft, first);
  return node ? titleOf(node) : fieldAt(at);
}

const counted = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
