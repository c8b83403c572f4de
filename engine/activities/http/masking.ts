/**
 * Removes secrets from texts that people read: failures and log lines. Outputs are data for later steps and are never
 * changed: if a service returns a secret, its answer is passed on unchanged.
 *
 * Rules
 * [MSK1] A secret is found as it is, without the scheme of its header, inside JSON, HTML and a URL, in hexadecimal
 *        digits, and in base64, also in the middle of a longer text that was encoded as a whole.
 */

const MASK = '•••';
/** The maximum number of secrets that are kept: those that were read last. */
const MOST_REMEMBERED = 500;
/** A shorter part of a text in base64 or in hexadecimal digits could be a part of anything. */
const SHORTEST_ENCODED = 8;

export class Masking {
  /** Secret → the texts in which it is found. */
  readonly #texts = new Map<string, readonly string[]>();

  /** `value`: the text that is sent, such as 'Bearer xyz'. */
  remember(value: string): void {
    const texts = this.#texts.get(value) ?? secretTexts(value);
    this.#texts.delete(value);
    this.#texts.set(value, texts);
    for (const oldest of this.#texts.keys()) if (this.#texts.size > MOST_REMEMBERED) this.#texts.delete(oldest);
  }

  /** The longest comes first, so that no part of it remains if it contains another secret. */
  hide(text: string): string {
    const longestFirst = [...this.#texts.values()].flat().sort((a, b) => b.length - a.length);
    return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  }
}

/** [MSK1] */
function secretTexts(value: string): string[] {
  const whole = value.trim();
  // 'Bearer' is not secret. In a password of two words, both are.
  const [, credentials = whole] = /^[A-Za-z][\w-]*\s+(\S+)$/.exec(whole) ?? [];
  const found = [...new Set([whole, credentials])].filter((text) => text !== '').flatMap(notations);
  return [...new Set(found)];
}

function notations(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  const strictUrl = url.replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strictUrl.replaceAll('%20', '+');
  const lower = (encoded: string) => encoded.replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase());
  const bytes = Buffer.from(text);
  const encoded = [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...inBase64(bytes)];
  return [
    text,
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    url,
    strictUrl,
    form,
    lower(url),
    lower(strictUrl),
    lower(form),
    ...encoded.filter((each) => each.length >= SHORTEST_ENCODED),
  ];
}

/** Three bytes are four characters, so there are three ways in which a text can be inside an encoded one. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const around = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last character also depend on what is beside the text.
    const first = before === 0 ? 0 : before + 1;
    const last = (before + bytes.length) % 3 === 0 ? around.length : around.length - 1;
    const inner = around.slice(first, last);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
