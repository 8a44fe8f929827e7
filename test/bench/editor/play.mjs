// Plays a stream of events at its own speed in a real VS Code (server, extension host, browser with software graphics)
// and tells how much of it the page kept up with:
// node test/bench/editor/play.mjs [--formats .raw,.aedat4] [--seconds 12] [--rate 10000000]
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, runMain } from '../../../.dev/bootstrap.mjs';
import { bundleEach } from '../../../.dev/bundle-tests.mjs';
import { packageExtension } from '../../../.dev/package.mjs';
import { ROOT } from '../../../.dev/root.mjs';
import { ensureChromium, ensureServer } from '../../../.dev/vscode-server.mjs';

const { values: options } = parseArgs({
  options: {
    formats: { type: 'string', default: '.raw,.aedat4' },
    seconds: { type: 'string', default: '12' },
    rate: { type: 'string', default: '10000000' },
  },
});

await runMain(async () => {
  await bootstrap();
  const { node, entry } = await ensureServer();
  process.env.SPIKEBRIDGE_CHROMIUM = await ensureChromium();
  Object.assign(process.env, { SPIKEBRIDGE_TEST_NODE: node, SPIKEBRIDGE_TEST_SERVER: entry });
  process.env.SPIKEBRIDGE_TEST_VSIX = await packageExtension();
  const folder = path.join(ROOT, '.cache/bench-editor');
  await bundleEach(['test/bench/editor/play.ts'], folder);
  const { play } = createRequire(import.meta.url)(path.join(folder, 'bench/editor/play.cjs'));
  for (const suffix of options.formats.split(',')) {
    const played = await play(suffix, Number(options.seconds), Number(options.rate));
    console.log(`${suffix}: ${JSON.stringify(played)}`);
  }
  return 0;
});
