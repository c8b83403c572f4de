'use client';

import { TriangleAlert } from 'lucide-react';
import type { InboxTask } from '@/app/_contract/inbox';
import { Button } from '@/components/ui/button';
import { SchemaValue } from '@/components/ui/schema-value';
import { fieldsOf } from '@/engine/run-view/fields';
import { changesOf } from './shown-data';

/**
 * Shown when the data of a task has changed: each changed field with its old and new value. A decision is possible
 * only after the person has confirmed that they read it.
 */
export function ChangedData({ before, task, onRead }: { before: unknown; task: InboxTask; onRead: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-lg border border-fail/40 bg-fail-tint px-4 py-3"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">The data has changed since you read it. Read it again.</p>
        <ul className="mt-1">
          {changesOf(before, task.data, task.schema).map(({ key, label, schema, before: was, after }) => (
            <li key={key}>
              {label}: <SchemaValue value={was} schema={schema} siblings={fieldsOf(before)} /> →{' '}
              <SchemaValue value={after} schema={schema} siblings={fieldsOf(task.data)} className="font-medium" />
            </li>
          ))}
        </ul>
      </div>
      <Button size="sm" onClick={onRead}>
        I have read it
      </Button>
    </div>
  );
}
