type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays changes over a configuration: objects are merged key by key, anything else (lists too) is replaced; an
 * undefined value changes nothing. A section whose `preset`, `format` or `kind` changes is replaced as a whole,
 * because its other keys belong to the former kind.
 */
export function mergeChanges<Base extends object>(base: Base, changes: object): Base {
  // Entries, not properties: a key may be called __proto__.
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(changes)) {
    const former = merged.get(key);
    if (isObject(value) && isObject(former)) {
      merged.set(key, isOtherKind(former, value) ? value : mergeChanges(former, value));
    } else if (value !== undefined) {
      merged.set(key, value);
    }
  }
  return Object.fromEntries(merged) as Base;
}

const DISCRIMINANTS = ['preset', 'format', 'kind'];

function isOtherKind(former: Json, changed: Json): boolean {
  return DISCRIMINANTS.some((key) => changed[key] !== undefined && changed[key] !== former[key]);
}
