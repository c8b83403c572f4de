/** [DLG] What people write as tags of a draft. */
import { expect, test } from 'vitest';
import { tagDraftSchema } from '@/app/_contract/drafts';
import { tagsIn, tagsProblem } from './draft-dialogs';

test('[DLG1] tags are separated by commas, each once whatever its case, as it was written first', () => {
  expect(tagsIn('VIP, vip,Vip , eu')).toEqual(['VIP', 'eu']);
  expect(tagsIn(' , ,,')).toEqual([]);
  expect(tagsIn('مهم, 🧵, مهم')).toEqual(['مهم', '🧵']);
});

test('[DLG2] a tag of characters that are not drawn is none', () => {
  expect(tagsIn('\u200b, \u00ad\u2060, a')).toEqual(['a']);
});

test('[DLG3] characters are counted as the server counts them, and too many tags are counted', () => {
  expect(tagsProblem(['👩‍👩‍👧‍👦'.repeat(4), 'x'.repeat(40)])).toBe(null);
  expect(tagDraftSchema.safeParse({ add: ['🧵'.repeat(40)], remove: [] }).success).toBe(true);
  expect(tagsProblem(['🧵'.repeat(40)])).toBe(null);
  expect(tagsProblem(['x'.repeat(41)])).toContain('is longer than 40 characters.');
  expect(tagsProblem(Array.from({ length: 22 }, (_, index) => `t${index}`))).toBe('At most 20 tags; these are 22.');
});
