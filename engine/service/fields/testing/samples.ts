/** Values that differ from the default, for every kind of field. */
import Long from 'long';
import type { Field } from 'protobufjs';
import { enumOf, messageTypeOf } from '../reflect';

const JSON_PAYLOAD = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"sample"') };
const LINK = {
  workflowEvent: {
    namespace: 'default',
    workflowId: 'elsewhere',
    runId: 'f1f7a5f5-9f4e-4f0a-8c4f-0a4a9f1f7a5f',
    eventRef: { eventId: Long.fromNumber(1), eventType: 1 },
  },
};
/** Messages whose parts depend on each other. */
const WHOLE: Record<string, object> = {
  '.temporal.api.common.v1.Payload': JSON_PAYLOAD,
  '.temporal.api.common.v1.Link': LINK,
  '.temporal.api.common.v1.Priority': { priorityKey: 2, fairnessKey: 'tenant', fairnessWeight: 1.5 },
  '.temporal.api.failure.v1.Failure': { message: 'sample', applicationFailureInfo: { type: 'Sample' } },
  '.google.protobuf.Duration': { seconds: Long.fromNumber(172_800), nanos: 0 },
};

/** A value of the field that differs from its default; of a message, one member of every oneof. */
export function sampleOf(field: Field): unknown {
  const one = sampleOfOne(field);
  if (field.map) return { sample: one };
  return field.repeated ? [one] : one;
}

function sampleOfOne(field: Field): unknown {
  const type = messageTypeOf(field);
  if (type) {
    const whole = WHOLE[type.fullName];
    if (whole) return whole;
    const first = type.fieldsArray.filter((inner) => !inner.partOf || inner.partOf.fieldsArray[0] === inner);
    return Object.fromEntries(first.map((inner) => [inner.name, sampleOf(inner)]));
  }
  if (enumOf(field)) return 1;
  switch (field.type) {
    case 'string':
      return 'sample';
    case 'bytes':
      return Buffer.from('sample');
    case 'bool':
      return true;
    case 'int64':
      return Long.fromNumber(7);
    default:
      return 7;
  }
}

/** A request that sets one field; lists on the way to it have one element. */
export function withField(path: readonly Field[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, field, index) => {
    const isLast = index === path.length - 1;
    return { [field.name]: field.repeated && !isLast ? [inner] : inner };
  }, value) as Record<string, unknown>;
}
