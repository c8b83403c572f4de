/** Projects of flows for tests, made in this process. */
import { catalogue } from '../../activities/catalogue';
import { TypeChecker } from '../../compiler/type-check';
import type { CatalogueActivity } from '../../flow/catalogue';
import type { Connection } from '../../flow/connections/connection';
import { activityOf, catalogueEntry, frozen, type Operation } from '../../flow/connections/operation';
import type { OwnSources } from '../../flow/connections/own-code';
import { flowEntry } from '../../flow/flow-entry';
import { TrialPlayer } from '../../processes/trial-player';
import type { FlowBelow, TrialPart } from '../../trial/parts';
import { createToolchain } from '../../versions/toolchain';

/** `called`: connections with their operations. `children`: the flows that run below it, each before those that run it. */
export async function exportedProject(
  document: unknown,
  called: readonly { connection: Connection; operations: readonly Operation[] }[],
  ownSources: OwnSources = {},
  children: readonly unknown[] = []
): Promise<Record<string, string>> {
  const types = new TypeChecker();
  const toolchain = createToolchain(catalogue, async ({ files, manifest }) =>
    types.check(files, manifest?.nodes ?? {})
  );
  const player = new TrialPlayer(toolchain);
  const named = JSON.stringify([document, ...children]);
  const used = called.map(({ connection, operations }) => ({
    connection,
    copies: operations
      .map((each) => frozen(each, connection))
      .filter((each) => named.includes(JSON.stringify(activityOf(each)))),
  }));
  const copies = used.flatMap((each) => each.copies);
  const entries = copies.map((each) => [
    activityOf(each),
    { ...catalogueEntry({ ...each, description: '' }, { options: {} }, () => undefined), sha: 'test' },
  ]);
  const operations: Record<string, CatalogueActivity> = Object.fromEntries(entries);
  const below: FlowBelow[] = [];
  for (const child of children) {
    const flow = { document: child, version: 1, revision: 'v1.0', operations: { ...operations } };
    below.push({ ...flow, frozen: [], connections: [], ownSources: {} });
    const { manifest } = await toolchain.compile(child, 1, operations);
    if (!manifest) throw new Error('a child does not compile');
    const entry = flowEntry(manifest);
    operations[entry.name] = entry;
  }
  const parts: TrialPart[] = [];
  try {
    await player.play(
      {
        what: 'project',
        document,
        operations,
        below,
        version: 1,
        frozen: copies,
        ownSources,
        connections: used.filter((each) => each.copies.length > 0).map(({ connection }) => connection),
      },
      (part) => parts.push(part)
    );
  } finally {
    await player.close();
  }
  for (const part of parts) {
    if (part.kind === 'project') return part.files;
    if (part.kind === 'refused') throw new Error(JSON.stringify(part.diagnostics));
  }
  throw new Error('there is no project');
}
