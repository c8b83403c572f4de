/**
 * [SCD1] A spec is described with both ends and the step of every range, as by a Temporal server (`CleanSpec` in
 * service/worker/scheduler/spec.go).
 */
import { FIELD_NAMES, type Spec, type StructuredCalendar } from './calendar';

/** `spec`: as `canonicalSpec` returns it. */
export function describedSpec(spec: Spec): Spec {
  return {
    ...spec,
    structuredCalendar: spec.structuredCalendar?.map(described) ?? [],
    excludeStructuredCalendar: spec.excludeStructuredCalendar?.map(described) ?? [],
  };
}

function described(calendar: StructuredCalendar): StructuredCalendar {
  const fields = FIELD_NAMES.map((name) => [
    name,
    calendar[name]?.map(({ start, end, step }) => ({
      start: start ?? 0,
      end: Math.max(end ?? 0, start ?? 0),
      step: step || 1,
    })),
  ]);
  return { ...calendar, ...(Object.fromEntries(fields) as StructuredCalendar) };
}
