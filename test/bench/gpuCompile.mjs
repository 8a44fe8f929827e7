// How long the shaders of one KTL iteration of Transfer_VGG_SNN take to compile, with a driver that has not seen them.
//   node test/bench/gpuCompile.mjs [--helpers 0,1,3,7] [--pairs 4] [--small] [--step FILE]
// Dawn gives every device two threads to compile on. --helpers: so many more devices compile a share of the shaders first,
// so that the first device finds them in the driver's cache; it helps only where the driver has one for all devices of a
// process. --step names a bundle of gpu/compileStep.ts that was built elsewhere (for machines without node_modules).
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 300_000;

const { values: options } = parseArgs({
  options: {
    helpers: { type: 'string', default: '0,1,3,7' },
    pairs: { type: 'string', default: '4' },
    small: { type: 'boolean', default: false },
    step: { type: 'string' },
  },
});

async function buildStep() {
  const { build } = await import('esbuild');
  const outfile = path.join(ROOT, '.cache/bench/compileStep.cjs');
  await mkdir(path.dirname(outfile), { recursive: true });
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/gpu/compileStep.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['webgpu'],
    logLevel: 'warning',
  });
  return outfile;
}

/** One process with the driver's cache (NVIDIA's, by its variable) in a folder. */
function measure(step, helpers, cache) {
  const size = options.small ? ['--small'] : [];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [step, '--helpers', helpers, '--pairs', options.pairs, ...size],
    {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      env: { ...process.env, __GL_SHADER_DISK_CACHE: '1', __GL_SHADER_DISK_CACHE_PATH: cache },
    },
  );
  const line = stdout.split('\n').findLast((each) => each.startsWith('{'));
  if (!line) {
    return stderr.split('\n').find((each) => each.startsWith('error:')) ?? 'no result';
  }
  const { gpu, shaders, milliseconds } = JSON.parse(line);
  const [opening, compiling] = [milliseconds.opening, milliseconds.compiling].map((each) =>
    (each / 1000).toFixed(2),
  );
  return `${compiling} s for ${shaders} shaders on ${gpu}; devices opened in ${opening} s`;
}

const step = options.step ?? (await buildStep());
for (const helpers of options.helpers.split(',')) {
  const cache = await mkdtemp(path.join(tmpdir(), 'spikebridge-shaders-'));
  console.log(`${helpers} helpers, not seen before: ${measure(step, helpers, cache)}`);
  console.log(`no helper, seen before: ${measure(step, '0', cache)}`);
  await rm(cache, { recursive: true, force: true });
}
