/**
 * The methods of `backstitch.v1` about revisions: checks against the open runs, going live, the list of switches, and
 * the replay of one history.
 */
import { status, type handleUnaryCall } from '@grpc/grpc-js';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type pg from 'pg';
import type { Diagnostic } from '../flow/diagnostic';
import { readJson } from '../flow/values/json';
import type { Caller } from '../permissions/caller';
import type { Operation } from '../permissions/permissions';
import type { temporal } from '../proto';
import { GateRefused, type Gates } from '../versions/gate/gates';
import type { GateReport } from '../versions/gate/report';
import { listSwitches } from '../versions/revision-table';
import type {
  DiagnosticMessage,
  GateMessage,
  GateRequest,
  GoLiveRequest,
  ListSwitchesRequest,
  ListSwitchesResponse,
  ReplayHistoryRequest,
  ReplayHistoryResponse,
  StartGateRequest,
} from './messages';
import { Refusal } from './refusal';

const REPLAYED_BYTES_MOST = 8 * 1024 * 1024;

function historyOf(text: string): temporal.api.history.v1.IHistory {
  try {
    const history = historyFromJSON(readJson(text));
    if (history.events?.[0]?.workflowExecutionStartedEventAttributes) return history;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(status.INVALID_ARGUMENT, `history_json is no history that can be replayed: ${why}`);
  }
  throw new Refusal(status.INVALID_ARGUMENT, 'history_json has no start of a run');
}

export interface GateMethodsOptions {
  pool: pg.Pool;
  gates: Pick<Gates, 'start' | 'report' | 'end' | 'goLive' | 'replay'>;
  unary<Request, Response>(
    method: string,
    operation: Operation,
    perform: (request: Request, caller: Caller) => Promise<Response>
  ): handleUnaryCall<Request, Response>;
  demand(caller: Caller, operation: Operation, flow: string | null): void;
  actingFor(caller: Caller, named: string): string;
  parseDocument(text: string): unknown;
  flowName(flow: string): string;
  diagnosticMessage(diagnostic: Diagnostic): DiagnosticMessage;
}

export function gateMethods(options: GateMethodsOptions) {
  const { gates, unary, demand, actingFor } = options;
  const reportOf = async (id: string, caller: Caller, operation: Operation): Promise<GateReport> => {
    const report = await gates.report(id);
    if (!report) throw new Refusal(status.NOT_FOUND, 'This check is no longer there. Check the revision again.');
    demand(caller, operation, report.flow);
    return report;
  };
  const message = (report: GateReport | null, diagnostics: readonly Diagnostic[] = []): GateMessage => ({
    reportJson: report ? JSON.stringify(report) : '',
    diagnostics: diagnostics.map((each) => options.diagnosticMessage(each)),
  });
  return {
    StartGate: unary<StartGateRequest, GateMessage>('StartGate', 'flows.checkRevision', async (request, caller) => {
      const { version, revision } = request;
      const flow = options.flowName(request.flow);
      demand(caller, 'flows.checkRevision', flow);
      const by = actingFor(caller, request.startedBy);
      const { report, diagnostics } = await gates.start(
        revision
          ? { flow, version, revision }
          : { flow, version, document: options.parseDocument(request.documentJson), by }
      );
      return message(report, diagnostics);
    }),
    GetGate: unary<GateRequest, GateMessage>('GetGate', 'flows.get', async ({ id }, caller) =>
      message(await reportOf(id, caller, 'flows.get'))
    ),
    EndGate: unary<GateRequest, object>('EndGate', 'flows.endCheck', async ({ id }, caller) => {
      await reportOf(id, caller, 'flows.endCheck');
      gates.end(id);
      return {};
    }),
    GoLive: unary<GoLiveRequest, GateMessage>('GoLive', 'flows.publishRevision', async (request, caller) => {
      const { id, note, breaking } = request;
      await reportOf(id, caller, 'flows.publishRevision');
      const by = actingFor(caller, request.publishedBy);
      try {
        return message(await gates.goLive(id, { by, note, breaking }));
      } catch (error) {
        if (!(error instanceof GateRefused)) throw error;
        throw new Refusal(error.code === 'gone' ? status.NOT_FOUND : status.FAILED_PRECONDITION, error.message);
      }
    }),
    ReplayHistory: unary<ReplayHistoryRequest, ReplayHistoryResponse>(
      'ReplayHistory',
      'histories.replay',
      async ({ flow, version, revision, historyJson }, caller) => {
        demand(caller, 'histories.replay', options.flowName(flow));
        if (Buffer.byteLength(historyJson) > REPLAYED_BYTES_MOST)
          throw new Refusal(status.INVALID_ARGUMENT, `history_json: at most ${REPLAYED_BYTES_MOST} bytes`);
        const verdict = await gates.replay({ flow, version, revision }, historyOf(historyJson));
        if (!verdict) throw new Refusal(status.NOT_FOUND, `'${flow}' has no version ${version} with ${revision}`);
        return { verdictJson: JSON.stringify(verdict) };
      }
    ),
    ListSwitches: unary<ListSwitchesRequest, ListSwitchesResponse>(
      'ListSwitches',
      'flows.get',
      async ({ flow }, caller) => {
        demand(caller, 'flows.get', options.flowName(flow));
        const switches = await listSwitches(options.pool, flow);
        return {
          switches: switches.map(({ version, revision, replaced, by, note, holding, breaking, atMs }) => ({
            version,
            revision,
            replaced,
            by,
            note,
            holding,
            breaking,
            atMs: Math.round(atMs),
          })),
        };
      }
    ),
  };
}
