/**
 * A golden case is a folder: flow.json (what was drawn), runs.json (what it is put through, and what must come of it) and _expected
 * (the code); the flows that its children run are in files <name>.flow.json. UPDATE_GOLDEN=1 writes the code anew; what must come of a run is written by hand.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from '../../activities/catalogue';
import { flowEntryName, type Catalogue } from '../../flow/catalogue';
import { flowEntry } from '../../flow/flow-entry';
import type { LedgerState } from '../../saga/contract';
import { compile, type Compiled } from '../compile';
import { readSagaSources } from '../saga-sources';

const FOLDER = 'engine/compiler/golden';

/** What an activity does when it is called: gives this value, or throws. */
export type Answer = { gives: unknown } | { throws: string; retryable?: boolean };

/** Something from outside, sent when the activity of this id was called; without `after`, when the run has nothing left to do. */
export type FromOutside = { after?: string } & (
  | { signal: string; payload: unknown }
  | { update: string; argument: unknown; refused?: string }
  | { decide: string; comment?: string; values?: unknown; by?: string }
  | { cancel: true }
);

export interface Run {
  name: string;
  input: Record<string, unknown>;
  /** By activity id: the answers to its first, second, … call. The last one is repeated; nothing given gives null. */
  answers?: Record<string, Answer[]>;
  outside?: FromOutside[];
  expect: {
    status: 'completed' | 'failed' | 'canceled' | 'running';
    result?: unknown;
    /** Type of the failure that the run ends with, or of its cause. */
    failure?: string;
    /**
     * Activity ids in the order in which they were scheduled, with their attempts; timers are written as 'wait
     * <seconds> s'.
     */
    trace: string[];
    /** What the query __ledger says at the end. */
    ledger?: Record<string, LedgerState>;
    /** Search attributes at the end. */
    attributes?: Record<string, unknown>;
    /** Declared queries, asked at the end. */
    queries?: Record<string, unknown>;
  };
}

export interface GoldenCase {
  name: string;
  flow: Record<string, unknown>;
  runs: Run[];
  compiled: Compiled;
  /** The flows that its children run, as they were published. */
  children: Compiled[];
  flows: Catalogue;
  /** The files that are kept. */
  expected: Record<string, string>;
}

const saga = readSagaSources();
export const compileFlow = (flow: unknown, flows: Catalogue = {}) =>
  compile(flow, { version: 1, catalogue: { ...catalogue, ...flows }, saga });

/** The modules of a bundle, and the names by which they import each other. */
export const SAGA_ALIAS = { '@backstitch/saga': 'saga/index.ts' };
export const sagaModules = Object.fromEntries(Object.entries(saga).map(([name, text]) => [`saga/${name}`, text]));

export function goldenNames(): string[] {
  return readdirSync(FOLDER).sort();
}

export async function readGolden(name: string): Promise<GoldenCase> {
  const folder = path.join(FOLDER, name);
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  // The document of the example is next to its shop; this folder has only the expected results.
  const drawn = existsSync(path.join(folder, 'flow.json')) ? read('flow.json') : readExample(name);
  const flow = drawn as Record<string, unknown>;
  const others = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.flow.json')) : [];
  const children = await Promise.all(others.map((file) => compileFlow(read(file))));
  const flows = Object.fromEntries(
    children.map(({ manifest }) => [flowEntryName(manifest!.flow), flowEntry(manifest!)] as const)
  );
  const compiled = await compileFlow(flow, flows);
  const kept = path.join(folder, '_expected');
  if (process.env.UPDATE_GOLDEN && compiled.manifest) {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept);
    for (const [file, code] of Object.entries(compiled.files)) writeFileSync(path.join(kept, file), code);
  }
  const files = existsSync(kept) ? readdirSync(kept) : [];
  const expected = Object.fromEntries(files.map((file) => [file, readFileSync(path.join(kept, file), 'utf8')]));
  return { name, flow, runs: read('runs.json') as Run[], compiled, children, flows, expected };
}

function readExample(name: string): unknown {
  return JSON.parse(readFileSync(`engine/examples/order-fulfilment/${name}.flow.json`, 'utf8'));
}
