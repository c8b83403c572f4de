/** URL of the URL standard: the parts are kept here as strings, and the host parses. */
import { bridge } from './bridge';
import { paramsOf, takeQuery, type URLSearchParams } from './url-search-params';

interface Parts {
  href: string;
  origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

function parse(url: unknown, base: unknown): Parts | null {
  const parts = bridge.parseUrl(String(url), base === undefined ? undefined : String(base));
  return parts === '' ? null : (JSON.parse(parts) as Parts);
}

function parseOrThrow(url: unknown, base?: unknown): Parts {
  const parts = parse(url, base);
  if (parts) return parts;
  throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(url) });
}

export class URL {
  #parts: Parts;
  #params: URLSearchParams | undefined;

  constructor(url: unknown, base?: unknown) {
    this.#parts = parseOrThrow(url, base);
  }
  static canParse(url: unknown, base?: unknown): boolean {
    return parse(url, base) !== null;
  }

  get href(): string {
    return this.#parts.href;
  }
  set href(value: string) {
    this.#parts = parseOrThrow(value);
    this.#params?.[takeQuery](this.#parts.search);
  }
  get origin(): string {
    return this.#parts.origin;
  }
  get protocol(): string {
    return this.#parts.protocol;
  }
  set protocol(value: string) {
    this.#change('protocol', value);
  }
  get username(): string {
    return this.#parts.username;
  }
  set username(value: string) {
    this.#change('username', value);
  }
  get password(): string {
    return this.#parts.password;
  }
  set password(value: string) {
    this.#change('password', value);
  }
  get host(): string {
    return this.#parts.host;
  }
  set host(value: string) {
    this.#change('host', value);
  }
  get hostname(): string {
    return this.#parts.hostname;
  }
  set hostname(value: string) {
    this.#change('hostname', value);
  }
  get port(): string {
    return this.#parts.port;
  }
  set port(value: string) {
    this.#change('port', value);
  }
  get pathname(): string {
    return this.#parts.pathname;
  }
  set pathname(value: string) {
    this.#change('pathname', value);
  }
  get search(): string {
    return this.#parts.search;
  }
  set search(value: string) {
    this.#change('search', value);
    this.#params?.[takeQuery](this.#parts.search);
  }
  get searchParams(): URLSearchParams {
    this.#params ??= paramsOf(this.#parts.search, (query) => this.#change('search', query));
    return this.#params;
  }
  get hash(): string {
    return this.#parts.hash;
  }
  set hash(value: string) {
    this.#change('hash', value);
  }
  toString(): string {
    return this.#parts.href;
  }
  toJSON(): string {
    return this.#parts.href;
  }
  get [Symbol.toStringTag](): string {
    return 'URL';
  }

  #change(part: keyof Parts, value: unknown): void {
    this.#parts = JSON.parse(bridge.changeUrl(this.#parts.href, part, String(value))) as Parts;
  }
}
