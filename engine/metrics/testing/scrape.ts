/**
 * A scrape, read by the grammar of the exposition format (version 0.0.4), and held against the conventions of Prometheus.
 * Stricter than Prometheus: it throws at whatever the grammar has not, so that a test fails on it. The parsers on npm lose
 * the labels of histograms.
 */
type Labels = Readonly<Record<string, string>>;
type Type = 'counter' | 'gauge' | 'histogram' | 'summary';

interface Family {
  type: Type;
  help: string;
  samples: { name: string; labels: Labels; value: number }[];
}

const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
/** Prometheus reads numbers as Go does, in any case. */
const NUMBER = /^(nan|[+-]?inf|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/i;
/** What a sample of a family may have after its name. */
const SUFFIXES: Record<Type, readonly string[]> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

export class Scrape {
  readonly families = new Map<string, Family>();

  /** Throws at a line that is not of the format. */
  constructor(readonly text: string) {
    if (!text.endsWith('\n')) throw new Error('the last line has no end');
    let open: { name: string; family: Family } | null = null;
    const helps = new Map<string, string>();
    for (const line of text.split('\n')) {
      const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
      if (line === '' || (line.startsWith('#') && !kind)) continue;
      if (kind === 'HELP') helps.set(name, rest);
      else if (kind === 'TYPE') {
        if (this.families.has(name)) throw new Error(`${name} comes twice`);
        if (!(rest in SUFFIXES)) throw new Error(`${name} has no type: ${rest}`);
        open = { name, family: { type: rest as Type, help: helps.get(name) ?? '', samples: [] } };
        this.families.set(name, open.family);
      } else {
        const sample = sampleOf(line);
        const isOwn = open && SUFFIXES[open.family.type].some((suffix) => sample.name === `${open?.name}${suffix}`);
        if (!open || !isOwn) throw new Error(`not in its family: ${line}`);
        open.family.samples.push(sample);
      }
    }
  }

  /** Of a counter or a gauge; undefined if there is no such series. */
  value(name: string, labels: Labels = {}): number | undefined {
    return this.#sample(name, name, labels);
  }

  histogram(family: string, labels: Labels = {}): { count: number; sum: number; buckets: Labels } | undefined {
    const count = this.#sample(family, `${family}_count`, labels);
    const sum = this.#sample(family, `${family}_sum`, labels);
    if (count === undefined || sum === undefined) return undefined;
    const own = Object.entries(labels);
    const buckets = this.#samples(family).flatMap(({ name, labels: { le, ...rest }, value }) =>
      name.endsWith('_bucket') && le && own.every(([label, of]) => rest[label] === of) ? [[le, String(value)]] : []
    );
    return { count, sum, buckets: Object.fromEntries(buckets) as Labels };
  }

  /** The values that a label has. */
  labels(family: string, label: string): string[] {
    return [...new Set(this.#samples(family).flatMap(({ labels }) => labels[label] ?? []))].sort();
  }

  /** What breaks a convention or an invariant: names, units, series that come twice, histograms that fall. */
  faults(): string[] {
    return [...this.families].flatMap(([name, { type, help, samples }]) => {
      const keys = samples.map((each) => `${each.name} ${JSON.stringify(each.labels)}`);
      const first = new Map([...keys.entries()].reverse().map(([at, key]) => [key, at]));
      const isOurs = name.startsWith('backstitch_');
      return [
        ...(help ? [] : [`${name}: no help`]),
        ...keys.filter((key, at) => first.get(key) !== at).map((key) => `${key}: twice`),
        ...(isOurs && (type === 'counter') !== name.endsWith('_total')
          ? [`${name}: only counters end with _total`]
          : []),
        ...(isOurs && /(_ms|_millis|_minutes|_bytes_total)(_|$)/.test(name) ? [`${name}: not a base unit`] : []),
        ...(type === 'histogram' ? this.#histogramFaults(name) : []),
      ];
    });
  }

  #histogramFaults(family: string): string[] {
    const counts = this.#samples(family).filter(({ name }) => name === `${family}_count`);
    return counts.flatMap(({ labels, value }) => {
      const buckets = Object.entries(this.histogram(family, labels)?.buckets ?? {}).map(([le, count]) => ({
        le: le === '+Inf' ? Infinity : Number(le),
        count: Number(count),
      }));
      buckets.sort((one, other) => one.le - other.le);
      const falls = buckets.some(({ count }, at) => count < (buckets[at - 1]?.count ?? 0));
      const last = buckets.at(-1);
      return falls || last?.le !== Infinity || last.count !== value
        ? [`${family} ${JSON.stringify(labels)}: buckets`]
        : [];
    });
  }

  #samples(family: string): Family['samples'] {
    return this.families.get(family)?.samples ?? [];
  }

  #sample(family: string, name: string, labels: Labels): number | undefined {
    const wanted = Object.entries(labels);
    return this.#samples(family).find(
      (each) =>
        each.name === name &&
        Object.keys(each.labels).length === wanted.length &&
        wanted.every(([label, value]) => each.labels[label] === value)
    )?.value;
  }
}

function sampleOf(line: string): Family['samples'][number] {
  const [, name, within = '', number = ''] = SAMPLE.exec(line) ?? [];
  if (!name || !NUMBER.test(number)) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = within; rest !== '';) {
    const [whole, label, value = ''] = LABEL.exec(rest) ?? [];
    if (whole === undefined || label === undefined || label in labels) throw new Error(`not a label: ${line}`);
    labels[label] = value.replace(/\\(["\\n])/g, (_, each: string) => (each === 'n' ? '\n' : each));
    rest = rest.slice(whole.length);
  }
  const infinite = /^([+-]?)inf$/i.exec(number);
  return { name, labels, value: infinite ? (infinite[1] === '-' ? -Infinity : Infinity) : Number(number) };
}
