import { z } from 'zod';
import type { FilterDefinition } from './eventFilter';

/** What is used of a parameter's JSON schema. */
interface ParameterSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

/** One parameter of a filter in words. */
export interface FilterParameter {
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

/** The parameters of a filter, the first one first: a value without a name is meant for it. */
export function filterParameters({ schema }: FilterDefinition): FilterParameter[] {
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
export function parameterText({ name, range, description, standard }: FilterParameter): string {
  return `${name}: ${range}${standard === undefined ? '' : `, default ${standard}`}. ${description}`;
}

function givenValue(settings: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    settings,
  );
}

function problemText(
  issue: z.core.$ZodIssue,
  settings: unknown,
  parameters: readonly FilterParameter[],
): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => (key === '' ? 'it has no parameters' : `there is no parameter "${key}"`))
      .join(', ');
  }
  const [name] = issue.path;
  const parameter = parameters.find((each) => each.name === name);
  const given = givenValue(settings, [name ?? '']);
  if (!parameter) {
    return 'its parameters are no list of names and values';
  }
  return given === undefined
    ? `the parameter "${parameter.name}" is missing`
    : `"${parameter.name}" must be ${parameter.range}, not ${JSON.stringify(given)}`;
}

/** What is wrong with a filter's settings, in words. @param settings as they were given. */
export function filterProblems(error: z.ZodError, settings: unknown, definition: FilterDefinition): string {
  const parameters = filterParameters(definition);
  const problems = error.issues.map((issue) => problemText(issue, settings, parameters));
  return [...new Set(problems)].join('; ');
}
