/** Sends spans by the official exporter of OpenTelemetry, which reads its settings (OTEL_EXPORTER_OTLP_…) from the environment. */
import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span } from './spans';
import type { Taken } from './trace-exporter';

const NAME = 'backstitch';
const STATUS = { ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR, unset: SpanStatusCode.UNSET } as const;
/** Answers after which the same spans would be refused again; of these, authentication is not: somebody mends it. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

export interface OtlpSender {
  send(spans: readonly Span[]): Promise<Taken>;
  close(): Promise<void>;
}

export function openOtlp(options: { serviceName: string; version: string }): OtlpSender {
  const exporter = new OTLPTraceExporter();
  const resource = resourceFromAttributes({ 'service.name': options.serviceName, 'service.version': options.version });
  const readable = (span: Span): ReadableSpan => ({
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(span.traceId, span.spanId),
    parentSpanContext: span.parentSpanId === null ? undefined : contextOf(span.traceId, span.parentSpanId),
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    duration: hrTime(Math.max(0, span.endMs - span.startMs)),
    status: { code: STATUS[span.status] },
    attributes: span.attributes,
    links: span.links.map(({ traceId, spanId, attributes }) => ({ context: contextOf(traceId, spanId), attributes })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: NAME, version: options.version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
  return {
    send: (spans) =>
      new Promise((resolve) =>
        exporter.export(spans.map(readable), ({ code, error }) => {
          if (code === 0) return resolve('taken');
          const status = (error as { code?: unknown } | undefined)?.code;
          resolve(typeof status === 'number' && REFUSED.has(status) ? 'refused' : 'away');
        })
      ),
    close: () => exporter.shutdown(),
  };
}

const contextOf = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
