/**
 * Removes secrets from texts that people read: failures and log lines. Outputs are data for later steps and are never
 * changed: if a service returns a secret, its answer is passed on unchanged.
 */

const MASK = '•••';
/** The maximum number of secrets that are kept: those that were read last. */
const MOST_REMEMBERED = 1_000;

export class Masking {
  readonly #texts = new Set<string>();

  /** `value`: the text that is sent, such as 'Bearer xyz'. */
  remember(value: string): void {
    for (const text of secretTexts(value)) {
      this.#texts.delete(text);
      this.#texts.add(text);
    }
    for (const text of this.#texts) if (this.#texts.size > MOST_REMEMBERED) this.#texts.delete(text);
  }

  /** The longest comes first, so that no part of it remains if it contains another secret. */
  hide(text: string): string {
    const longestFirst = [...this.#texts].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  }
}

/** The secret without the scheme of its header ('Bearer' is not secret), as text, inside JSON and inside a URL. */
function secretTexts(value: string): string[] {
  const [, credentials = value] = /^[A-Za-z][\w-]*\s+(\S+)$/.exec(value.trim()) ?? [];
  if (credentials === '') return [];
  return [credentials, JSON.stringify(credentials).slice(1, -1), encodeURIComponent(credentials)];
}
