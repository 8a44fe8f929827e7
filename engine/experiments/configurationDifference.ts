/** Keys that say where and with what a run is computed, not what. */
const IGNORED = new Set([
  '$schema',
  'name',
  'runsFolder',
  'threads',
  'backend',
  'precision',
  'data.cacheFolder',
]);

function flattened(value: unknown, path = ''): [string, string][] {
  if (IGNORED.has(path) || value === undefined) {
    return [];
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, each]) => flattened(each, path ? `${path}.${key}` : key));
  }
  return [[path, JSON.stringify(value)]];
}

/**
 * What differs between two resolved configurations, one line per key; nothing where both compute the same. Backend,
 * precision, threads and cache are not compared: the table names the backend of every row.
 */
export function configurationDifferences(recorded: unknown, wanted: unknown): string[] {
  const [before, after] = [new Map(flattened(recorded)), new Map(flattened(wanted))];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: ${before.get(key) ?? 'absent'}, now ${after.get(key) ?? 'absent'}`);
}
