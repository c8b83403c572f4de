/** What is encrypted of a destination. */
import { symmetricDecrypt } from 'better-auth/crypto';
import { readPayload } from '@/engine/flow/values/json';
import type { AlertDestination } from '@/prisma/client/client';
import type { Web } from '../web';

export interface Sealed {
  address: string;
  /** Of a webhook what signs, of a pager its routing key. */
  secret: string;
}

/** Null if the web's secret is another one than when it was stored. */
export async function unsealed(
  { config }: Pick<Web, 'config'>,
  { sealed }: Pick<AlertDestination, 'sealed'>
): Promise<Sealed | null> {
  try {
    return readPayload(await symmetricDecrypt({ key: config.authSecret, data: sealed })) as Sealed;
  } catch {
    return null;
  }
}
