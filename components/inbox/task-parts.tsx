import { SchemaValue } from '@/components/ui/schema-value';
import { fieldsOf } from '@/engine/run-view/fields';
import type { primaryOf } from './shown-data';

/** The value that a decision is about, in large figures. Nothing where the schema names none. */
export function PrimaryValue({ primary, data }: { primary: ReturnType<typeof primaryOf>; data: unknown }) {
  if (!primary) return null;
  return (
    <p>
      <span className="sr-only">{primary.label}: </span>
      <SchemaValue
        value={primary.value}
        schema={primary.schema}
        siblings={fieldsOf(data)}
        className="text-2xl font-semibold"
      />
    </p>
  );
}

/** The comment, as it will be sent. */
export function YourComment({ comment }: { comment: string }) {
  return (
    <section aria-label="Your comment">
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">Your comment</h3>
      <p className="max-h-40 overflow-auto text-sm break-words whitespace-pre-wrap">
        {comment || <span className="text-ink-2">none</span>}
      </p>
    </section>
  );
}
