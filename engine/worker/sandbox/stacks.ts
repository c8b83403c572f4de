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

export class SourceStacks {
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
    Error.prepareStackTrace = (error, sites) => `${headline(error)}${this.#lines(sites).join('')}`;
  }

  #lines(sites: NodeJS.CallSite[]): string[] {
    const within = (file: RegExp) => sites.filter((site) => file.test(site.getFileName() ?? ''));
    const shown = [within(BUNDLE), within(LIBRARY), sites].find((some) => some.length > 0) ?? [];
    return shown.map((site) => `\n    at ${this.#site(site)}`);
  }

  #site(site: NodeJS.CallSite): string {
    const file = site.getFileName() ?? '';
    const [line, column] = [site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0];
    const entry = (line > 0 && this.#map(file)?.findEntry(line - 1, column - 1)) as Partial<SourceMapping> | undefined;
    if (!entry?.originalSource || entry.originalLine === undefined || entry.originalColumn === undefined)
      return String(site);
    const place = `${readable(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    const name = `${site.isAsync() ? 'async ' : ''}${site.getFunctionName() ?? ''}`.trim();
    return name ? `${name} (${place})` : place;
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

/** esbuild writes 'memory:workflow.ts' for a module that is not a file. */
const readable = (source: string) => source.replace(/^memory:/, '');

function headline(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
