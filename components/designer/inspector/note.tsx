'use client';

/** What people write for each other about a step: Markdown, and how it reads. */
import { lazy, Suspense } from 'react';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { Section } from './fields/section';
import { plainText, TextField } from './fields/text-field';

/** Its library is loaded when a note is shown. */
const MarkdownText = lazy(() => import('@/components/ui/markdown'));

export function NoteSection({ node }: { node: DraftNode }) {
  const text = plainText(node.fields.note);
  return (
    // A note that is there is shown to those who read the flow, on a phone too.
    <Section title="Note" open={text !== ''} summary={text || 'None'} of={{ node: node.id, fields: ['note'] }}>
      <TextField
        label="Note"
        isTitled
        place={{ target: { node: node.id }, path: ['note'] }}
        optional
        long
        help="For people who read the flow. Markdown: **bold**, - list, [text](https://…)."
      />
      {text.trim() === '' ? null : (
        <div role="group" aria-label="How the note reads" className="rounded-md bg-sunken px-3 py-2">
          <Suspense fallback={<p className="text-sm whitespace-pre-wrap">{text}</p>}>
            <MarkdownText text={text} />
          </Suspense>
        </div>
      )}
    </Section>
  );
}
