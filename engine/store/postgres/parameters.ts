/**
 * The parameters of a statement that sends rows by column through `unnest`. A column of bytes is sent as one binary value
 * with offsets, so that neither side must encode it.
 */
/** Rows of bytes as one value, with the start (from 1) and the length of each row. */
interface Bytes {
  all: Buffer;
  offsets: number[];
  lengths: number[];
}

function joinBytes(rows: readonly Uint8Array[]): Bytes {
  const offsets: number[] = [];
  const lengths: number[] = [];
  let offset = 1;
  for (const row of rows) {
    offsets.push(offset);
    lengths.push(row.length);
    offset += row.length;
  }
  return { all: Buffer.concat(rows), offsets, lengths };
}

/** Collects the parameters while the text is built, so that text and parameters always match. */
export class Parameters {
  readonly values: unknown[] = [];
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
  /** The expression for the bytes of row d. */
  bytes(rows: readonly Uint8Array[], name: string): { columns: string; names: string; slice: string } {
    const { all, offsets, lengths } = joinBytes(rows);
    const value = this.add(all, 'bytea');
    return {
      columns: `${this.add(offsets, 'int[]')}, ${this.add(lengths, 'int[]')}`,
      names: `${name}_offset, ${name}_length`,
      slice: `substring(${value} from d.${name}_offset for d.${name}_length)`,
    };
  }
}
