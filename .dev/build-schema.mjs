// Generates the JSON schema of *.transfer.jsonc from the zod schema, for completion, hover and validation in VS Code.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';

const SOURCE = `
  export { z } from 'zod';
  export { transferConfigurationSchema } from './engine/training/configurationSchema';
`;

/** The exports of a TypeScript text, bundled in memory. */
async function evaluate(root, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  const module = { exports: {} };
  const wrapper = vm.runInThisContext(`(function (module, exports, require) {${outputFiles[0].text}\n})`);
  wrapper(module, module.exports, createRequire(path.join(root, 'package.json')));
  return module.exports;
}

/** The present value of a key that only has a default inside: shown on hover. */
function describeDefaults(schema) {
  if (schema === null || typeof schema !== 'object') {
    return;
  }
  for (const each of Object.values(schema)) {
    describeDefaults(each);
  }
  const isPlain = (value) => value === null || typeof value !== 'object';
  if ('default' in schema && isPlain(schema.default) && typeof schema.description === 'string') {
    schema.description += ` Default: ${JSON.stringify(schema.default)}.`;
  }
}

/** The JSON schema as an object. */
export async function transferSchema(root) {
  const { z, transferConfigurationSchema } = await evaluate(root, SOURCE);
  const schema = z.toJSONSchema(transferConfigurationSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  describeDefaults(schema);
  return { ...schema, title: 'SpikeBridge transfer run', allowComments: true, allowTrailingCommas: true };
}

export async function run(root, dist) {
  const folder = path.join(dist, 'schema');
  await mkdir(folder, { recursive: true });
  const text = `${JSON.stringify(await transferSchema(root), null, 1)}\n`;
  await writeFile(path.join(folder, 'transfer.schema.json'), text);
}
