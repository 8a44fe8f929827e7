import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** What an entry on the way down must be called: a name, one of some names, or anything that fits. */
export type PatternStep = string | RegExp | readonly string[];

/** Enough entries of a folder to tell what it holds. */
const MOST_ENTRIES = 400;

function fits(name: string, step: PatternStep): boolean {
  if (typeof step === 'string') {
    return name === step;
  }
  return step instanceof RegExp ? step.test(name) : step.includes(name);
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter(({ name }) => !name.startsWith('.'));
}

/** Whether below a folder there is an entry that fits the steps, one per level. */
export async function holdsPattern(
  folder: string,
  [step, ...rest]: readonly PatternStep[],
): Promise<boolean> {
  if (step === undefined) {
    return true;
  }
  const fitting = (await entriesOf(folder)).filter(({ name }) => fits(name, step)).slice(0, MOST_ENTRIES);
  if (rest.length === 0) {
    return fitting.length > 0;
  }
  for (const { name } of fitting) {
    if (await holdsPattern(path.join(folder, name), rest)) {
      return true;
    }
  }
  return false;
}
