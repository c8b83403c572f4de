/**
 * Sessions, by better-auth: e-mail and password, cookies, rate limit of sign-ins. Its own sign-up is always disabled;
 * create-first-account.ts creates the first account.
 */
import { betterAuth, type BetterAuthPlugin } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { twoFactor } from 'better-auth/plugins';
import { z } from 'zod';
import type { PrismaClient } from '@/prisma/client/client';
import type { WebConfig } from '../config';
import { CLIENT_HEADER } from '../http/client-address';
import { trustedOrigins } from '../http/origin';
import type { Limits } from './limits';

export type Auth = ReturnType<typeof createAuth>;

const SESSION_S = 7 * 24 * 60 * 60;
const TRUST_S = 30 * 24 * 60 * 60;
/** Maximum of sign-in attempts for each address and window. */
export const SIGN_IN_LIMIT = { windowS: 60, max: 10 };

/** A session for somebody whom we have recognised ourselves (passkeys.ts, sign-in-by-provider.ts). It has no address. */
const ownSessions = {
  id: 'own-sessions',
  endpoints: {
    beginSession: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ personId: z.string(), via: z.enum(['passkey', 'provider']) }) },
      async (call) => {
        const { internalAdapter } = call.context;
        const user = await internalAdapter.findUserById(call.body.personId);
        if (!user) throw call.error('NOT_FOUND');
        const session = await internalAdapter.createSession(user.id, undefined, { via: call.body.via });
        await setSessionCookie(call, { session, user });
        return call.json({ ok: true });
      }
    ),
  },
} satisfies BetterAuthPlugin;

export function createAuth(config: WebConfig, database: PrismaClient, limits: Limits) {
  return betterAuth({
    appName: 'Backstitch',
    baseURL: config.webUrl.origin,
    basePath: '/api/auth',
    secret: config.authSecret,
    database: prismaAdapter(database, { provider: 'postgresql' }),
    trustedOrigins: (request) => trustedOrigins(config, request?.headers.get('host') ?? null),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    session: {
      expiresIn: SESSION_S,
      updateAge: 24 * 60 * 60,
      additionalFields: { via: { type: 'string', required: false, input: false } },
    },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: SIGN_IN_LIMIT.windowS, max: SIGN_IN_LIMIT.max },
        // sign-in-code.ts has its own.
        '/two-factor/*': false,
      },
      customStorage: limits,
    },
    advanced: {
      useSecureCookies: config.webUrl.protocol === 'https:',
      cookiePrefix: 'backstitch',
      // Our own server sets this header from the socket: the caller's own headers are ignored.
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
    },
    // It asks for the second step after a password, and begins the session after it. The lock of an account is ours
    // (sign-in-code.ts): this one would lock out its owner.
    plugins: [twoFactor({ trustDeviceMaxAge: TRUST_S, accountLockout: { enabled: false } }), ownSessions],
    // A database that is away is reported as such (failure.ts), not as an error of the sign-in.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    // Errors are thrown and then logged once, with a reference.
    logger: { disabled: true },
  });
}
