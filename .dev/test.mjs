// npm test: installs what is missing, then runs every suite and prints the sum of their counts as the last line.
// node .dev/test.mjs [--only check|unit|gpu|golden|integration|e2e ...] [--grep TEXT]
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, realpath } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, runMain } from './bootstrap.mjs';
import { packageExtension } from './package.mjs';
import { endLeftovers, runCommand } from './process.mjs';
import { ROOT } from './root.mjs';
import { ensureChromium, ensureServer, unsupportedReason } from './vscode-server.mjs';

const BROWSER_HINT =
  'there is no Chromium: install the package chromium (as root: apt-get install chromium), or name one in SPIKEBRIDGE_CHROMIUM';
const NOTHING = { passed: 0, failed: 0, skipped: 0 };

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    grep: { type: 'string' },
  },
});

/** Environment of a suite: no file of the user's home is read or written, and nothing stays in the temporary folder. */
async function suiteEnvironment(scratch) {
  const home = path.join(scratch, 'home');
  const temporary = path.join(scratch, 'tmp');
  await mkdir(home, { recursive: true });
  await mkdir(temporary, { recursive: true });
  return {
    ...process.env,
    HOME: home,
    TMPDIR: temporary,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_DATA_HOME: path.join(home, 'data'),
    ...(options.grep ? { SPIKEBRIDGE_TEST_GREP: options.grep } : {}),
  };
}

/** Runs a script that writes its counts to a file; a script that dies before it could is one failure. */
async function runSuite(script, args, { env, scratch, limitSeconds, stdio }) {
  const folder = await mkdtemp(path.join(scratch, 'counts-'));
  const result = path.join(folder, 'counts.json');
  const code = await runCommand(
    process.execPath,
    [path.join(ROOT, '.dev', script), ...args, '--result', result],
    {
      cwd: ROOT,
      env: { ...env, SPIKEBRIDGE_TEST_RESULT: result },
      limitSeconds,
      ...(stdio && { stdio }),
    },
  );
  const counts = await readFile(result, 'utf8').then(JSON.parse, () => ({ ...NOTHING, failed: 1 }));
  const empty = counts.passed + counts.failed + counts.skipped === 0 && !options.grep;
  return { ...counts, failed: Math.max(counts.failed, code !== 0 && !options.grep ? 1 : 0, empty ? 1 : 0) };
}

function mochaSuite(name, limitSeconds) {
  const grep = options.grep ? ['--grep', options.grep] : [];
  return (context) => runSuite('test-unit.mjs', ['--suite', name, ...grep], { ...context, limitSeconds });
}

