/**
 * A device with passkeys, as far as a server sees it: it makes keys for a host, counts their uses, and signs what the
 * browser hands to it (WebAuthn, ES256, no attestation).
 */
import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export interface Asked {
  challenge: string;
}
interface Held {
  id: Buffer;
  key: KeyObject;
  uses: number;
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_KEY = 0x40;

export class Device {
  held: Held | null = null;
  /** False: whoever holds the device was not checked. */
  verifies = true;

  constructor(
    private readonly host: string,
    private readonly origin: string
  ) {}

  /** The answer to `startRegistration`. */
  make({ challenge }: Asked): { id: string } & Record<string, unknown> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.held = { id: randomBytes(32), key: privateKey, uses: 0 };
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const cose = Buffer.concat([
      // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, 'base64url'),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, 'base64url'),
    ]);
    const { id } = this.held;
    const key = Buffer.concat([Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 0xff]), id, cose]);
    const data = Buffer.concat([this.#head(HAS_KEY), key]);
    // {fmt: 'none', attStmt: {}, authData: data}
    const attestation = Buffer.concat([
      Buffer.from([0xa3, 0x63]),
      Buffer.from('fmt'),
      Buffer.from([0x64]),
      Buffer.from('none'),
      Buffer.from([0x67]),
      Buffer.from('attStmt'),
      Buffer.from([0xa0, 0x68]),
      Buffer.from('authData'),
      Buffer.from([0x58, data.length]),
      data,
    ]);
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** The answer to `startAuthentication`. */
  sign({ challenge }: Asked): { id: string } & Record<string, unknown> {
    if (!this.held) throw new Error('this device has no passkey');
    this.held.uses += 1;
    const client = this.#clientData('webauthn.get', challenge);
    const data = this.#head(0);
    const signature = createSign('sha256')
      .update(Buffer.concat([data, sha256(client)]))
      .sign(this.held.key);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  #answer(response: Record<string, unknown>) {
    const id = this.held?.id.toString('base64url') ?? '';
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  #head(more: number): Buffer {
    const uses = Buffer.alloc(4);
    uses.writeUInt32BE(this.held?.uses ?? 0);
    const flags = USER_PRESENT | (this.verifies ? USER_VERIFIED : 0) | more;
    return Buffer.concat([sha256(this.host), Buffer.from([flags]), uses]);
  }
}
