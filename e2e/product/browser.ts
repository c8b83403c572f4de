/**
 * Which browser the journeys run in: Playwright's own, one of the system, the one that a registry package brings, or
 * Playwright's after an installation. If there is none, the error names the command that helps.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

export interface Browser {
  executablePath: string;
  args: string[];
}

/** No sandbox where none is possible (root, containers), little shared memory, and no background traffic. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Throws an error with the command that helps if no browser is available. */
export async function findBrowser(): Promise<Browser> {
  const there = [process.env.BACKSTITCH_TEST_BROWSER, chromium.executablePath(), ...SYSTEM].find(
    (file) => file && existsSync(file)
  );
  if (there) return { executablePath: there, args: ARGS };
  const packaged = await fromPackage();
  if (packaged) return packaged;
  try {
    execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit' });
  } catch {
    // The error below covers this case.
  }
  if (existsSync(chromium.executablePath())) return { executablePath: chromium.executablePath(), args: ARGS };
  throw new Error(
    'The journeys need a Chromium and none was found. Install one: `npx playwright install --with-deps chromium`, or your ' +
      "system's package `chromium`, or name one with BACKSTITCH_TEST_BROWSER=/path/to/chromium."
  );
}

/** Playwright decides whether the browser has a window; a browser of one process ends with its first page. */
const UNFIT = /^--(headless|single-process|no-zygote)\b/;

/** A Linux build inside an npm package; null if it cannot run here. */
async function fromPackage(): Promise<Browser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    const executablePath = await packaged.executablePath();
    execFileSync(executablePath, ['--version'], { stdio: 'ignore' });
    return { executablePath, args: [...packaged.args.filter((arg) => !UNFIT.test(arg)), ...ARGS] };
  } catch {
    return null;
  }
}
