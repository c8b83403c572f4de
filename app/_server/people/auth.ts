/**
 * Sessions, by better-auth: e-mail and password, cookies, rate limit of sign-ins. Sign-up over the wire is closed for ever;
 * the first account is made by create-first-account.ts.
 */
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import type { Redis } from 'ioredis';
import type { PrismaClient } from '@/prisma/client/client';
import type { WebConfig } from '../config';
import { CLIENT_HEADER } from '../http/client-address';
import { trustedOrigins } from '../http/origin';

export type Auth = ReturnType<typeof createAuth>;

const SESSION_S = 7 * 24 * 60 * 60;
/** Tries to sign in, an address and window. */
export const SIGN_IN_LIMIT = { windowS: 60, max: 10 };

export function createAuth(config: WebConfig, database: PrismaClient, redis: Redis | null) {
  return betterAuth({
    appName: 'Backstitch',
    baseURL: config.webUrl.origin,
    basePath: '/api/auth',
    secret: config.authSecret,
    database: prismaAdapter(database, { provider: 'postgresql' }),
    trustedOrigins: (request) => trustedOrigins(config, request?.headers.get('host') ?? null),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    user: {
      additionalFields: {
        role: { type: 'string', input: false, defaultValue: 'viewer' },
        groups: { type: 'string[]', input: false, defaultValue: [] },
      },
    },
    session: { expiresIn: SESSION_S, updateAge: 24 * 60 * 60 },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: { '/sign-in/email': { window: SIGN_IN_LIMIT.windowS, max: SIGN_IN_LIMIT.max } },
      ...(redis ? { customStorage: redisLimits(redis) } : {}),
    },
    advanced: {
      useSecureCookies: config.webUrl.protocol === 'https:',
      cookiePrefix: 'backstitch',
      // Set by our own server from the socket: what a caller claims about its address counts nothing.
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
    },
    telemetry: { enabled: false },
    logger: { level: 'error' },
  });
}

/** Counts one call; the first of a window starts its clock. One step, so that calls at once cannot pass together. */
const CONSUME = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;

/** Counts shared by all web processes. */
function redisLimits(redis: Redis) {
  return {
    async consume(key: string, rule: { window: number; max: number }) {
      const answer = await redis.eval(CONSUME, 1, `backstitch:limit:${key}`, rule.window * 1_000);
      const [count, leftMs] = answer as [number, number];
      const allowed = count <= rule.max;
      return { allowed, retryAfter: allowed ? null : Math.max(1, Math.ceil(leftMs / 1_000)) };
    },
  };
}
