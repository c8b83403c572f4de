/**
 * The codes of an authenticator app (RFC 6238) and the recovery codes in its place.
 *
 * Invariants: the secret and the recovery codes are stored encrypted, in the format of better-auth, which reads them
 * too; a code of the app is accepted once, and no older one after it.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { Secret, TOTP } from 'otpauth';
import type { NewSecondFactor } from '@/app/_contract/account';
import { readJson } from '@/engine/flow/values/json';
import type { Prisma, TwoFactor } from '@/prisma/client/client';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { forgetTrusted } from './trusted-browsers';

type Store = Pick<Web, 'auth' | 'database'>;

/** A clock that is a minute wrong is accepted: 30 s are a period. */
const PERIODS_WRONG_MOST = 2;
const RECOVERY_CODES = 10;
/** Without letters and digits that look like others. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

const appOf = (secret: string, email = '') =>
  new TOTP({ issuer: 'Backstitch', label: email, secret: Secret.fromUTF8(secret) });

/** A new app and new recovery codes, in place of those that were prepared and never turned on. */
export async function prepareApp(web: Store, person: { id: string; email: string }): Promise<NewSecondFactor> {
  const secret = randomBytes(15).toString('base64url');
  const recoveryCodes = newRecoveryCodes();
  const [sealedSecret, sealedCodes] = [await seal(web, secret), await seal(web, JSON.stringify(recoveryCodes))];
  const prepared = await web.database.$executeRaw`
    INSERT INTO app.two_factor (id, user_id, secret, backup_codes)
    VALUES (${randomUUID()}, ${person.id}, ${sealedSecret}, ${sealedCodes})
    ON CONFLICT (user_id) DO UPDATE
    SET secret = excluded.secret, backup_codes = excluded.backup_codes, last_step = NULL
    WHERE NOT two_factor.verified`;
  if (prepared === 0) throw isOn();
  const app = appOf(secret, person.email);
  return { uri: app.toString(), key: app.secret.base32, recoveryCodes };
}

/**
 * Uses up a code of the app. Returns the code of this moment, which better-auth accepts. Throws `wrongCode`, and
 * `refused` if there is no app in this state.
 */
export async function useAppCode(
  web: Store,
  personId: string,
  code: string,
  { verified }: { verified: boolean }
): Promise<string> {
  const row = await web.database.twoFactor.findUnique({ where: { userId: personId } });
  if (row?.verified !== verified) throw verified ? isOff() : row ? isOn() : isOff();
  const app = appOf(await open(web, row.secret));
  const timestamp = Date.now();
  const wrongBy = app.validate({ token: code, window: PERIODS_WRONG_MOST, timestamp });
  if (wrongBy === null) throw new Refusal('wrongCode', 'This code is not the one that the app shows.');
  const step = app.counter({ timestamp }) + wrongBy;
  const { count } = await web.database.twoFactor.updateMany({
    where: { id: row.id, secret: row.secret, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
    data: { lastStep: step },
  });
  if (count === 0) throw new Refusal('wrongCode', 'This code was used already. Wait until the app shows the next one.');
  return app.generate();
}

export async function replaceRecoveryCodes(web: Store, personId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  const backupCodes = await seal(web, JSON.stringify(codes));
  const { count } = await web.database.twoFactor.updateMany({
    where: { userId: personId, verified: true },
    data: { backupCodes },
  });
  if (count === 0) throw isOff();
  return codes;
}

export async function countRecoveryCodes(web: Store, { backupCodes }: Pick<TwoFactor, 'backupCodes'>): Promise<number> {
  return (readJson(await open(web, backupCodes)) as string[]).length;
}

/** From then on the password is enough. False: it was already. */
export async function removeApp(transaction: Prisma.TransactionClient, personId: string): Promise<boolean> {
  const { count } = await transaction.twoFactor.deleteMany({ where: { userId: personId, verified: true } });
  await transaction.user.update({ where: { id: personId }, data: { twoFactorEnabled: false } });
  await forgetTrusted(transaction, personId);
  return count > 0;
}

export const isOff = () => new Refusal('refused', 'The second factor is not turned on. Nothing was changed.');
const isOn = () => new Refusal('refused', 'The second factor is turned on already. Nothing was changed.');

const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, () => `${letters()}-${letters()}`);
const letters = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

const seal = async ({ auth }: Store, data: string) =>
  symmetricEncrypt({ key: (await auth.$context).secretConfig, data });
const open = async ({ auth }: Store, data: string) =>
  symmetricDecrypt({ key: (await auth.$context).secretConfig, data });
