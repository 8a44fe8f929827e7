// esbuild plugin: the WebAssembly of decoders and decompressors travels inside the bundle, so that a bundle runs from any
// folder and in a browser worker too. Without it each package looks for its .wasm file beside the bundle.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { wordKernels } from './build-wasm.mjs';
import { resolveHdf5Instances } from './hdf5-instances.mjs';

const GLUE = /[\\/]@foxglove[\\/]wasm-(lz4|zstd|bz2)[\\/].*(wasm-lz4|wasm-zstd|wasm[\\/]module)\.js$/;
const BINARY = /[\\/]@foxglove[\\/]wasm-(lz4|zstd|bz2)[\\/].*\.wasm$/;
const WORD_KERNELS = /^\.\/kernels\.wasm$/;
const ENTRY = 'Module = Module || {};';

/** Source of the emscripten glue `text` with its module handed over as bytes. */
function withEmbeddedBinary(text, file) {
  const binary = path.basename(file).replace(/\.js$/, '.wasm');
  if (!text.includes(ENTRY)) {
    throw new Error(`${file}: no place to embed ${binary}; adapt .dev/embed-wasm.mjs to this version`);
  }
  return text.replace(ENTRY, `${ENTRY} Module["wasmBinary"] = require("./${binary}");`);
}

/**
 * CommonJS bundles for Node know no import.meta.url; h5wasm asks for it, though its WebAssembly is inside its script.
 */
function giveModuleUrl(options) {
  if (options.platform === 'node') {
    options.define = { ...options.define, 'import.meta.url': 'bundleUrl' };
    options.banner = { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' };
  }
}

const NODE_MODULE = /^(fs|path)$/;

export const embedWasm = {
  name: 'embed-wasm',
  setup(build) {
    giveModuleUrl(build.initialOptions);
    resolveHdf5Instances(build);
    // In a browser the glue never asks for these, but it names them.
    build.onResolve({ filter: NODE_MODULE }, ({ path: name, importer }) =>
      build.initialOptions.platform === 'browser' && GLUE.test(importer)
        ? { path: name, namespace: 'empty' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
    build.onResolve({ filter: WORD_KERNELS }, ({ path: name }) => ({
      path: name,
      namespace: 'word-kernels',
    }));
    build.onLoad({ filter: /.*/, namespace: 'word-kernels' }, async () => ({
      contents: await wordKernels(),
      loader: 'binary',
    }));
    build.onLoad({ filter: BINARY }, async ({ path: file }) => ({
      contents: await readFile(file),
      loader: 'binary',
    }));
    build.onLoad({ filter: GLUE }, async ({ path: file }) => ({
      contents: withEmbeddedBinary(await readFile(file, 'utf8'), file),
      loader: 'js',
    }));
  },
};
