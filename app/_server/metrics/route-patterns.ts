/** The pattern of the route of an address, by the table that Next's build leaves. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { readJson } from '@/engine/flow/values/json';

/** '/api/runs/[workflowId]/[runId]' for '/api/runs/order-1/…'; 'other' for what is no route. */
export type RouteOf = (pathname: string) => string;

const routeSchema = z.object({ page: z.string(), regex: z.string() });
const manifestSchema = z.object({ staticRoutes: z.array(routeSchema), dynamicRoutes: z.array(routeSchema) });

/** Without a build (in development) no pattern is known. */
export async function readRoutePatterns(folder: string): Promise<RouteOf> {
  try {
    return routeOf(readJson(await readFile(path.join(folder, 'routes-manifest.json'), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return () => 'other';
  }
}

/** Next's order: the most specific dynamic route comes first, those that take everything last. */
export function routeOf(manifest: unknown): RouteOf {
  const { staticRoutes, dynamicRoutes } = manifestSchema.parse(manifest);
  const statics = new Set(staticRoutes.map(({ page }) => page));
  const dynamics = dynamicRoutes.map(({ page, regex }) => ({ page, matches: new RegExp(regex) }));
  const known = new LRUCache<string, string>({ max: 1_000 });
  return (pathname) => {
    if (pathname.startsWith('/_next/')) return '/_next';
    const plain = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
    if (statics.has(plain)) return plain;
    const found = known.get(plain) ?? dynamics.find(({ matches }) => matches.test(plain))?.page ?? 'other';
    // Addresses that anybody makes up are not kept.
    if (plain.length <= 200) known.set(plain, found);
    return found;
  };
}
