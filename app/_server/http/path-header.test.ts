import { expect, test } from 'vitest';
import { pagePath } from './path-header';

test.each([
  ['/flows?_rsc=1abc', '/flows'],
  ['/flows?_rsc', '/flows'],
  ['/runs?id=a&_rsc=1abc&flow=b', '/runs?id=a&flow=b'],
  ['/runs?id=_rsc%3D1&x_rsc=2', '/runs?id=_rsc%3D1&x_rsc=2'],
  ['/runs?', '/runs?'],
  ['/', '/'],
])('[PA1] %s is the page %s, and signing in leads back to it', (url, page) => expect(pagePath(url)).toBe(page));
