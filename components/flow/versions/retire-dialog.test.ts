/** [RT] What retiring a version means, before it is done. */
import { expect, it } from 'vitest';
import { consequences } from './retire-dialog';

const version = (number: number, openRuns: number | null = 0) => ({ version: number, openRuns });

it('[RT1] the newest version: new runs start with the one before it, open runs go on', () => {
  expect(consequences(version(3, 4), 'retire', [version(2), version(1)])).toMatch(
    /New runs start with version 2 from then on\. Its 4 open runs go on with it\./
  );
});
it('[RT2] an older version changes nothing for runs that name no version; the only one ends all starts', () => {
  expect(consequences(version(1, 1), 'retire', [version(2)])).toMatch(/version 2, as before\. Its open run goes on/);
  expect(consequences(version(1), 'retire', [])).toMatch(/The flow cannot be started at all then\./);
  expect(consequences(version(1, null), 'retire', [version(2)])).toMatch(/Its open runs go on with it\./);
});
it('[RT3] taking it back', () => {
  expect(consequences(version(3), 'unretire', [version(2)])).toBe('New runs start with version 3 again.');
  expect(consequences(version(1), 'unretire', [version(2)])).toMatch(/New runs still start with version 2/);
});
