// Writes engine/training/OPTIONS.md: every key of *.transfer.jsonc with its default and its source, from the schema.
// node .dev/options-doc.mjs
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transferSchema } from './build-schema.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const OPTIONS_FILE = 'engine/training/OPTIONS.md';

const HEAD = `# Every key of a run configuration

Written by \`node .dev/options-doc.mjs\` from the schema; the same texts appear on hover in VS Code. "methods.md N" is a section of the specification, "(ours)" a value that the papers' sources at hand do not give: each run lists those in effect in \`environment.json\` (\`openChoices\`).

| key | values | what, default, source |
|---|---|---|
`;

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const isLimit = (value) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return [
    isLimit(minimum) ? `at least ${minimum}` : '',
    isLimit(exclusiveMinimum) ? `more than ${exclusiveMinimum}` : '',
    isLimit(maximum) ? `at most ${maximum}` : '',
    isLimit(exclusiveMaximum) ? `less than ${exclusiveMaximum}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** The values that a key takes, in words. */
function valuesOf(schema) {
  if (schema.const !== undefined) {
    return `\`${schema.const}\``;
  }
  if (schema.enum) {
    return schema.enum.map((value) => `\`${value}\``).join(', ');
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants?.every(({ const: value }) => value !== undefined)) {
    return variants.map(({ const: value }) => `\`${value}\``).join(', ');
  }
  return [schema.type ?? 'object', rangeOf(schema)].filter(Boolean).join(', ');
}

/** One entry per key below a schema: [key, schema]. Variants repeat keys of their kind. */
export function optionEntries(schema, prefix = '') {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = prefix ? `${prefix}.${key}` : key;
    return [[name, value], ...optionEntries(value, name)];
  });
  const items = schema.items ? optionEntries(schema.items, `${prefix}[]`) : [];
  const variants = (schema.oneOf ?? schema.anyOf ?? []).flatMap((variant) => {
    const { preset, type, format, name } = variant.properties ?? {};
    const kind = preset?.const ?? type?.const ?? format?.const ?? name?.const;
    const entries = kind === undefined ? [] : optionEntries(variant, `${prefix}(${kind})`);
    // What chooses a variant means what the variant does.
    return entries.map(([key, value]) =>
      value === type || value === name ? [key, { description: variant.description, ...value }] : [key, value],
    );
  });
  return [...own, ...items, ...variants];
}

/** The document's text. */
export async function optionsDocument(root) {
  const schema = await transferSchema(root);
  const rows = optionEntries(schema).map(
    ([name, value]) => `| \`${name}\` | ${escaped(valuesOf(value))} | ${escaped(value.description ?? '')} |`,
  );
  return `${HEAD}${rows.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(path.join(ROOT, OPTIONS_FILE), await optionsDocument(ROOT));
}
