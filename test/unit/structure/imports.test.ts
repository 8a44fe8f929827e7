import assert from 'node:assert/strict';
import { codeOnly, importsOf, importTarget, type SourceFile, sourceFiles } from '../../tools/sourceFiles';

const TYPESCRIPT = /\.ts$/;
const NODE_MODULE = /^node:/;
const DOM_GLOBAL =
  /\b(?:document|window)\s*[.[]|\b(?:HTML\w*Element|localStorage|XMLHttpRequest|requestAnimationFrame)\b/;

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Top-level folder that a relative import leads to. */
  readonly folder: string | undefined;
}

function importsBelow(folder: string): Import[] {
  return sourceFiles(folder, TYPESCRIPT).flatMap(({ path, text }: SourceFile) =>
    importsOf(text).map((specifier) => ({
      file: path,
      specifier,
      folder: importTarget(path, specifier)?.split('/')[0],
    })),
  );
}

function assertNone(imports: readonly Import[]): void {
  assert.deepEqual(
    imports.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
}

describe('import directions', () => {
  it('are found by the reader of imports', () => {
    const text = [
      "import a, { b } from './one';",
      "import type { C } from '../two';",
      "import 'three';",
      "export { d } from './four';",
      "const e = await import('five');",
      "import {\n  f,\n} from 'six';",
    ].join('\n');
    assert.deepEqual(importsOf(text), ['./one', '../two', 'three', './four', 'five', 'six']);
  });

  it('only extension/ imports vscode (and the tests that run inside VS Code)', () => {
    const imports = ['engine', 'webviews', 'test'].flatMap(importsBelow);
    assertNone(
      imports.filter(
        ({ specifier, file }) => specifier === 'vscode' && !file.startsWith('test/integration/suite/'),
      ),
    );
    assert.ok(importsBelow('extension').some(({ specifier }) => specifier === 'vscode'));
  });

  it('engine/ imports nothing of this repository but engine/', () => {
    assertNone(importsBelow('engine').filter(({ folder }) => folder !== undefined && folder !== 'engine'));
  });

  it('engine/ uses no DOM globals', () => {
    const files = sourceFiles('engine', TYPESCRIPT).filter(({ text }) => DOM_GLOBAL.test(codeOnly(text)));
    assert.deepEqual(
      files.map(({ path }) => path),
      [],
    );
    assert.ok(
      sourceFiles('webviews', TYPESCRIPT).some(({ text }) => DOM_GLOBAL.test(codeOnly(text))),
      'the search finds the DOM where it is used',
    );
  });

  it('webviews/ import neither extension/ nor Node', () => {
    assertNone(
      importsBelow('webviews').filter(
        ({ folder, specifier }) => folder === 'extension' || NODE_MODULE.test(specifier),
      ),
    );
  });

  it('extension/ does not import webviews/', () => {
    assertNone(importsBelow('extension').filter(({ folder }) => folder === 'webviews'));
  });

  it('no source imports a test', () => {
    const imports = ['engine', 'extension', 'webviews'].flatMap(importsBelow);
    assertNone(imports.filter(({ folder }) => folder === 'test'));
  });
});
