/** [JP] Where a text stops being JSON. */
import { expect, test } from 'vitest';
import { jsonPlace } from './json-place';

test('[JP1] the line and the column of the first character that does not belong there', () => {
  expect(jsonPlace('{\n  "format": 2,\n  "name" "x"\n}')).toMatchObject({ line: 3, column: 10 });
  expect(jsonPlace('{\r\n"a": 1,,\r\n}')).toMatchObject({ line: 2, column: 8 });
  expect(jsonPlace("{'a': 1}")).toMatchObject({ line: 1, column: 2 });
  expect(jsonPlace('{"a": [1, 2')).toMatchObject({ line: 1, column: 12 });
  expect(jsonPlace('')).toMatchObject({ line: 1, column: 1 });
  expect(jsonPlace('{} {}')).toMatchObject({ line: 1, column: 4 });
});

test('[JP2] JSON has no such place, whatever its numbers are', () => {
  expect(jsonPlace('{"a": [1, 2.50, 12345678901234567890, "\\u0041"], "a": null}')).toBeNull();
});

test('[JP3] a text that is nested too deep to be read is no JSON', () => {
  expect(jsonPlace('['.repeat(200_000))).toMatchObject({ line: 1 });
});
