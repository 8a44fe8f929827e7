import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { imageDataSchema } from '../../../engine/datasets/imageDataSchema';
import { METHOD_NAMES } from '../../../engine/methods/methodPreset';
import { checkConfigurationText } from '../../../engine/training/configuration';
import {
  CONFIGURATION_TEMPLATES,
  configurationText,
} from '../../../extension/configuration/configurationTemplates';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();
const readJson = async (file: string) => JSON.parse(await readFile(path.join(ROOT, file), 'utf8'));

/** What a snippet yields when one accepts every placeholder. */
function expand(body: readonly string[]): string {
  return body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '');
}

describe('configuration templates', () => {
  it('offer every method', () => {
    assert.deepEqual(CONFIGURATION_TEMPLATES.map(({ method }) => method).sort(), [...METHOD_NAMES].sort());
  });

  for (const method of METHOD_NAMES) {
    it(`are valid as they are (${method})`, () => {
      const { configuration, problems } = checkConfigurationText(configurationText(method));
      assert.deepEqual(problems, []);
      assert.equal(configuration?.method, method);
    });
  }
});

describe('snippets', () => {
  async function snippetsOf(prefix: string): Promise<{ scope: string; body: string[] }[]> {
    const snippets = Object.values(await readJson('snippets/transfer.code-snippets')) as {
      prefix: string;
      scope: string;
      body: string[];
    }[];
    return snippets.filter((snippet) => snippet.prefix.startsWith(prefix));
  }

  it('are valid configurations, one per method', async () => {
    const methods = (await snippetsOf('transfer-')).map(({ scope, body }) => {
      const { configuration, problems } = checkConfigurationText(expand(body));
      assert.deepEqual(problems, [], expand(body));
      assert.equal(scope, 'jsonc');
      return configuration?.method;
    });
    assert.deepEqual(methods.sort(), [...METHOD_NAMES].sort());
  });

  it('offer the data of every set with static images', async () => {
    const formats = (await snippetsOf('data-')).map(({ scope, body }) => {
      const text = `{ "method": "ktl", ${expand(body)}, "training": { "epochs": 1 } }`;
      const { configuration, problems } = checkConfigurationText(text);
      assert.deepEqual(problems, [], text);
      assert.equal(scope, 'jsonc');
      return configuration?.data.images?.format;
    });
    const known = imageDataSchema.options.map(({ shape }) => shape.format.value);
    assert.deepEqual(['mnist', ...formats].sort(), known.sort());
  });
});

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly description?: string;
  readonly default?: unknown;
  readonly additionalProperties?: boolean;
  readonly required?: string[];
}

describe('JSON schema', () => {
  let schema: Schema & Record<string, unknown>;
  before(async () => {
    const module = await import(pathToFileURL(path.join(ROOT, '.dev/build-schema.mjs')).href);
    schema = await module.transferSchema(ROOT);
  });

  it('asks only for what has no default', () => {
    assert.deepEqual(schema.required?.sort(), ['data', 'method']);
    assert.equal(schema.additionalProperties, false);
    assert.equal(schema.allowTrailingCommas, true);
  });

  it('describes every key of the first level, and shows defaults', () => {
    const undescribed = Object.entries(schema.properties!).filter(([, { description }]) => !description);
    assert.deepEqual(
      undescribed.map(([key]) => key),
      [],
    );
    const steps = schema.properties?.frames?.properties?.timeSteps;
    assert.equal(steps?.default, 6);
    assert.match(steps?.description ?? '', /Default: 6\.$/);
  });

  it('describes every key of every level', async () => {
    const { optionEntries } = await import(pathToFileURL(path.join(ROOT, '.dev/options-doc.mjs')).href);
    const entries = optionEntries(schema) as [string, Schema][];
    assert.ok(entries.length > 100);
    assert.deepEqual(
      entries.filter(([, { description }]) => !description).map(([key]) => key),
      [],
    );
  });

  it('is what OPTIONS.md says (node .dev/options-doc.mjs writes it)', async () => {
    const { OPTIONS_FILE, optionsDocument } = await import(
      pathToFileURL(path.join(ROOT, '.dev/options-doc.mjs')).href
    );
    assert.equal(await readFile(path.join(ROOT, OPTIONS_FILE), 'utf8'), await optionsDocument(ROOT));
  });
});
