/** Where the export of traces is in the log of changes: one small file of the data folder, replaced as a whole. */
import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { readJson } from '../flow/values/json';
import type { ChangePosition } from '../visibility/change';

const positionSchema = z.object({ epoch: z.number().int().min(0), number: z.number().int().min(0) });

export class PositionFile {
  constructor(private readonly path: string) {}

  /** Null for no file, and for one that cannot be read as a position. */
  async read(): Promise<ChangePosition | null> {
    try {
      return positionSchema.parse(readJson(await readFile(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof Error) return null;
      throw error;
    }
  }

  async write(position: ChangePosition): Promise<void> {
    const next = `${this.path}.next`;
    const file = await open(next, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(position));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(next, this.path);
  }
}
