/**
 * The seed for the randomness of a run, derived as in the official core: SipHash-1-3 with zero keys over the run id
 * and a final byte 0xFF.
 */
const MASK = (1n << 64n) - 1n;
const rotate = (value: bigint, bits: bigint) => ((value << bits) | (value >> (64n - bits))) & MASK;

/** The 64-bit hash as 8 bytes, big-endian. This is the form in which the library takes its seed. */
export function randomnessSeed(originalRunId: string): number[] {
  const bytes = [...new TextEncoder().encode(originalRunId), 0xff];
  let [v0, v1, v2, v3] = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const round = () => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const absorb = (word: bigint) => {
    v3 ^= word;
    round();
    v0 ^= word;
  };
  const whole = bytes.length - (bytes.length % 8);
  const littleEndian = (part: number[]) => part.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n);
  for (let at = 0; at < whole; at += 8) absorb(littleEndian(bytes.slice(at, at + 8)));
  absorb((BigInt(bytes.length & 0xff) << 56n) | littleEndian(bytes.slice(whole)));
  v2 ^= 0xffn;
  for (let turn = 0; turn < 3; turn++) round();
  const hash = v0 ^ v1 ^ v2 ^ v3;
  return Array.from({ length: 8 }, (_, index) => Number((hash >> BigInt(56 - 8 * index)) & 0xffn));
}
