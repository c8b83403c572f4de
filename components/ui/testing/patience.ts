/**
 * How long a test of a screen waits for what is to appear. The default is a second, in which a busy machine, or the first
 * answer of the type checker, has shown nothing yet. What never appears takes that long to fail.
 */
if (typeof document !== 'undefined') {
  const { configure } = await import('@testing-library/react');
  configure({ asyncUtilTimeout: 10_000 });
}

export {};
