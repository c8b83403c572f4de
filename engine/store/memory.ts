/**
 * The store in memory, for tests and simulation. It follows the rules of the real store (contract.test.ts), and
 * produces faults on request: a commit that was applied or not, and whose outcome the caller does not receive.
 */
import { valueOf } from '../visibility/fields';
import { matches } from '../visibility/matches';
import { PAUSE_INFO, STATUS, type RunKey, type TimestampMs } from '../run-name';
import {
  ConflictError,
  CurrentRunConflictError,
  FencedError,
  MOST_ATTENTION,
  OPEN_STATES,
  StoreRejectedError,
  StoreUnavailableError,
} from './port';
import { firstBucketOver } from '../step-bounds';
import type {
  AttentionGroup,
  AttentionKind,
  AttentionQuery,
  BatchResult,
  BatchResultsQuery,
  ChangePage,
  ChangeQuery,
  ClosedQuery,
  EndedCell,
  EndedQuery,
  StepTimeRow,
  EngineTime,
  HistoryBatch,
  LeasedStore,
  ListQuery,
  NamespaceRecord,
  OpenState,
  RunCommit,
  RunCounts,
  ScheduleAddress,
  Store,
  StoredRun,
  StoredBatch,
  StoredSchedule,
  WaitingEngine,
} from './port';
import { comparePositions, type ChangePosition, type StoredChange } from '../visibility/change';
import type { Filter, SearchAttributeValue, VisibilityRecord } from '../visibility/record';

export type CommitFault = 'lostBeforeApply' | 'lostAfterApply' | 'rejected';

export class MemoryStore implements Store {
  readonly runs = new Map<RunKey, StoredRun>();
  readonly history = new Map<RunKey, HistoryBatch[]>();
  readonly visibility = new Map<RunKey, VisibilityRecord>();
  readonly current = new Map<string, RunKey>();
  readonly namespaces = new Map<string, NamespaceRecord>();
  readonly schedules = new Map<string, StoredSchedule>();
  readonly batches = new Map<string, StoredBatch>();
  /** By the batch, in their order. */
  readonly batchResults = new Map<string, BatchResult[]>();
  readonly changes: StoredChange[] = [];
  stepTimes: StepTimeRow[] = [];

  removedChanges: ChangePosition | null = null;
  time: EngineTime | null = null;
  highestDeleted: RunKey = 0;
  /** The number of commits, deletions and writes of schedules and batches that were applied. */
  commits = 0;
  #epoch = 0;
  /** Under the current epoch. */
  #lastChange = 0;
  #lose: ((error: Error) => void) | null = null;
  #faults: CommitFault[] = [];

