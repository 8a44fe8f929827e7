import { z } from 'zod';
import { SpikeBridgeError } from '../errors';

/** What settings belong to: a filter or a representation. */
export interface SettingsDefinition {
  readonly name: string;
  /** In one sentence. */
  readonly description: string;
  readonly schema: z.ZodObject;
}

/** What is used of a parameter's JSON schema. */
interface ParameterSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

/** One parameter of a filter or representation in words. */
export interface SettingsParameter {
  readonly name: string;
  /** "a whole number of at least 0", "on or off". */
  readonly range: string;
  /** With its unit. */
  readonly description: string;
  /** Undefined where it must be given, or where leaving it out means none. */
  readonly standard: unknown;
}

function rangeText({ type, enum: choices, minimum, exclusiveMinimum }: ParameterSchema): string {
  if (choices) {
    return choices.join(' or ');
  }
  if (type === 'array') {
    return 'a list of pixels [[x, y], …]';
  }
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  if (exclusiveMinimum !== undefined) {
    return `${kind} above ${exclusiveMinimum}`;
  }
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER
    ? kind
    : `${kind} of at least ${minimum}`;
}

/** The parameters of a definition, the first one first: a value without a name is meant for it. */
export function settingsParameters({ schema }: SettingsDefinition): SettingsParameter[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties as Readonly<Record<string, ParameterSchema>>)
    .filter(([name]) => name !== 'name')
    .map(([name, parameter]) => ({
      name,
      range: rangeText(parameter),
      description: parameter.description ?? '',
      standard: parameter.default,
    }));
}

/** "filter_time: a number above 0, default 10000. How long a neighbour supports an event, in µs (exclusive)." */
export function parameterText({ name, range, description, standard }: SettingsParameter): string {
  return `${name}: ${range}${standard === undefined ? '' : `, default ${standard}`}. ${description}`;
}

function givenValue(settings: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    settings,
  );
}

/** Words for a value as it was given: JSON has none for numbers that are none. */
function valueText(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function problemText(
  issue: z.core.$ZodIssue,
  settings: unknown,
  parameters: readonly SettingsParameter[],
): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => (key === '' ? 'it has no parameters' : `there is no parameter "${key}"`))
      .join(', ');
  }
  if (issue.code === 'custom') {
    return issue.message;
  }
  const [name] = issue.path;
  const parameter = parameters.find((each) => each.name === name);
  const given = givenValue(settings, [name ?? '']);
  if (!parameter) {
    return 'its parameters are no list of names and values';
  }
  if (given === undefined) {
    return `the parameter "${parameter.name}" is missing`;
  }
  const range = issue.code === 'too_big' ? `at most ${issue.maximum}` : parameter.range;
  return `"${parameter.name}" must be ${range}, not ${valueText(given)}`;
}

/** What is wrong with settings, in words. @param settings as they were given. */
export function settingsProblems(
  error: z.ZodError,
  settings: unknown,
  definition: SettingsDefinition,
): string {
  const parameters = settingsParameters(definition);
  const problems = error.issues.map((issue) => problemText(issue, settings, parameters));
  return [...new Set(problems)].join('; ');
}

/** "Denoise: Drops …", with each parameter on a line: for help and messages. */
export function definitionText(definition: SettingsDefinition): string {
  const lines = settingsParameters(definition).map((parameter) => `\n    ${parameterText(parameter)}`);
  return `${definition.name}: ${definition.description}${lines.join('')}`;
}

/**
 * Settings with all defaults filled in.
 * @param kind "filter" or "representation".
 * @throws SpikeBridgeError (usage) where they do not fit the schema, in words.
 */
export function checkedSettings<Schema extends z.ZodObject>(
  kind: string,
  definition: SettingsDefinition & { readonly schema: Schema },
  settings: unknown,
): z.output<Schema> {
  const checked = definition.schema.safeParse(settings);
  if (!checked.success) {
    const problems = settingsProblems(checked.error, settings, definition);
    throw new SpikeBridgeError(
      'usage',
      `the ${kind} ${definition.name} does not fit: ${problems}`,
      definitionText(definition),
      {},
      { cause: checked.error },
    );
  }
  return checked.data;
}
