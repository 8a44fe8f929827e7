// Time per picture of the recording editor on a stream of 10 million events per second, 1280 x 720, both renderers:
// node test/bench/editor/bench.mjs [--gpu]. Needs a Chromium (SPIKEBRIDGE_CHROMIUM, or Debian's package).
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const candidates = [process.env.SPIKEBRIDGE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = candidates.find((candidate) => candidate && existsSync(candidate));
if (!executablePath) {
  console.error('There is no Chromium: install one, or name it in SPIKEBRIDGE_CHROMIUM.');
  process.exit(2);
}
const { outputFiles } = await build({
  entryPoints: [path.join(here, 'page.ts')],
  bundle: true,
  write: false,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
});
const gpu = process.argv.includes('--gpu');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', gpu ? '--enable-gpu' : '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.addScriptTag({ content: outputFiles[0].text });
  const { graphics, unpackMillionEventsPerSecond, measurements } = await page.evaluate('measureAll()');
  console.log(`WebGL on: ${graphics}`);
  console.log(`unpacking: ${unpackMillionEventsPerSecond} million events/s`);
  console.table(measurements);
} finally {
  await browser.close();
}