  /** The next commit fails in this way. */
  failNextCommit(fault: CommitFault): void {
    this.#faults.push(fault);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** `silently`: the holder of the lease is not notified, as when its connections hang. */
  acquire(_holder: string, silently = false): Promise<LeasedStore> {
    if (!silently) this.#lose?.(new FencedError('another engine took over'));
    this.#epoch++;
    this.#lastChange = 0;
    const lost = new Promise<Error>((resolve) => (this.#lose = resolve));
    return Promise.resolve(new LeasedMemoryStore(this, this.#epoch, lost));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  apply(epoch: number, commits: readonly RunCommit[]): void {
    const fault = this.#faults.shift();
    if (fault === 'lostBeforeApply') throw new StoreUnavailableError('connection lost (simulated)');
    if (fault === 'rejected') throw new StoreRejectedError('refused (simulated)');
    this.requireEpoch(epoch);
    this.#check(commits);
    for (const commit of commits) this.#write(commit);
    this.commits++;
    if (fault === 'lostAfterApply') throw new StoreUnavailableError('connection lost (simulated)');
  }

  delete(epoch: number, runKey: RunKey): void {
    this.requireEpoch(epoch);
    const run = this.runs.get(runKey);
    if (!run) return;
    const key = address(run.namespace, run.workflowId);
    if (this.current.get(key) === runKey) this.current.delete(key);
    this.history.delete(runKey);
    this.visibility.delete(runKey);
    this.runs.delete(runKey);
    this.highestDeleted = Math.max(this.highestDeleted, runKey);
    this.commits++;
  }

  /** `state` null: it is deleted. */
  writeSchedule(epoch: number, { namespace, scheduleId }: ScheduleAddress, state: Uint8Array | null): void {
    this.requireEpoch(epoch);
    const key = address(namespace, scheduleId);
    if (state) this.schedules.set(key, { namespace, scheduleId, state });
    else this.schedules.delete(key);
    this.commits++;
  }

  requireEpoch(epoch: number): void {
    if (epoch !== this.#epoch) throw new FencedError(`epoch ${epoch} is over; ${this.#epoch} holds the lease`);
  }

  #check(commits: readonly RunCommit[]): void {
    const conflicts = commits.filter((commit) => {
      const next = this.runs.get(commit.runKey)?.nextEventId;
      return commit.create ? next !== undefined : next !== commit.expectedNextEventId;
    });
    if (conflicts.length > 0) throw new ConflictError(conflicts.map((commit) => commit.runKey));
    const taken = commits.filter(({ create }) => {
      if (!create) return false;
      const key = this.current.get(address(create.namespace, create.workflowId));
      const runId = key === undefined ? null : (this.runs.get(key)?.runId ?? null);
      return runId !== create.expectedCurrentRunId;
    });
    if (taken.length > 0) throw new CurrentRunConflictError(taken.map((commit) => commit.create?.workflowId ?? ''));
  }

  #write(commit: RunCommit): void {
    const { runKey, create } = commit;
    const before = this.runs.get(runKey);
    const identity = create ?? before;
    if (!identity) throw new ConflictError([runKey]);
    this.runs.set(runKey, {
      runKey,
      namespace: identity.namespace,
      workflowId: identity.workflowId,
      runId: identity.runId,
      firstRunId: identity.firstRunId,
      nextEventId: commit.nextEventId,
      status: commit.status,
      side: commit.side,
      wakeAt: commit.wakeAt === undefined ? (before?.wakeAt ?? null) : commit.wakeAt,
    });
    if (create) this.current.set(address(create.namespace, create.workflowId), runKey);
    const batches = this.history.get(runKey) ?? [];
    batches.push(...commit.history);
    this.history.set(runKey, batches);
    if (commit.visibility) this.visibility.set(runKey, commit.visibility);
    if (commit.change) this.changes.push({ ...commit.change, epoch: this.#epoch, number: ++this.#lastChange });
  }

  get endOfChanges(): ChangePosition {
    return { epoch: this.#epoch, number: this.#lastChange };
  }
}

function address(namespace: string, workflowId: string): string {
  return `${namespace}\0${workflowId}`;
}

class LeasedMemoryStore implements LeasedStore {
  constructor(
    private readonly store: MemoryStore,
    readonly epoch: number,
    readonly lost: Promise<Error>
  ) {}

  async prove(): Promise<void> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
  }

  maxRunKey(): Promise<RunKey> {
    return Promise.resolve(Math.max(this.store.highestDeleted, ...this.store.runs.keys()));
  }

  async commit(runs: readonly RunCommit[]): Promise<void> {
    // A commit is never synchronous, so that the caller cannot see its result in the same turn.
    await Promise.resolve();
    this.store.apply(this.epoch, runs);
  }

  async deleteRun(runKey: RunKey): Promise<void> {
    await Promise.resolve();
    this.store.delete(this.epoch, runKey);
  }

  findRun(namespace: string, workflowId: string, runId: string): Promise<StoredRun | null> {
    if (!runId) {
      const key = this.store.current.get(address(namespace, workflowId));
      return this.readRun(key ?? 0);
    }
    for (const run of this.store.runs.values()) {
      if (run.runId === runId && run.workflowId === workflowId && run.namespace === namespace) {
        return Promise.resolve({ ...run });
      }
    }
    return Promise.resolve(null);
  }

  readRun(runKey: RunKey): Promise<StoredRun | null> {
    const run = this.store.runs.get(runKey);
    return Promise.resolve(run ? { ...run } : null);
  }

  readHistory(runKey: RunKey, fromEventId: number, toEventId: number): Promise<HistoryBatch[]> {
    const batches = this.store.history.get(runKey) ?? [];
    const end = this.store.runs.get(runKey)?.nextEventId ?? 1;
    return Promise.resolve(
      batches.filter((batch, index) => {
        const next = batches[index + 1]?.firstEventId ?? end;
        return batch.firstEventId < toEventId && next > fromEventId;
      })
    );
  }

  due(horizon: TimestampMs, limit: number, except: ReadonlySet<RunKey>): Promise<StoredRun[]> {
    const due = [...this.store.runs.values()]
      .filter((run) => run.wakeAt !== null && run.wakeAt <= horizon && !except.has(run.runKey))
      .sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0) || a.runKey - b.runKey);
    return Promise.resolve(due.slice(0, limit).map((run) => ({ ...run })));
  }

  nextWake(horizon: TimestampMs): Promise<TimestampMs | null> {
    let next: TimestampMs | null = null;
    for (const { wakeAt } of this.store.runs.values()) {
      if (wakeAt !== null && wakeAt > horizon && (next === null || wakeAt < next)) next = wakeAt;
    }
    return Promise.resolve(next);
  }

  list(query: ListQuery): Promise<VisibilityRecord[]> {
    const { after, filter } = query;
    const records = [...this.store.visibility.values()]
      .filter((record) => record.namespace === query.namespace && (!filter || matches(filter, record)))
      .sort((a, b) => b.startTime - a.startTime || b.runKey - a.runKey)
      .filter(
        (record) =>
          !after ||
          record.startTime < after.startTime ||
          (record.startTime === after.startTime && record.runKey < after.runKey)
      );
    return Promise.resolve(records.slice(0, query.limit));
  }

  closed({ namespace, workflowType, untilMs, limit, after }: ClosedQuery): Promise<VisibilityRecord[]> {
    const records = [...this.store.visibility.values()].flatMap((record) => {
      const { closeTime } = record;
      const isAsked = record.namespace === namespace && record.workflowType === workflowType;
      return isAsked && closeTime !== null && closeTime <= untilMs ? [{ record, closeTime }] : [];
    });
    const isLater = ({ record: { runKey }, closeTime }: (typeof records)[number]) =>
      !after || closeTime > after.closeTime || (closeTime === after.closeTime && runKey > after.runKey);
    records.sort((a, b) => a.closeTime - b.closeTime || a.record.runKey - b.record.runKey);
    return Promise.resolve(
      records
        .filter(isLater)
        .slice(0, limit)
        .map(({ record }) => record)
    );
  }

  closedTypes(namespace: string): Promise<{ workflowType: string; firstClose: TimestampMs }[]> {
    const first = new Map<string, TimestampMs>();
    for (const { workflowType, closeTime, ...record } of this.store.visibility.values()) {
      if (record.namespace !== namespace || closeTime === null) continue;
      first.set(workflowType, Math.min(closeTime, first.get(workflowType) ?? Infinity));
    }
    return Promise.resolve([...first].map(([workflowType, firstClose]) => ({ workflowType, firstClose })));
  }

  count(
    namespace: string,
    filter: Filter | null,
    groupBy: string | null
  ): Promise<{ key: SearchAttributeValue[]; count: number }[]> {
    const groups = new Map<string, { key: SearchAttributeValue[]; count: number }>();
    if (groupBy === null) groups.set('', { key: [], count: 0 });
    for (const record of this.store.visibility.values()) {
      if (record.namespace !== namespace || (filter && !matches(filter, record))) continue;
      const value = groupBy === null ? null : valueOf(record, groupBy);
      const name = value === null ? '' : JSON.stringify(value);
      const group = groups.get(name) ?? { key: value === null ? [] : [value], count: 0 };
      group.count++;
      groups.set(name, group);
    }
    return Promise.resolve([...groups.values()]);
  }

  async addStepTimes(rows: readonly StepTimeRow[]): Promise<void> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
    for (const row of rows) {
      const known = this.store.stepTimes.find(
        (each) =>
          each.namespace === row.namespace &&
          each.minute === row.minute &&
          each.workflowType === row.workflowType &&
          each.step === row.step &&
          each.bucket === row.bucket
      );
      if (known) known.count += row.count;
      else this.store.stepTimes.push({ ...row });
    }
  }

  removeStepTimes(before: TimestampMs): Promise<void> {
    this.store.stepTimes = this.store.stepTimes.filter(({ minute }) => minute >= before);
    return Promise.resolve();
  }

  countEnded({ namespace, of, sinceMs, perMs, slowerThanMs }: EndedQuery): Promise<EndedCell[]> {
    const ended =
      of === 'steps'
        ? this.store.stepTimes.map(({ minute, bucket, ...row }) => ({
            ...row,
            at: minute,
            failed: 0,
            slower: bucket >= firstBucketOver(slowerThanMs) ? row.count : 0,
          }))
        : [...this.store.visibility.values()].flatMap(({ closeTime, executionTime, status, ...record }) => {
            if (closeTime === null || status === STATUS.continuedAsNew) return [];
            const isFailed = status === STATUS.failed || status === STATUS.timedOut;
            const slower = closeTime - executionTime > slowerThanMs ? 1 : 0;
            return [{ ...record, step: '', at: closeTime, count: 1, failed: isFailed ? 1 : 0, slower }];
          });
    const cells = new Map<string, EndedCell>();
    for (const { workflowType, step, at, count, failed, slower, ...each } of ended) {
      if (each.namespace !== namespace || at < sinceMs) continue;
      const atMs = perMs === 0 ? 0 : at - (at % perMs);
      const key = JSON.stringify([atMs, workflowType, step]);
      const cell = cells.get(key) ?? { workflowType, step, atMs, ended: 0, failed: 0, slower: 0 };
      cells.set(key, {
        ...cell,
        ended: cell.ended + count,
        failed: cell.failed + failed,
        slower: cell.slower + slower,
      });
    }
    return Promise.resolve([...cells.values()].sort((a, b) => a.atMs - b.atMs));
  }

  attention({ namespace, closedSinceMs }: AttentionQuery): Promise<AttentionGroup[]> {
    const groups = new Map<string, AttentionGroup & { runKey: RunKey }>();
    for (const record of this.store.visibility.values()) {
      if (record.namespace !== namespace) continue;
      for (const { mark, sinceMs } of marksOf(record, closedSinceMs)) {
        const { workflowType, workflowId, runId, runKey, searchAttributes } = record;
        const text = typeof searchAttributes.SagaErrorText === 'string' ? searchAttributes.SagaErrorText : '';
        const [kind = '', step = ''] = mark.split(' ', 2);
        const error = mark.slice(kind.length + step.length + 2);
        const own = { workflowType, kind: kind as AttentionKind, step, error, workflowId, runId, text, runKey };
        const name = JSON.stringify([workflowType, mark]);
        const known = groups.get(name);
        const isLatest = !known || sinceMs > known.lastMs || (sinceMs === known.lastMs && runKey > known.runKey);
        groups.set(name, {
          ...(isLatest ? own : known),
          count: (known?.count ?? 0) + 1,
          firstMs: Math.min(known?.firstMs ?? Infinity, sinceMs),
          lastMs: Math.max(known?.lastMs ?? 0, sinceMs),
        });
      }
    }
    const all = [...groups.values()].map(({ runKey: _, ...group }) => group);
    return Promise.resolve(all.sort((a, b) => b.count - a.count).slice(0, MOST_ATTENTION));
  }

  /** Whoever asks for the lease has it at once. */
  waiting(): Promise<WaitingEngine[]> {
    return Promise.resolve([]);
  }

  countRuns(): Promise<RunCounts> {
    const open = Object.fromEntries(OPEN_STATES.map((state) => [state, 0])) as RunCounts['open'];
    const remaining = { runs: 0, effects: 0 };
    for (const record of this.store.visibility.values()) {
      const standing = record.searchAttributes.SagaStanding;
      if (record.closeTime === null) open[openStateOf(record)]++;
      else if (typeof standing === 'number' && standing > 0 && record.status !== STATUS.continuedAsNew) {
        remaining.runs++;
        remaining.effects += standing;
      }
    }
    return Promise.resolve({ open, remaining });
  }

  indexAttributes(): Promise<void> {
    return Promise.resolve();
  }

  changes({ namespace, after, limit }: ChangeQuery): Promise<ChangePage> {
    const later = this.store.changes.filter((change) => comparePositions(change, after) > 0);
    const isEnd = later.length < limit;
    const read = later.slice(0, limit);
    const { epoch, number } = isEnd ? this.store.endOfChanges : read.at(-1)!;
    const changes = read.filter((change) => change.namespace === namespace);
    const page = { changes, through: { epoch, number }, isEnd, removed: this.store.removedChanges };
    return Promise.resolve(structuredClone(page));
  }

  changesSince(time: TimestampMs | null): Promise<ChangePosition> {
    const first = time === null ? undefined : this.store.changes.find(({ at }) => at >= time);
    return Promise.resolve(first ? { epoch: first.epoch, number: first.number - 1 } : this.store.endOfChanges);
  }

  async removeChanges(before: TimestampMs, limit: number): Promise<number> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
    const young = this.store.changes.findIndex(({ at }) => at >= before);
    const removed = this.store.changes.splice(0, Math.min(limit, young < 0 ? Infinity : young));
    const last = removed.at(-1);
    if (last) this.store.removedChanges = { epoch: last.epoch, number: last.number };
    return removed.length;
  }

  readTime(): Promise<EngineTime | null> {
    return Promise.resolve(this.store.time);
  }

  writeTime(time: EngineTime): Promise<void> {
    if (this.epoch === this.store.epoch) this.store.time = time;
    return Promise.resolve();
  }

  readNamespaces(): Promise<NamespaceRecord[]> {
    return Promise.resolve([...this.store.namespaces.values()]);
  }

  writeNamespace(record: NamespaceRecord): Promise<void> {
    this.store.namespaces.set(record.name, record);
    return Promise.resolve();
  }

  async deleteNamespace(name: string): Promise<void> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
    this.store.namespaces.delete(name);
    for (const [key, batch] of this.store.batches) {
      if (batch.namespace !== name) continue;
      this.store.batches.delete(key);
      this.store.batchResults.delete(key);
    }
  }

  readBatches(): Promise<StoredBatch[]> {
    const batches = [...this.store.batches.values()].map((batch) => structuredClone(batch));
    return Promise.resolve(batches.sort((a, b) => b.startTime - a.startTime));
  }

  async writeBatch(batch: StoredBatch, results: readonly BatchResult[] = []): Promise<void> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
    const key = address(batch.namespace, batch.jobId);
    this.store.batches.set(key, structuredClone(batch));
    const stored = this.store.batchResults.get(key) ?? [];
    const fresh = results.filter(({ number }) => !stored.some((each) => each.number === number));
    this.store.batchResults.set(key, [...stored, ...structuredClone(fresh)]);
    this.store.commits++;
  }