function sumOf(counts) {
  const sum = (key) => counts.reduce((total, each) => total + each[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The unit tests in two processes where there are two cores; what the second prints follows the first. */
async function unit(context) {
  if (availableParallelism() < 2 || options.grep) {
    return mochaSuite('unit', 1200)(context);
  }
  const log = await open(path.join(context.scratch, 'unit-2.log'), 'w+');
  const start = (shard, stdio) =>
    runSuite('test-unit.mjs', ['--suite', 'unit', '--shard', shard], {
      ...context,
      limitSeconds: 900,
      stdio,
    });
  try {
    const counts = await Promise.all([start('1/2'), start('2/2', ['ignore', log.fd, log.fd])]);
    process.stdout.write(await readFile(path.join(context.scratch, 'unit-2.log')));
    return sumOf(counts);
  } finally {
    await log.close();
  }
}

/** Lint and type check, one count each. */
async function check({ env }) {
  const counts = { ...NOTHING };
  for (const [tool, args] of [
    ['@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']],
    ['typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ]) {
    const file = path.join(ROOT, 'node_modules', tool);
    const code = await runCommand(process.execPath, [file, ...args], { cwd: ROOT, env, limitSeconds: 300 });
    counts[code === 0 ? 'passed' : 'failed'] += 1;
  }
  return counts;
}

/** Adds what a real VS Code needs to the environment, or says why the suite is skipped. */
async function prepareVsCode(context) {
  const unsupported = unsupportedReason();
  if (unsupported) {
    return { skip: unsupported };
  }
  if (!context.env.SPIKEBRIDGE_CHROMIUM) {
    return { skip: BROWSER_HINT };
  }
  const { node, entry } = await ensureServer();
  const env = { ...context.env, SPIKEBRIDGE_TEST_NODE: node, SPIKEBRIDGE_TEST_SERVER: entry };
  return { context: { ...context, env } };
}

/** A suite in a real VS Code: skipped as one where that cannot exist on this machine. */
function vsCodeSuite(start) {
  return async (context) => {
    const prepared = await prepareVsCode(context);
    if (prepared.skip) {
      console.log(`Skipped: ${prepared.skip}`);
      return { ...NOTHING, skipped: 1 };
    }
    return start(prepared.context);
  };
}

/** Folders where a Chromium keeps its software renderer of Vulkan. */
async function findSoftwareGpu(chromium) {
  const folders = ['/usr/lib/chromium', chromium && path.dirname(await realpath(chromium))];
  return folders.find((folder) => folder && existsSync(path.join(folder, 'vk_swiftshader_icd.json')));
}

/** The GPU kernels on Chromium's software renderer: right, and thousands of times slower than a GPU. */
async function gpu(context) {
  const folder = await findSoftwareGpu(context.env.SPIKEBRIDGE_CHROMIUM);
  const isInstalled = existsSync(path.join(ROOT, 'node_modules/webgpu/package.json'));
  if (!folder || !isInstalled) {
    const missing = isInstalled ? 'no Chromium with vk_swiftshader_icd.json' : 'no npm package webgpu';
    console.log(`Skipped: ${missing} on this machine.`);
    return { ...NOTHING, skipped: 1 };
  }
  const env = {
    ...context.env,
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(path.delimiter),
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
    SPIKEBRIDGE_ALLOW_SOFTWARE_GPU: '1',
  };
  return mochaSuite('gpu', 900)({ ...context, env });
}

const SUITES = {
  check,
  unit,
  gpu,
  golden: mochaSuite('golden', 900),
  integration: vsCodeSuite((context) =>
    runSuite('test-integration.mjs', [], { ...context, limitSeconds: 420 }),
  ),
  e2e: vsCodeSuite(async (context) => {
    const env = { ...context.env, SPIKEBRIDGE_TEST_VSIX: await packageExtension() };
    return mochaSuite('e2e', 1200)({ ...context, env });
  }),
};

function chosenSuites() {
  const unknown = options.only.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    throw new Error(
      `--only ${unknown[0]}: there is no such suite. Suites: ${Object.keys(SUITES).join(', ')}`,
    );
  }
  return options.only.length > 0 ? options.only : Object.keys(SUITES);
}

/** Runs one step; whatever it throws is one failure. Prints its counts and its duration. */
async function runStep(name, step) {
  console.log(`\n== ${name} ==`);
  const started = Date.now();
  const counts = await step().catch((error) => {
    console.error(error);
    return { ...NOTHING, failed: 1 };
  });
  endLeftovers();
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${name}: ${format(counts)} (${seconds} s)`);
  return counts;
}

function format({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Installs, builds and finds a browser for the suites; counts nothing unless it fails. */
async function prepare(context) {
  await bootstrap();
  const chromium = await ensureChromium();
  if (chromium) {
    context.env.SPIKEBRIDGE_CHROMIUM = chromium;
  } else {
    console.log(`Some tests will be skipped: ${BROWSER_HINT}`);
  }
  return { ...NOTHING };
}

async function runAll(context) {
  const counts = [await runStep('install and build', () => prepare(context))];
  if (counts[0].failed > 0) {
    return counts[0];
  }
  for (const name of chosenSuites()) {
    counts.push(await runStep(name, () => SUITES[name](context)));
  }
  return sumOf(counts);
}

await runMain(async () => {
  chosenSuites();
  const scratch = await mkdtemp(path.join(tmpdir(), 'spikebridge-'));
  // At the exit, after the processes that write there have been ended: Ctrl-C leaves nothing either.
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const sum = await runAll({ env: await suiteEnvironment(scratch), scratch });
  console.log(`\n${format(sum)}`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
});
