/**
 * Which browser the journeys run in: Playwright's own, one of the system, the one that a registry package brings, or
 * Playwright's after installing it. Says plainly what to do when there is none.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

export interface Browser {
  executablePath: string;
  args: string[];
}

/** Without a sandbox of its own where there can be none (root, containers), nor much shared memory; without traffic that nobody asked for. */
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

/** Throws with the one command that helps when no browser can be had. */
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
    // Said below.
  }
  if (existsSync(chromium.executablePath())) return { executablePath: chromium.executablePath(), args: ARGS };
  throw new Error(
    'The journeys need a Chromium and none was found. Install one: `npx playwright install --with-deps chromium`, or your ' +
      "system's package `chromium`, or name one with BACKSTITCH_TEST_BROWSER=/path/to/chromium."
  );
}

/** Playwright says itself whether there is a head; a browser of one process ends with its first page. */
const UNFIT = /^--(headless|single-process|no-zygote)\b/;

/** A Linux build inside an npm package; null where it cannot run. */
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
