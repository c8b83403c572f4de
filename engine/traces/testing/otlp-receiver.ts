/** A receiver of traces over HTTP, which decodes what the official exporter sends (opentelemetry-proto, trace/v1). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

const PROTO = `syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
message InstrumentationScope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  repeated Link links = 13; Status status = 15;
}
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }`;
const request = protobuf.parse(PROTO).root.lookupType('ExportTraceServiceRequest');

interface RawValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
}
type RawAttributes = { key: string; value: RawValue }[];
interface RawSpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: RawAttributes;
  links: { traceId: Uint8Array; spanId: Uint8Array; attributes: RawAttributes }[];
  status: { code: number } | null;
}
interface RawRequest {
  resourceSpans: { resource: { attributes: RawAttributes }; scopeSpans: { spans: RawSpan[] }[] }[];
}

export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number | boolean>;
  links: { traceId: string; spanId: string; attributes: Record<string, string | number | boolean> }[];
  outcome: 'unset' | 'ok' | 'error';
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const attributesOf = (attributes: RawAttributes): ReceivedSpan['attributes'] =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.boolValue ??
        (value.intValue === undefined ? (value.doubleValue ?? 0) : Number(value.intValue)),
    ])
  );
const millis = (nanos: string): number => Number(BigInt(nanos) / 1_000_000n);

export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Raw bodies, to look for what must not be there. */
  readonly bodies: Buffer[] = [];
  requests = 0;
  headers: Record<string, unknown> = {};
  /** What it answers. */
  status = 200;
  /** It takes a request and never answers. */
  hangs = false;
  #server = createServer((incoming, response) => {
    this.requests++;
    this.headers = incoming.headers;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (this.hangs) return;
      if (this.status === 200 && incoming.url === '/v1/traces') {
        const raw = Buffer.concat(chunks);
        this.#take(incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw);
      }
      response.writeHead(incoming.url === '/v1/traces' ? this.status : 404, {
        'content-type': 'application/x-protobuf',
      });
      response.end();
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #take(body: Buffer): void {
    this.bodies.push(body);
    const decoded = request.toObject(request.decode(body), {
      longs: String,
      defaults: false,
      arrays: true,
    }) as unknown as RawRequest;
    for (const { resource, scopeSpans } of decoded.resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          this.spans.push({
            service: String(attributesOf(resource.attributes)['service.name'] ?? ''),
            traceId: hex(span.traceId),
            spanId: hex(span.spanId),
            parentSpanId: hex(span.parentSpanId ?? new Uint8Array()),
            name: span.name,
            startMs: millis(span.startTimeUnixNano),
            endMs: millis(span.endTimeUnixNano),
            attributes: attributesOf(span.attributes),
            links: span.links.map((link) => ({
              traceId: hex(link.traceId),
              spanId: hex(link.spanId),
              attributes: attributesOf(link.attributes),
            })),
            outcome: (['unset', 'ok', 'error'] as const)[span.status?.code ?? 0] ?? 'unset',
          });
  }
}
