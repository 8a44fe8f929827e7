// esbuild: `h5wasm-instances` is h5wasm as a function that makes an instance of it. The package makes one instance as
// it is loaded, and its classes know no other; damage in a file can break an instance for good.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './root.mjs';

const FILE = path.join(ROOT, 'node_modules/h5wasm/dist/esm/hdf5_hl.js');
const NAME = /^h5wasm-instances$/;
const ENTRY = /[\\/]h5wasm[\\/]dist[\\/]esm[\\/]hdf5_hl\.js$/;
const IMPORT = /^import ModuleFactory from '.\/hdf5_util.js';$/m;
const EXPORT = /^export (default [\w$]+;|\{[^}]*\};|(?=var|const|function|class))/gm;

/** Source of the package's module `text`, all of it inside a function; declarations stay, exports go. */
function asFunction(text) {
  const [statement] = IMPORT.exec(text) ?? [];
  const body = text.replace(IMPORT, '').replace(EXPORT, '');
  if (!statement || /^(import|export)\b/m.test(body) || !/^const ready = /m.test(body)) {
    throw new Error(`${FILE}: not the module that is known; adapt .dev/hdf5-instances.mjs to this version`);
  }
  return `${statement}
export async function createInstance() {
${body}
await ready;
return { File, Module };
}`;
}

/** Where libraries stand in shared files, the name leads there, and the entry of that file is what comes from here. */
export function resolveHdf5Instances(build) {
  const isShared = build.initialOptions.plugins?.some(({ name }) => name === 'share-libraries');
  build.onResolve({ filter: isShared ? ENTRY : NAME }, () => ({ path: FILE, suffix: '?instances' }));
  build.onLoad({ filter: ENTRY }, async ({ path: file, suffix }) =>
    suffix === '?instances'
      ? { contents: asFunction(await readFile(file, 'utf8')), loader: 'js' }
      : undefined,
  );
}
