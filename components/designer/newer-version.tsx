'use client';

/**
 * Somebody published since this draft was made, or a fix of its version went live: what they changed and what this
 * draft changes, side by side, and two ways on. Nothing is lost in either: the draft keeps its own changes.
 */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { RebasedDraft } from '@/app/_contract/drafts';
import type { AppFailure } from '@/app/_contract/errors';
import { pages, routes } from '@/app/_contract/routes';
import { ChangesSummary, useVersionDraft } from '@/components/compare/changes-summary';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { newId } from '@/components/live/request-id';
import { Button } from '@/components/ui/button';
import type { Draft } from '@/engine/flow/edit/draft';

/** A version with the revision of it that is meant; null: the live one. */
export interface Published {
  version: number;
  revision: string | null;
}

interface NewerVersionProps {
  flow: string;
  base: Published;
  /** The same version as `base` if another revision of it is live. */
  onto: Published;
  draftId: string;
  draft: Draft;
  /** The draft has the newest version as its base now. */
  onRebased: (answer: RebasedDraft) => void;
}

export function NewerVersion({ flow, base, onto, draftId, draft, onRebased }: NewerVersionProps) {
  const router = useRouter();
  const [gesture] = useState(newId);
  const [pending, setPending] = useState<'take' | 'keep' | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const [was, now] = [
    useVersionDraft(flow, base.version, base.revision),
    useVersionDraft(flow, onto.version, onto.revision),
  ];
  const isRevision = base.version === onto.version;
  const [from, to] = [sideOf(base, isRevision), sideOf(onto, isRevision)];
  const rebase = async (take: boolean) => {
    setPending(take ? 'take' : 'keep');
    setFailure(null);
    try {
      const answer = await postJson<RebasedDraft>(routes.rebaseDraft(draftId), {
        onto: onto.version,
        ...(onto.revision === null ? {} : { revision: onto.revision }),
        gesture,
        take,
      });
      onRebased(answer);
      router.refresh();
    } catch (error) {
      setFailure(failureFrom(error));
    } finally {
      setPending(null);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">
        {isRevision
          ? `Revision ${to} is live since this draft was made from ${from}. Look at both before you publish.`
          : `Version ${onto.version} was published since this draft was made from version ${base.version}. Look at both before you publish.`}
      </p>
      {was && now ? (
        <div className="grid gap-2">
          <ChangesSummary
            title={`What others changed: ${from} to ${to}`}
            from={was}
            to={now}
            href={pages.compare(flow, keyOf(from), keyOf(to))}
          />
          <ChangesSummary
            title={`What this draft changes: ${from} to the draft`}
            from={was}
            to={draft}
            href={pages.compare(flow, keyOf(from), `draft:${draftId}`)}
          />
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button type="button" pending={pending === 'take'} onClick={() => void rebase(true)}>
          Take over what others changed
        </Button>
        <Button type="button" variant="ghost" pending={pending === 'keep'} onClick={() => void rebase(false)}>
          Replace it with this draft
        </Button>
      </div>
      <p className="text-xs text-ink-2">
        Taking over is one edit, which can be reverted; where both changed the same, this draft keeps its own. Replacing
        changes nothing in the draft: the next version is what the draft has.
      </p>
      {failure ? <FailureBand failure={failure} /> : null}
    </div>
  );
}

/** 'v3', or 'v3.1' where it is the revision that counts. */
const sideOf = ({ version, revision }: Published, isRevision: boolean): string =>
  isRevision && revision !== null ? revision : `v${version}`;
/** As the address of a comparison names it. */
const keyOf = (side: string): string => (side.includes('.') ? side : side.slice(1));

/** What both changed: this draft keeps its own. */
export function Skipped({ skipped }: { skipped: readonly string[] }) {
  if (skipped.length === 0) return null;
  return (
    <div role="status" className="text-sm">
      <p>Not taken over, because this draft has its own content there:</p>
      <ul className="list-disc pl-4">
        {skipped.map((why) => (
          <li key={why}>{why}</li>
        ))}
      </ul>
    </div>
  );
}
