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

/** Parameters that are no number, choice or switch (lists of pixels) are left to configurations. */
function parameter(name: string, schema: PropertySchema): ParameterDescription[] {
  const { type = '', description = '', minimum, exclusiveMinimum } = schema;
  const choices = choicesOf(schema);
  if (schema.const !== undefined || (!choices && type !== 'number' && type !== 'integer')) {
    return [];
  }
  const wholeNumber = type === 'integer';
  const lowest =
    minimum ?? (exclusiveMinimum !== undefined && wholeNumber ? exclusiveMinimum + 1 : exclusiveMinimum);
  const standard = standardOf(schema.default);
  return [
    {
      name,
      help: description,
      wholeNumber,
      ...(choices && { choices }),
      ...(lowest !== undefined && { minimum: lowest }),
      ...(standard !== undefined && { standard }),
    },
  ];
}

/** Describes filters or representations for an editor, from their schemas. */
export function describeSettings(definitions: readonly Described[]): SettingsDescription[] {
  return definitions.map(({ name, title, description, schema }) => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    const parameters = Object.entries(properties).flatMap(([key, value]) =>
      parameter(key, value as PropertySchema),
    );
    return { name, title, help: description, parameters };
  });
}
