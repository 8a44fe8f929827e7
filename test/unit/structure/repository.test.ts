import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { repositoryFile } from '../../tools/repository';
import { codeOnly, importsOf, importTarget, sourceFiles, topLevelNames } from '../../tools/sourceFiles';

const CODE = /\.(?:ts|mjs|js)$/;
const TEXT =
  /(?:\.(?:ts|mjs|js|css|json|jsonc|md|py|sh|svg|html|yml|yaml|code-snippets)|\/run|LICENSE|ignore)$/;
const MAX_LINES = 400;

const TOP_LEVEL = [
  'package.json',
  'README.md',
  'LICENSE',
  'extension',
  'webviews',
  'engine',
  'media',
  'snippets',
  'test',
];
const TOOL_CONFIGURATION = ['package-lock.json', 'tsconfig.json', 'biome.json'];

/** Written in pieces, so that this file does not contain what it looks for. */
const MACHINE_NAMES = [
  new RegExp(`${['registry', 'npmjs'].join('\\.')}|${['registry', 'yarnpkg'].join('\\.')}`),
  new RegExp(`(?:^|[\\s"'\`(=:])/(?:${['wo', 'rk'].join('')}|${['ro', 'ot'].join('')})/`, 'm'),
];

function readText(file: string): string {
  return readFileSync(repositoryFile(file), 'utf8');
}

function pathsOf(files: readonly { readonly path: string }[]): string[] {
  return files.map(({ path }) => path);
}

describe('the repository', () => {
  it('has nothing at the top level but the agreed folders, dot-files and tool configuration', () => {
    const allowed = new Set([...TOP_LEVEL, ...TOOL_CONFIGURATION]);
    const others = topLevelNames().filter((name) => !name.startsWith('.') && !allowed.has(name));
    assert.deepEqual(others, []);
  });

  it('has everything that is agreed at the top level', () => {
    const present = new Set(topLevelNames());
    assert.deepEqual(
      TOP_LEVEL.filter((name) => !present.has(name)),
      [],
    );
  });

  it('has no default exports', () => {
    const files = sourceFiles('.', CODE).filter(({ text }) => /\bexport\s+default\b/.test(codeOnly(text)));
    assert.deepEqual(pathsOf(files), []);
  });

  it('has no value of type any', () => {
    const files = sourceFiles('.', /\.ts$/).filter(({ text }) =>
      /(?::|\bas|<|,|\|)\s*any\b(?!\w)/.test(codeOnly(text)),
    );
    assert.deepEqual(pathsOf(files), []);
  });

  it(`has no source file longer than ${MAX_LINES} lines`, () => {
    const files = sourceFiles('.', CODE).filter(({ text }) => text.split('\n').length > MAX_LINES + 1);
    assert.deepEqual(pathsOf(files), []);
  });

  it('names no package registry and no folder of a machine it was written on', () => {
    const files = sourceFiles('.', TEXT).filter(({ text }) => MACHINE_NAMES.some((name) => name.test(text)));
    assert.deepEqual(pathsOf(files), []);
  });
});

describe('the build', () => {
  it('needs nothing from the script that waits for it: both would wait for ever', () => {
    const reached = new Set(['.dev/build.mjs']);
    for (const file of reached) {
      for (const specifier of importsOf(readText(file))) {
        const target = importTarget(file, specifier);
        if (target?.startsWith('.dev/') && existsSync(repositoryFile(target))) {
          reached.add(target);
        }
      }
    }
    assert.ok(reached.has('.dev/hdf5-instances.mjs'), [...reached].join());
    assert.ok(!reached.has('.dev/bootstrap.mjs'));
  });
});

describe('the README', () => {
  it('names only npm scripts that exist', () => {
    const scripts: Record<string, string> = JSON.parse(readText('package.json')).scripts;
    const named = [...readText('README.md').matchAll(/npm (?:run ([\w:.-]+)|(test)\b)/g)];
    assert.ok(named.length > 0, 'no command is named');
    const missing = named.map((match) => match[1] ?? match[2] ?? '').filter((name) => !(name in scripts));
    assert.deepEqual(missing, []);
  });

  it('links only to files that exist', () => {
    const links = [...readText('README.md').matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(
      (match) => match[1] ?? '',
    );
    assert.ok(links.length > 0, 'no file is linked');
    assert.deepEqual(
      links.filter((link) => !existsSync(repositoryFile(link))),
      [],
    );
  });

  it('names every command that .ci/run runs', () => {
    const lines = readText('.ci/run').split('\n');
    const commands = lines
      .filter((line) => line.trim() && !/^(?:#|set |cd )/.test(line))
      .map((line) => line.replace(/^exec /, '').trim());
    assert.deepEqual(commands, ['npm test']);
    assert.ok(readText('README.md').includes('npm test'));
  });
});
