/**
 * Stack traces of workflow code with the positions in its sources: file, line and column of the generated TypeScript.
 * The frames of the library and of the host are left out.
 */
import { Buffer } from 'node:buffer';
import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';

const BUNDLE = /^workflow-[0-9a-f]{12}\.js$/;
const LIBRARY = /^temporal-workflow\.js$/;
const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;(?:charset=[^;,]+;)?base64,([A-Za-z0-9+/=]+)\s*$/;

export const bundleFilename = (bundleId: string) => `workflow-${bundleId.slice(0, 12)}.js`;

/** Of one frame, in the form of `temporal.api.sdk.v1.StackTraceFileLocation`. */
interface Location {
  file_path: string;
  function_name?: string;
  line: number;
  column: number;
  internal_code: false;
}
/** Where the code of a run is now, without the frames of the library and of the host. */
export interface CodePlace {
  /** '' outside of the code of a run. */
  formatted: string;
  /** JSON of `Location[]`. */
  locations: string;
  /** The function of Promise that is executed now: 'all', 'race', …; null for none. */
  aggregator: string | null;
}

/** Of errors of this thread. The library has a dozen frames between the code of a run and a promise. */
const DEEPEST = 60;
const AGGREGATORS: ReadonlySet<string | null> = new Set(['all', 'race', 'any', 'allSettled']);

export class SourceStacks {
  /** The frames of the last error, if `here` waits for them. */
  #sites: NodeJS.CallSite[] | null = null;
  #isAsked = false;
  readonly #code = new Map<string, string>();
  readonly #maps = new Map<string, SourceMap | null>();

  add(bundleId: string, code: string): void {
    this.#code.set(bundleFilename(bundleId), code);
  }
  remove(bundleId: string): void {
    this.#code.delete(bundleFilename(bundleId));
    this.#maps.delete(bundleFilename(bundleId));
  }

  /**
   * This applies to the whole thread: V8 calls the function when the stack of an error is first read, whatever realm
   * the error belongs to.
   */
  install(): void {
    Error.prepareStackTrace = (error, sites) => {
      if (!this.#isAsked) return `${headline(error)}${this.#lines(sites).join('')}`;
      this.#sites = sites;
      return '';
    };
    Error.stackTraceLimit = DEEPEST;
  }

  here(): CodePlace {
    this.#isAsked = true;
    try {
      void new Error().stack;
    } finally {
      this.#isAsked = false;
    }
    const sites = this.#sites ?? [];
    this.#sites = null;
    const own = sites.filter((site) => BUNDLE.test(site.getFileName() ?? ''));
    // Functions of the language have no file. The first ones are those that made the promise.
    const native = sites.find((site) => !site.getFileName() && AGGREGATORS.has(site.getFunctionName()));
    const locations = own.map((site): Location => {
      const { file, line, column } = this.#place(site) ?? rawPlace(site);
      const name = site.getFunctionName();
      return { file_path: file, ...(name ? { function_name: name } : {}), line, column, internal_code: false };
    });
    return {
      formatted: own.map((site) => `    at ${this.#site(site)}`).join('\n'),
      locations: JSON.stringify(locations),
      aggregator: native?.getFunctionName() ?? null,
    };
  }

  #lines(sites: NodeJS.CallSite[]): string[] {
    const within = (file: RegExp) => sites.filter((site) => file.test(site.getFileName() ?? ''));
    const shown = [within(BUNDLE), within(LIBRARY), sites].find((some) => some.length > 0) ?? [];
    return shown.map((site) => `\n    at ${this.#site(site)}`);
  }

  #site(site: NodeJS.CallSite): string {
    const found = this.#place(site);
    if (!found) return String(site);
    const place = `${found.file}:${found.line}:${found.column}`;
    const name = `${site.isAsync() ? 'async ' : ''}${site.getFunctionName() ?? ''}`.trim();
    return name ? `${name} (${place})` : place;
  }

  /** In the sources; null where they are not known. */
  #place(site: NodeJS.CallSite): { file: string; line: number; column: number } | null {
    const { file, line, column } = rawPlace(site);
    const entry = (line > 0 && this.#map(file)?.findEntry(line - 1, column - 1)) as Partial<SourceMapping> | undefined;
    if (!entry?.originalSource || entry.originalLine === undefined || entry.originalColumn === undefined) return null;
    return { file: readable(entry.originalSource), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }

  #map(file: string): SourceMap | null {
    const known = this.#maps.get(file);
    if (known !== undefined) return known;
    const encoded = INLINE_MAP.exec(this.#code.get(file) ?? '')?.[1];
    const map = encoded
      ? new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()) as SourceMapPayload)
      : null;
    this.#maps.set(file, map);
    return map;
  }
}

const rawPlace = (site: NodeJS.CallSite) => {
  return { file: site.getFileName() ?? '', line: site.getLineNumber() ?? 0, column: site.getColumnNumber() ?? 0 };
};

/** esbuild writes 'memory:workflow.ts' for a module that is not a file. */
const readable = (source: string) => source.replace(/^memory:/, '');

function headline(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
