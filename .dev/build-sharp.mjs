// Puts the image library sharp into dist/: sharp.js, and its WebAssembly build for machines without the native one.
// A .vsix serves every platform, so it carries the WebAssembly; where node_modules has the native build, that is taken.
import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const SCRIPT = /[\\/]sharp[\\/]dist[\\/].*\.cjs$/;
/** Builds from source beside the package, which a bundle never has. */
const SOURCE_BUILD = /require\(`\.\.\/src\/[^`]*`\)/g;

/** esbuild plugin: bundles import sharp from the file beside them. */
export const sharpBeside = {
  name: 'sharp-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^sharp$/ }, () => ({ path: './sharp.js', external: true }));
  },
};

function resolveBinaries(wasmScript) {
  return {
    name: 'sharp-binaries',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: SCRIPT }, async ({ path: file }) => ({
        contents: (await readFile(file, 'utf8')).replace(SOURCE_BUILD, 'undefined'),
        loader: 'js',
      }));
      onResolve({ filter: /^@img\/sharp-/ }, ({ path: name }) => ({
        path: name === '@img/sharp-wasm32/sharp.node' ? `./${wasmScript}` : name,
        external: true,
      }));
    },
  };
}

export async function run(root, dist) {
  const modules = path.join(root, 'node_modules');
  const folder = path.join(modules, '@img/sharp-wasm32');
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  // The script finds its WebAssembly, and starts its threads, by its own name.
  const wasmScript = `sharp-wasm32-${version}.node.js`;
  const wasm = wasmScript.replace(/js$/, 'wasm');
  const made = ['sharp.js', wasmScript, wasm].map((name) => path.join(dist, name));
  if (made.every((file) => existsSync(file))) {
    return;
  }
  const [library, script, binary] = made;
  await build({
    ...OPTIONS,
    entryPoints: [path.join(modules, 'sharp/dist/index.cjs')],
    outfile: library,
    plugins: [resolveBinaries(wasmScript)],
  });
  await build({ ...OPTIONS, entryPoints: [path.join(folder, 'lib', wasmScript)], outfile: script });
  await copyFile(path.join(folder, 'lib', wasm), binary);
}
