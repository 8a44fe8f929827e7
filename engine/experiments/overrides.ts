import { SpikeBridgeError } from '../errors';

/** A value set for every run of an experiment, e.g. training.batchPairs=16. */
export interface Override {
  /** Keys from the top of the configuration, joined by dots. */
  readonly path: string;
  readonly value: unknown;
}

/** Keys of which the experiment itself decides. */
const RESERVED =
  /^(?:name|seed|runsFolder|threads|backend|distillation\.teacher|start\.checkpoint|data\.\w+\.folder)$/;

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads KEY=VALUE; the value is JSON, or else text.
 * @throws SpikeBridgeError (usage).
 */
export function parseOverride(text: string): Override {
  const [, path, value] = /^([A-Za-z]\w*(?:\.\w+)*)=(.*)$/s.exec(text) ?? [];
  if (path === undefined || value === undefined || RESERVED.test(path)) {
    throw new SpikeBridgeError(
      'usage',
      path === undefined ? `"${text}" is not KEY=VALUE` : `${path} is decided by the experiment`,
      'Give a key of run configurations, e.g. --set training.batchPairs=16; --seeds, --data and --backend have options of their own.',
    );
  }
  return { path, value: parsedValue(value) };
}

/** The override as nested changes, for mergeChanges. */
export function changesOf({ path, value }: Override): object {
  return path
    .split('.')
    .reduceRight<unknown>((nested, key) => Object.fromEntries([[key, nested]]), value) as object;
}

/** As it is typed and printed. */
export function overrideText({ path, value }: Override): string {
  return `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
