/** Over a list from which a part is chosen: the search, how many are chosen, and all that were found at once. */
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/field';

/** As many as one request stores. */
export const MOST_AT_ONCE = 300;
/** Fewer are seen at a glance. */
const SEARCHED_FROM = 9;

export interface Choosing {
  search: string;
  /** Only the chosen ones are shown. */
  isNarrowed: boolean;
}

export function ChoiceBar({
  of,
  label,
  placeholder,
  choosing,
  found,
  chosen,
  onChoosing,
  onChosen,
}: {
  /** How many there are. */
  of: number;
  /** 'Search the operations' */
  label: string;
  placeholder: string;
  choosing: Choosing;
  /** The names that the search found and that can be chosen. */
  found: readonly string[];
  chosen: ReadonlySet<string>;
  onChoosing: (choosing: Choosing) => void;
  onChosen: (chosen: ReadonlySet<string>) => void;
}) {
  if (of < SEARCHED_FROM) return null;
  const { search, isNarrowed } = choosing;
  const all = new Set([...chosen, ...found]);
  return (
    <div className="flex flex-col gap-2">
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={search}
        onChange={({ target }) => onChoosing({ ...choosing, search: target.value })}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          disabledReason={
            found.length === 0
              ? 'Nothing was found.'
              : all.size > MOST_AT_ONCE
                ? `At most ${MOST_AT_ONCE} at once. Search for a part of them.`
                : null
          }
          onClick={() => onChosen(all)}
        >
          Choose {found.length === 1 ? 'the one' : `all ${found.length.toLocaleString('en')}`}
          {search.trim() === '' ? '' : ' found'}
        </Button>
        <Button
          size="sm"
          disabledReason={chosen.size === 0 ? 'Nothing is chosen.' : null}
          onClick={() => {
            onChosen(new Set());
            onChoosing({ ...choosing, isNarrowed: false });
          }}
        >
          Choose none
        </Button>
        <Button
          size="sm"
          variant="ghost"
          aria-pressed={isNarrowed}
          disabledReason={chosen.size === 0 && !isNarrowed ? 'Nothing is chosen.' : null}
          onClick={() => onChoosing({ ...choosing, isNarrowed: !isNarrowed })}
        >
          {isNarrowed ? 'Show all' : `Show the ${chosen.size} chosen`}
        </Button>
      </div>
    </div>
  );
}
