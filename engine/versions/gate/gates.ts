/**
 * The checks of revisions in this process, and what goes live through them. A check is lost when the engine ends, which
 * changes nothing: a revision is stored, and is live, in one transaction at the very end, with the name of its check.
 *
 * Rules
 * [GT1] Every revision goes live through a check: a fix, and an earlier revision to which somebody rolls back.
 * [GT2] It goes live if every open run holds, or if the person has accepted how many break. More than those: refused.
 * [GT3] It goes live only in place of the revision that it was compared with.
 * [GT4] A flow version has one check. Another one ends the first.
 * [GT6] What went live through a check can be asked for after the engine has ended, and for ever.
 * [GT7] A history of anywhere is replayed on a stored revision in a process of its own, one at a time, within
 *       REPLAY_MS. Nothing is stored.
 * [GT5] At most KEPT checks are kept, each for KEPT_MS.
 */
import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type pg from 'pg';
import { insertFrozen, type FrozenCopy } from '../../connections/frozen-operations';
import type { LiveOperation } from '../../connections/live-operations';
import { changesBetween } from '../../flow/changes';
import { hasErrors, type Diagnostic } from '../../flow/diagnostic';
import type { FlowManifest } from '../../flow/manifest';
import { temporal } from '../../proto';
import type { OpenRuns } from '../../service/open-runs';
import type { WorkflowBundle } from '../../worker/bundle/bundle';
import { failed, type Build } from '../build';
import { flowEntriesBoundBy } from '../flow-entries';
import { calledBy, inTurn, rowOf } from '../publish';
import type { VersionRegistry } from '../registry';
import { insertSwitch, listRevisions, readSwitch } from '../revision-table';
import { signatureChanges, undoChanges, type RevisionContent } from '../revision-rules';
import { insertVersion, readContent, readVersion, type NewVersion, type StoredVersion } from '../version-table';
import { Gate } from './gate';
import type { Candidate } from './prover';
import { ProvingError, type Proving } from './proving-process';
import type { GateReport } from './report';
import type { Verdict } from './verdict';

const REPLAY_MS = 60_000;
const KEPT = 20;
const KEPT_MS = 60 * 60_000;

/** A document as a fix of a version, or an earlier revision of the version. */
export type GateWish =
  | { flow: string; version: number; document: unknown; by: string }
  | { flow: string; version: number; revision: string };

export type GateRefusal = 'gone' | 'notChecked' | 'moreBreak' | 'replaced';
/** It does not go live now; the message is for people. */
export class GateRefused extends Error {
  override name = 'GateRefused';
  constructor(
    readonly code: GateRefusal,
    message: string
  ) {
    super(message);
  }
}

export interface GatesOptions {
  pool: pg.Pool;
  registry: VersionRegistry;
  build: Build;
  operationsFor(document: unknown): Promise<readonly LiveOperation[]>;
  runs: OpenRuns;
  prove(candidate: Candidate): Proving;
}

interface Kept {
  gate: Gate;
  /** What is stored when it goes live; null for a revision that is stored already. */
  row: { version: NewVersion; copies: FrozenCopy[] } | null;
  sinceMs: number;
  /** The last one that was asked to go live. */
  turn: Promise<unknown>;
}

interface Wanted {
  revision: string;
  content: RevisionContent;
  bundle: WorkflowBundle;
  row: Kept['row'];
}

export class Gates {
  readonly #kept = new Map<string, Kept>();
  readonly #oneReplay = pLimit(1);

  constructor(
    private readonly options: GatesOptions,
    private readonly now: () => number = Date.now
  ) {}

