/**
 * Varints, strings and byte strings, written to and read from one buffer. Numbers are safe integers and not negative.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ByteWriter {
  private bytes = new Uint8Array(256);
  private at = 0;

  private room(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  number(value: number): this {
    this.room(8);
    while (value > 127) {
      this.bytes[this.at++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    this.bytes[this.at++] = value;
    return this;
  }

  raw(value: Uint8Array): this {
    this.room(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
    return this;
  }

  /** With its length; null differs from empty. */
  block(value: Uint8Array | null): this {
    return value === null ? this.number(0) : this.number(value.length + 1).raw(value);
  }

  text(value: string): this {
    return this.block(encoder.encode(value));
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }
}

export class ByteReader {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error('side state ends in the middle of a value');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  raw(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new Error('side state ends in the middle of a value');
    const value = this.bytes.slice(this.at, this.at + length);
    this.at += length;
    return value;
  }

  block(): Uint8Array | null {
    const length = this.number();
    return length === 0 ? null : this.raw(length - 1);
  }

  text(): string {
    return decoder.decode(this.block() ?? new Uint8Array());
  }
}
