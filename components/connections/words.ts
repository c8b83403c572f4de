/** The words for connections and operations on screens. */
import type { CallReport, Operation } from '@/app/_contract/connections';

export const EFFECT_WORDS: Record<Operation['effect'], string> = {
  none: 'No effect',
  reversible: 'Can be undone',
  irreversible: 'Cannot be undone',
};

/** 'charge a card' → 'chargeACard'. */
export function nameFor(title: string): string {
  const words = title
    .normalize('NFKD')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word, index) =>
      index === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1)
    );
  return words
    .join('')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63);
}

/** Of a name that is made from a title: it is the first part of every call. */
const LONGEST_NAME = 40;

/** 'Billing API' → 'billing-api'. */
export function connectionNameFor(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return slug
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '');
}

/**
 * What the answer to a test says about the connection, where its status alone would mislead; null: the status says it.
 * A service that has nothing at the tested address is there all the same.
 */
export function testWords({ status }: Pick<CallReport, 'status'>): { isReached: boolean; words: string } | null {
  if (status === 404 || status === 405)
    return {
      isReached: true,
      words: 'The service answers. There is nothing at the address of the test itself, which is usual.',
    };
  if (status === 401 || status === 403)
    return { isReached: false, words: 'The service answers, and refuses the authentication of this connection.' };
  return null;
}