  /** Begins a check. Without a report the revision was refused, and the diagnostics say why. */
  async start(wish: GateWish): Promise<{ report: GateReport | null; diagnostics: Diagnostic[] }> {
    const { pool } = this.options;
    const live = await readVersion(pool, wish.flow, wish.version, null);
    if (!live) return refused([failed('revision-version', `'${wish.flow}' has no version ${wish.version}.`)]);
    const revisions = await listRevisions(pool, wish.flow, wish.version);
    const found = await ('document' in wish ? this.#fix(wish, live, revisions) : this.#earlier(wish.revision, live));
    if ('diagnostics' in found) return refused(found.diagnostics);
    const { wanted, warnings } = found;
    const gate = await this.#gate(
      wanted,
      live,
      revisions.map(({ revision }) => revision)
    );
    for (const [id, { gate: other }] of this.#kept)
      if (other.about.workflowType === live.workflowType && other.phase !== 'live') {
        other.end('Another check of this version was started.');
        if (other.phase === 'ended') this.#kept.delete(id);
      }
    this.#keep(gate, wanted.row);
    void gate.check();
    return { report: gate.report(), diagnostics: warnings };
  }

  /** [GT7] Null: there is no such revision. */
  async replay(
    { flow, version, revision }: { flow: string; version: number; revision: string },
    history: temporal.api.history.v1.IHistory
  ): Promise<Verdict | null> {
    const { pool, registry } = this.options;
    const stored = await readVersion(pool, flow, version, revision);
    if (!stored) return null;
    const { workflowType } = stored;
    if (!registry.find(workflowType, revision)) await registry.load(workflowType);
    const bundle = registry.find(workflowType, revision);
    return bundle ? this.#oneReplay(() => this.#replay(bundle, stored, history)) : null;
  }

  async #replay(
    bundle: WorkflowBundle,
    { manifest, workflowType }: StoredVersion,
    history: temporal.api.history.v1.IHistory
  ): Promise<Verdict> {
    const titles = titlesOf(manifest);
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    if (started?.workflowType?.name !== workflowType)
      return {
        holds: false,
        eventId: 1,
        nodeId: null,
        why: `The history is one of '${started?.workflowType?.name ?? ''}', not of '${workflowType}'.`,
      };
    const proving = this.options.prove({ bundle, changes: {}, titles: { before: titles, after: titles } });
    // Closing ends the process, whatever it does.
    const timer = setTimeout(() => proving.close(), REPLAY_MS);
    try {
      const batches = [temporal.api.history.v1.History.encode(history).finish()];
      const proof = { namespace: 'default', workflowId: started.workflowId ?? '', batches };
      return (await proving.prove(() => Promise.resolve(proof))).verdict;
    } catch (error) {
      if (!(error instanceof ProvingError)) throw error;
      return { holds: false, eventId: null, nodeId: null, why: `The replay did not come to an end. ${error.message}` };
    } finally {
      clearTimeout(timer);
      proving.close();
    }
  }

  async report(id: string): Promise<GateReport | null> {
    const kept = this.#kept.get(id);
    if (kept) return kept.gate.report();
    const stored = await readSwitch(this.options.pool, id);
    return stored && reportOfSwitch(id, stored);
  }

  end(id: string): void {
    this.#kept.get(id)?.gate.end('The check was ended.');
    this.#kept.delete(id);
  }

  close(): void {
    for (const id of [...this.#kept.keys()]) this.end(id);
  }

  /**
   * `breaking`: how many runs the person has accepted to break, which then stay on their revision. The same request
   * again has the same answer. Rejects with GateRefused.
   */
  async goLive(
    id: string,
    { by, note, breaking }: { by: string; note: string; breaking: number }
  ): Promise<GateReport> {
    const kept = this.#kept.get(id);
    // Perhaps an earlier process put it live, and its answer was lost.
    const before = kept ? null : await this.report(id);
    if (before) return before;
    if (!kept) throw new GateRefused('gone', 'This check is no longer there. Check the revision again.');
    const mine = kept.turn.then(() => this.#goLive(kept, by, note, breaking));
    kept.turn = mine.catch(() => {});
    return mine;
  }

  async #goLive({ gate, row }: Kept, by: string, note: string, accepted: number): Promise<GateReport> {
    if (gate.phase === 'live') return gate.report();
    if (gate.phase !== 'checked') throw new GateRefused('notChecked', 'The check has not ended with a result.');
    await gate.check();
    const report = gate.report();
    if (report.phase !== 'checked') throw new GateRefused('notChecked', report.message);
    const { flow, version, workflowType, revision, live, holding, breaking } = report;
    if (breaking > accepted)
      throw new GateRefused(
        'moreBreak',
        `${breaking} runs would break now, ${accepted === 0 ? 'none' : accepted} when you looked. Nothing went live.`
      );
    await inTurn(this.options.pool, flow, async (tx) => {
      const current = await readVersion(tx, flow, version, null);
      if (current?.revision !== live)
        throw new GateRefused('replaced', `${current?.revision} went live meanwhile. Check the revision again.`);
      if (row) {
        await insertVersion(tx, { ...row.version, createdBy: by, note });
        await insertFrozen(tx, row.version, row.copies);
      }
      await insertSwitch(tx, {
        workflowType,
        revision,
        replaced: live,
        by,
        note,
        holding,
        breaking,
        gateId: report.id,
      });
    });
    gate.wentLive();
    await this.options.registry.load(workflowType);
    return gate.report();
  }

  async #fix(
    { flow, version, document, by }: Extract<GateWish, { document: unknown }>,
    live: StoredVersion,
    revisions: readonly { revision: string; contentSha: string }[]
  ): Promise<{ wanted: Wanted; warnings: Diagnostic[] } | { diagnostics: Diagnostic[] }> {
    const { build, operationsFor } = this.options;
    const called = await operationsFor(document);
    const operations = {
      ...Object.fromEntries(called.map(({ entry }) => [entry.name, entry])),
      ...(await flowEntriesBoundBy(this.options.pool, live.manifest, document)),
    };
    const revision = `v${version}.${1 + Math.max(...revisions.map((each) => numberOf(each.revision)))}`;
    const built = await build({ document, version, revision, known: null, operations });
    const { diagnostics, contentSha, product } = built;
    if (hasErrors(diagnostics) || contentSha === null || !product) return { diagnostics };
    const same = revisions.find((each) => each.contentSha === contentSha);
    if (same) return this.#earlier(same.revision, live);
    const { manifest } = product;
    if (manifest.flow !== flow)
      return {
        diagnostics: [failed('revision-flow', `'${manifest.flow}' is not '${flow}': a revision keeps the name.`)],
      };
    const signature = signatureChanges(live.document, manifest.document);
    if (signature.length > 0) return { diagnostics: signature };
    const copies = calledBy(manifest, called);
    const content = { manifest, operations: Object.fromEntries(copies.map(({ activity, sha }) => [activity, sha])) };
    const row = { version: rowOf(flow, version, { createdBy: by, note: '' }, built), copies };
    return { wanted: { revision, content, bundle: product.bundle, row }, warnings: diagnostics };
  }

  async #earlier(
    revision: string,
    live: StoredVersion
  ): Promise<{ wanted: Wanted; warnings: Diagnostic[] } | { diagnostics: Diagnostic[] }> {
    const { pool, registry } = this.options;
    if (revision === live.revision)
      return { diagnostics: [failed('revision-unchanged', `Nothing differs from ${revision}, which is live.`)] };
    const content = await readContent(pool, live.workflowType, revision);
    if (!content) return { diagnostics: [failed('revision-unknown', `There is no revision ${revision}.`)] };
    // Perhaps another process stored it.
    if (!registry.find(live.workflowType, revision)) await registry.load(live.workflowType);
    const bundle = registry.find(live.workflowType, revision);
    if (!bundle) throw new Error(`the revision ${revision} of '${live.workflowType}' is stored but not served`);
    return { wanted: { revision, content, bundle, row: null }, warnings: [] };
  }

