import type { Health } from '@/app/_contract/live';
import { reading } from '@/app/_server/engine';
import { open } from '@/app/_server/http/handle';
import manifest from '@/package.json';

/** This process serves, whatever else is away. */
export const GET = open(async ({ web }) => {
  const up = (asked: Promise<unknown>) =>
    asked.then(
      () => 'up' as const,
      () => 'away' as const
    );
  const [database, engine] = await Promise.all([
    up(web.database.$queryRaw`SELECT 1`),
    up(reading(web, () => web.temporal.workflowService.getSystemInfo({}))),
  ]);
  return { ok: true, database, engine, version: manifest.version } satisfies Health;
});