  readBatchResults({ namespace, jobId, outcome, after, limit }: BatchResultsQuery): Promise<BatchResult[]> {
    const stored = this.store.batchResults.get(address(namespace, jobId)) ?? [];
    const found = stored.filter((each) => each.number > after && (outcome === null || each.outcome === outcome));
    return Promise.resolve(structuredClone(found.slice(0, limit)));
  }

  async deleteBatchResults(closedBefore: TimestampMs): Promise<void> {
    await Promise.resolve();
    this.store.requireEpoch(this.epoch);
    for (const [key, { closeTime }] of this.store.batches)
      if (closeTime !== null && closeTime < closedBefore) this.store.batchResults.delete(key);
  }

  readSchedules(only?: ScheduleAddress): Promise<StoredSchedule[]> {
    const isAsked = ({ namespace, scheduleId }: StoredSchedule) =>
      !only || (namespace === only.namespace && scheduleId === only.scheduleId);
    return Promise.resolve([...this.store.schedules.values()].filter(isAsked));
  }

  async writeSchedule({ state, ...at }: StoredSchedule): Promise<void> {
    await Promise.resolve();
    this.store.writeSchedule(this.epoch, at, state);
  }

  async deleteSchedule(at: ScheduleAddress): Promise<void> {
    await Promise.resolve();
    this.store.writeSchedule(this.epoch, at, null);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}

/** As the statement of the real store (postgres/run-counts.ts). */
function openStateOf({ searchAttributes: of }: VisibilityRecord): OpenState {
  if (of.TemporalReportedProblems || of.SagaPhase === 'needs-hand') return 'needs_person';
  if (of[PAUSE_INFO]) return 'paused';
  if (of.SagaPhase === 'unwinding') return 'unwinding';
  if (of.SagaRetriesAt) return 'retrying';
  return of.SagaWaitsAt ? 'waiting' : 'running';
}

/** As the statement of the real store (postgres/attention.ts). */
function marksOf(
  { searchAttributes, closeTime, startTime, status }: VisibilityRecord,
  closedSinceMs: TimestampMs
): { mark: string; sinceMs: TimestampMs }[] {
  const { SagaAttention, SagaAttentionSince, SagaPhase, SagaStanding, TemporalReportedProblems } = searchAttributes;
  const marks: { mark: string; sinceMs: TimestampMs }[] = [];
  const remains = typeof SagaStanding === 'number' && SagaStanding > 0 && status !== STATUS.continuedAsNew;
  const counts = {
    asks: closeTime === null && !TemporalReportedProblems,
    remains: closeTime !== null && remains,
    others: closeTime === null || closeTime >= closedSinceMs,
  };
  const own = Array.isArray(SagaAttention) ? SagaAttention : [];
  const kindOf = (mark: string) => (/^(asks|remains) /.exec(mark)?.[1] ?? 'others') as keyof typeof counts;
  const since = typeof SagaAttentionSince === 'string' ? Date.parse(SagaAttentionSince) : startTime;
  for (const mark of own) if (counts[kindOf(mark)]) marks.push({ mark, sinceMs: closeTime ?? since });
  const isMarked = (kind: keyof typeof counts) => own.some((mark) => kindOf(mark) === kind);
  if (closeTime === null && Array.isArray(TemporalReportedProblems)) {
    const cause = /^cause=WorkflowTaskFailedCause(.+)$/.exec(TemporalReportedProblems[1] ?? '')?.[1] ?? 'Failure';
    marks.push({ mark: `stuck - ${cause}`, sinceMs: startTime });
  } else if (closeTime === null && SagaPhase === 'needs-hand' && !isMarked('asks'))
    marks.push({ mark: 'asks - ', sinceMs: startTime });
  if (closeTime !== null && remains && !isMarked('remains')) marks.push({ mark: 'remains - ', sinceMs: closeTime });
  return marks;
}
