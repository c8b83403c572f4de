/** Every schedule of the flows that somebody may see, the newest first. */
import type { ScheduleList } from '@/app/_contract/schedules';
import { may } from '@/engine/permissions/permissions';
import { reading } from '../engine';
import { demandAnywhere, type Actor } from '../people/actor';
import { rowOf, type Reader } from './read';

const MOST = 1_000;

export async function listSchedules(web: Reader, actor: Actor, flow: string | null = null): Promise<ScheduleList> {
  demandAnywhere(actor, 'schedules.list');
  const { schedules } = await reading(web, () =>
    web.temporal.workflowService.listSchedules({ namespace: web.config.namespace, maximumPageSize: MOST })
  );
  const rows = await Promise.all((schedules ?? []).map((entry) => rowOf(web, entry)));
  return {
    schedules: rows.filter((row) => may(actor, 'schedules.list', row.flow) && (flow === null || row.flow === flow)),
  };
}
