import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './repository';

const IGNORED = new Set([
  'node_modules',
  'dist',
  '.cache',
  '.git',
  '.vscode-test',
  'artifacts',
  'runs',
  'demo',
]);

/** A text file of the repository. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

function listFiles(folder: string): string[] {
  return readdirSync(path.join(REPOSITORY, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) {
      return [file];
    }
    return IGNORED.has(entry.name) ? [] : listFiles(file);
  });
}

/** Every file below `folder` whose name matches `pattern`; what git ignores is left out. */
export function sourceFiles(folder: string, pattern: RegExp): SourceFile[] {
  return listFiles(folder)
    .filter((file) => pattern.test(file))
    .map((file) => ({ path: file, text: readFileSync(path.join(REPOSITORY, file), 'utf8') }));
}

/** Names of what lies at the top of the repository and is not ignored by git. */
export function topLevelNames(): string[] {
  return readdirSync(REPOSITORY).filter((name) => !IGNORED.has(name) && !name.endsWith('.vsix'));
}

/** The text without comments and without the contents of strings. */
export function codeOnly(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (part) => (part.startsWith('/') ? ' ' : "''"));
}

/** Modules that a file imports or requires, as written. */
export function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Where a relative import of `file` leads, relative to the repository; undefined for a package. */
export function importTarget(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : undefined;
}
