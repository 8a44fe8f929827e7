import { z } from 'zod';
import type { ParameterDescription, SettingsDescription } from '../protocol/recordingProtocol';

/** What is used of a JSON schema of settings. */
interface PropertySchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** What is used of the JSON schema of an object. */
interface SettingsSchema {
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

interface Described {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodObject;
}

function choicesOf({ type, enum: choices }: PropertySchema): readonly string[] | undefined {
  return type === 'boolean' ? ['false', 'true'] : choices?.map(String);
}

function standardOf(value: unknown): number | string | boolean | undefined {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** The ends of a parameter's range, as far as it has some. */
function rangeOf({
  type,
  minimum,
  exclusiveMinimum,
  maximum,
}: PropertySchema): Partial<ParameterDescription> {
  const isWhole = type === 'integer';
  const lowest = minimum ?? (exclusiveMinimum !== undefined && isWhole ? exclusiveMinimum + 1 : undefined);
  return {
    ...(lowest !== undefined && { minimum: lowest }),
    ...(exclusiveMinimum !== undefined && !isWhole && { above: exclusiveMinimum }),
    ...(maximum !== undefined && { maximum }),
  };
}

/** Parameters that are no number, choice or switch (lists of pixels) are left to configurations. */
function parameter(name: string, schema: PropertySchema, required: boolean): ParameterDescription[] {
  const { type = '', description = '' } = schema;
  const choices = choicesOf(schema);
  if (schema.const !== undefined || (!choices && type !== 'number' && type !== 'integer')) {
    return [];
  }
  const standard = standardOf(schema.default);
  return [
    {
      name,
      help: description,
      wholeNumber: type === 'integer',
      ...(choices && { choices }),
      ...rangeOf(schema),
      ...(standard !== undefined && { standard }),
      ...(required && { required }),
    },
  ];
}

/** Describes filters or representations for an editor, from their schemas. */
export function describeSettings(definitions: readonly Described[]): SettingsDescription[] {
  return definitions.map(({ name, title, description, schema }) => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as SettingsSchema;
    const parameters = Object.entries(properties).flatMap(([key, value]) =>
      parameter(key, value, required.includes(key)),
    );
    return { name, title, help: description, parameters };
  });
}
