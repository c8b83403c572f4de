/** The words for connections and operations on screens. */
import type { Operation } from '@/app/_contract/connections';

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
