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

/** A headless Chromium; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.SPIKEBRIDGE_CHROMIUM;
  if (!executablePath) {
    throw new Error('SPIKEBRIDGE_CHROMIUM is not set: run these tests through npm test');
  }
  return chromium.launch({ executablePath, headless: true, args: [...QUIET, HERMETIC], timeout: 60_000 });
}
