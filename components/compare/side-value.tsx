import { cn } from '@/components/ui/cn';

/** A value of one of two sides, under the name of the side. Null: it has none. */
export function SideValue({ label, words }: { label: string; words: { text: string; isCode: boolean } | null }) {
  return (
    <div className="min-w-0 rounded-md border border-hairline bg-paper">
      <p className="border-b border-hairline px-2 py-0.5 text-2xs text-ink-2">{label}</p>
      {words === null ? (
        <p className="px-2 py-1 text-xs text-ink-2">not there</p>
      ) : (
        <pre
          tabIndex={0}
          aria-label={`Value in ${label}`}
          className={cn(
            'max-h-64 overflow-auto whitespace-pre-wrap px-2 py-1 text-xs wrap-anywhere',
            words.isCode ? 'font-mono' : 'font-sans'
          )}
        >
          {words.text}
        </pre>
      )}
    </div>
  );
}