  async #gate(
    { revision, content, bundle, row }: Wanted,
    live: StoredVersion,
    revisions: readonly string[]
  ): Promise<Gate> {
    const { pool, runs, prove } = this.options;
    const { workflowType, flow, version, document } = live;
    const changes: Record<string, ReturnType<typeof undoChanges>> = {};
    for (const from of revisions) {
      const before = from === revision ? null : await readContent(pool, workflowType, from);
      changes[from] = before ? undoChanges(before, content) : [];
    }
    // Tasks that name no revision were completed when there was only the first one.
    changes[''] = changes[revisions[0] ?? ''] ?? [];
    const titles = { before: titlesOf(live.manifest), after: titlesOf(content.manifest) };
    const about = {
      id: randomUUID(),
      flow,
      version,
      workflowType,
      revision,
      live: live.revision,
      rollback: row === null,
      changes: changesBetween(document, content.manifest.document),
      titles: { ...titles.after, ...titles.before },
    };
    return new Gate(about, runs, () => prove({ bundle, changes, titles }));
  }

  #keep(gate: Gate, row: Kept['row']): void {
    const atMs = this.now();
    this.#kept.set(gate.about.id, { gate, row, sinceMs: atMs, turn: Promise.resolve() });
    for (const [id, { sinceMs }] of this.#kept) if (this.#kept.size > KEPT || sinceMs + KEPT_MS < atMs) this.end(id);
  }
}

/** The report of a check that put something live; what it had counted run by run is gone. */
function reportOfSwitch(
  id: string,
  { again, replaced, ...stored }: Awaited<ReturnType<typeof readSwitch>> & object
): GateReport {
  const { flow, version, workflowType, revision, holding, breaking } = stored;
  const total = holding + breaking;
  const about = { id, flow, version, workflowType, revision, live: replaced, rollback: again, changes: [] };
  const counts = { total, proved: total, holding, breaking, breakingRuns: [], breakingNodes: [] };
  return { ...about, ...counts, phase: 'live', message: '' };
}

const refused = (diagnostics: Diagnostic[]) => ({ report: null, diagnostics });
const numberOf = (revision: string): number => Number(revision.split('.')[1]);
const titlesOf = ({ nodes }: FlowManifest): Record<string, string> =>
  Object.fromEntries(Object.values(nodes).map(({ id, title }) => [id, title]));
