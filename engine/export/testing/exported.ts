/** Projects of flows for tests, made in this process. */
import { catalogue } from '../../activities/catalogue';
import { TypeChecker } from '../../compiler/type-check';
import type { Connection } from '../../flow/connections/connection';
import { activityOf, catalogueEntry, frozen, type Operation } from '../../flow/connections/operation';
import type { OwnSources } from '../../flow/connections/own-code';
import { TrialPlayer } from '../../processes/trial-player';
import type { TrialPart } from '../../trial/parts';
import { createToolchain } from '../../versions/toolchain';

/** `called`: connections with their operations. */
export async function exportedProject(
  document: unknown,
  called: readonly { connection: Connection; operations: readonly Operation[] }[],
  ownSources: OwnSources = {}
): Promise<Record<string, string>> {
  const types = new TypeChecker();
  const player = new TrialPlayer(
    createToolchain(catalogue, async ({ files, manifest }) => types.check(files, manifest?.nodes ?? {}))
  );
  const named = JSON.stringify(document);
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
  const parts: TrialPart[] = [];
  try {
    await player.play(
      {
        what: 'project',
        document,
        operations: Object.fromEntries(entries),
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
