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
  const merged: Record<string, unknown> = { ...(base as Json) };
  for (const [key, value] of Object.entries(changes)) {
    const former = merged[key];
    if (isObject(value) && isObject(former)) {
      merged[key] = isOtherKind(former, value) ? value : mergeChanges(former, value);
    } else if (value !== undefined) {
      merged[key] = value;
    }
  }
  return merged as Base;
}

const DISCRIMINANTS = ['preset', 'format', 'kind'];

function isOtherKind(former: Json, changed: Json): boolean {
  return DISCRIMINANTS.some((key) => changed[key] !== undefined && changed[key] !== former[key]);
}
