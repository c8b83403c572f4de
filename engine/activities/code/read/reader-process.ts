/** The process that reads the folder of activities once and ends (read-in-process.ts). */
import type { FromReader } from '../messages';
import { readFolder } from './read-folder';

process.once('message', ({ folder }: { folder: string }) => {
  readFolder(folder).then(
    (read) => process.send?.({ read } satisfies FromReader),
    (error: Error) => process.send?.({ bug: error.stack ?? error.message } satisfies FromReader)
  );
});
process.once('disconnect', () => process.exit(0));
