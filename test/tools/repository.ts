import path from 'node:path';

/** Root folder of the repository (set when the tests are bundled). */
export const REPOSITORY = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();

/** Absolute path of a file of the repository. */
export function repositoryFile(...parts: readonly string[]): string {
  return path.join(REPOSITORY, ...parts);
}

/** Kept after the tests: screenshots and logs. Ignored by git. */
export const ARTIFACTS = repositoryFile('artifacts');
