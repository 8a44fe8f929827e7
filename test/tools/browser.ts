import { type Browser, chromium } from 'playwright-core';

/** No name but 127.0.0.1 resolves: a test cannot reach the internet, the webviews included. */
const HERMETIC = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Flags of every browser of the tests. */
export const BROWSER_FLAGS: readonly string[] = [...QUIET, HERMETIC];

/** Path of the Chromium that tests run in. */
export function chromiumPath(): string {
  const executablePath = process.env.SPIKEBRIDGE_CHROMIUM;
  if (!executablePath) {
    throw new Error('SPIKEBRIDGE_CHROMIUM is not set: run these tests through npm test');
  }
  return executablePath;
}

/** A headless Chromium; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...BROWSER_FLAGS],
    timeout: 60_000,
  });
}
