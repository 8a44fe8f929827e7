// How long the first KTL iteration of Transfer_VGG_SNN takes, most of which compiles shaders: with a driver that has not
// seen them and one that has, with other devices' help (engine/backends/webgpu/shaderCompiler.ts) and without.
//   node test/bench/gpuCompile.mjs [--pairs 4] [--small] [--step FILE]
// --step names a bundle of gpu/compileStep.ts that was built elsewhere (for machines without node_modules).
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const LIMIT_MS = 300_000;

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '4' },
    small: { type: 'boolean', default: false },
    step: { type: 'string' },
  },
});

/** One process with the driver's cache (NVIDIA's, by its variable) in a folder. */
function measure(step, help, cache) {
  const flags = [...(options.small ? ['--small'] : []), help ? '--help' : '--no-help'];
  const { stdout, stderr } = spawnSync(process.execPath, [step, '--pairs', options.pairs, ...flags], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    env: { ...process.env, __GL_SHADER_DISK_CACHE: '1', __GL_SHADER_DISK_CACHE_PATH: cache },
  });
  const line = stdout.split('\n').findLast((each) => each.startsWith('{'));
  if (!line) {
    return stderr.split('\n').find((each) => each.startsWith('error:')) ?? 'no result';
  }
  const { gpu, shaders, milliseconds } = JSON.parse(line);
  return `${(milliseconds / 1000).toFixed(2)} s for an iteration of ${shaders} shaders on ${gpu}`;
}

const step = options.step ?? (await (await import('./gpu/bundleStep.mjs')).bundleStep('compileStep'));
for (const help of [false, true]) {
  const cache = await mkdtemp(path.join(tmpdir(), 'spikebridge-shaders-'));
  for (const seen of ['not seen before', 'seen before']) {
    console.log(`${help ? 'with' : 'without'} help, ${seen}: ${measure(step, help, cache)}`);
  }
  await rm(cache, { recursive: true });
}
