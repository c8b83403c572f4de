/** [DLG] What people write as tags of a draft. */
import { expect, test } from 'vitest';
import { tagsIn } from './draft-dialogs';

test('[DLG1] tags are separated by commas, each once whatever its case, as it was written first', () => {
  expect(tagsIn('VIP, vip,Vip , eu')).toEqual(['VIP', 'eu']);
  expect(tagsIn(' , ,,')).toEqual([]);
  expect(tagsIn('مهم, 🧵, مهم')).toEqual(['مهم', '🧵']);
});

test('[DLG2] a tag of characters that are not drawn is none', () => {
  expect(tagsIn('\u200b, \u00ad\u2060, a')).toEqual(['a']);
});
