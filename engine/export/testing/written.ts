/** Exported projects on disk, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll } from 'vitest';

/** A folder inside of Backstitch, so that the packages are found. It is removed after the tests of the file. */
export function projectsFolder() {
  mkdirSync('.backstitch', { recursive: true });
  const folder = mkdtempSync(path.resolve('.backstitch/export-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name: string, files: Readonly<Record<string, string>>): void {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
        writeFileSync(path.join(folder, name, file), text);
      }
    },
    /** Calls the activities of a project that was written, as a first attempt. */
    async callsOf(name: string) {
      const { activities } = (await import(path.join(folder, name, 'src/activities/index.ts'))) as {
        activities: Record<string, (input: object, call: object) => Promise<unknown>>;
      };
      return (type: string, input: object, hasEffect = true) =>
        new MockActivityEnvironment({ attempt: 1 }, { logger: new DefaultLogger('ERROR') }).run(
          activities[type]!,
          input,
          { idempotencyKey: 'k', hasEffect }
        );
    },
  };
}
