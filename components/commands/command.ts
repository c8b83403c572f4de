/** What the command menu lists, and what of it a search finds. Pure. */
import type { LucideIcon } from 'lucide-react';
import { grouped } from '@/components/ui/fair-share';
import { searchScore } from '@/components/ui/search-score';

export interface Command {
  /** Unique among all that is listed. */
  id: string;
  /** The heading under which it is listed. */
  group: string;
  title: string;
  /** After the title, in grey. */
  says?: string;
  icon?: LucideIcon;
  /** 'Mod' is ⌘ on a Mac, Ctrl elsewhere. */
  keys?: readonly string[];
  /** Further words by which it is found. */
  words?: readonly string[];
  /** Why it cannot be done now. It is listed for who searches for it, with this. */
  whyNot?: string | null;
  /** What is said if it is no longer listed when it is to run: what it was about is gone. */
  whenGone?: string;
  danger?: boolean;
  /** Listed for who searches for it only: one of very many. */
  isOneOfMany?: boolean;
  run: () => void;
}

/** As many of one group as can be looked over. */
const MOST_OF_A_GROUP = 8;

/**
 * [CMD1] Without a search: what can be done now, as it was given. [CMD2] With one: what it finds, the best match first,
 * and what cannot be done behind what can.
 */
export function offeredCommands(commands: readonly Command[], search: string): [string, Command[]][] {
  if (search.trim() === '')
    return grouped(
      commands.filter(({ whyNot, isOneOfMany }) => !whyNot && !isOneOfMany),
      groupOf
    );
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command, search) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const found = scored.map(({ command }) => command);
  return grouped(found, groupOf).map(([group, list]) => [group, list.slice(0, MOST_OF_A_GROUP)]);
}

const groupOf = ({ group }: Command) => group;

function scoreOf({ title, says, words = [], whyNot, group }: Command, search: string): number {
  const score = searchScore(search, [title, ...words, says ?? '', group]);
  return whyNot ? score / 10 : score;
}
