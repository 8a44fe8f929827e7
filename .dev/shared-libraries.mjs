// esbuild plugin: libraries of several megabytes stand in dist/ once, as files of their own that the bundles of Node
// load when they need them (HDF5, zstd, bzip2).

export const LIBRARIES = [
  // Reads through a file system of its own, from any source.
  { entry: 'node_modules/h5wasm/dist/esm/hdf5_hl.js', out: 'h5wasm.js', names: /^h5wasm-instances$/ },
  // Writes to the disk.
  { entry: 'node_modules/h5wasm/dist/node/hdf5_hl.js', out: 'h5wasm-node.js', names: /^h5wasm\/node$/ },
  {
    entry: 'node_modules/@foxglove/wasm-zstd/dist/index.js',
    out: 'wasm-zstd.js',
    names: /^@foxglove\/wasm-zstd$/,
  },
  {
    entry: 'node_modules/@foxglove/wasm-bz2/dist/index.js',
    out: 'wasm-bz2.js',
    names: /^@foxglove\/wasm-bz2$/,
  },
];

export const shareLibraries = {
  name: 'share-libraries',
  setup(build) {
    for (const { names, out } of build.initialOptions.platform === 'node' ? LIBRARIES : []) {
      build.onResolve({ filter: names }, () => ({ path: `./${out}`, external: true }));
    }
  },
};
