import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { resolvedSplit } from '../datasets/splitSchema';
import { SpikeBridgeError } from '../errors';
import { METHOD_PRESETS } from '../methods/methodPreset';
import type { AlignmentConfiguration, MixerConfiguration } from '../methods/methodSchema';
import { crossProblems } from './configurationRules';
import { type ParsedTransferConfiguration, transferConfigurationSchema } from './configurationSchema';

/** A validated configuration with method presets applied and every path absolute. */
export interface TransferConfiguration extends ParsedTransferConfiguration {
  readonly name: string;
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
}

/** One thing wrong with a configuration text. Lines and columns count from 1. */
export interface ConfigurationProblem {
  readonly message: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The suffix of run configuration files. */
export const CONFIGURATION_SUFFIX = '.transfer.jsonc';

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The JSON value of a jsonc-parser node, built from own properties so that `__proto__` stays a plain key. */
function plainValue(node: Node): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).map(({ children }) => [
          children?.[0]?.value,
          children?.[1] && plainValue(children[1]),
        ]),
      );
    case 'array':
      return (node.children ?? []).map(plainValue);
    default:
      return node.value;
  }
}

/** Offset of the value at `location`, or of the nearest ancestor that exists. */
function offsetOf(tree: Node, location: (string | number)[]): number {
  for (let length = location.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, location.slice(0, length));
    if (node) {
      return node.parent?.type === 'property' ? node.parent.offset : node.offset;
    }
  }
  return tree.offset;
}

function problemsOfIssue(issue: z.core.$ZodIssue, tree: Node, text: string): ConfigurationProblem[] {
  const location = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      message: `unknown key "${key}"`,
      path: [...location, key].join('.'),
      ...positionOf(text, offsetOf(tree, [...location, key])),
    }));
  }
  const at = location.join('.') || 'the configuration';
  return [
    {
      message: `${at}: ${issue.message}`,
      path: location.join('.'),
      ...positionOf(text, offsetOf(tree, location)),
    },
  ];
}

/** The outcome of {@link checkConfigurationText}. */
export type ConfigurationCheck =
  | { readonly configuration: ParsedTransferConfiguration; readonly problems: readonly [] }
  | { readonly configuration?: undefined; readonly problems: readonly ConfigurationProblem[] };

/** Parses and validates the text of a run configuration; never throws. */
export function checkConfigurationText(text: string): ConfigurationCheck {
  const syntaxErrors: ParseError[] = [];
  const tree = parseTree(text, syntaxErrors, { allowTrailingComma: true });
  if (!tree || syntaxErrors.length > 0) {
    const [first] = syntaxErrors;
    const isEmpty = text.trim() === '' || !first;
    const message = isEmpty ? 'the file is empty' : `JSON syntax: ${printParseErrorCode(first.error)}`;
    return { problems: [{ message, path: '', ...positionOf(text, first?.offset ?? 0) }] };
  }
  const raw = plainValue(tree);
  const result = transferConfigurationSchema.safeParse(raw);
  if (!result.success) {
    return { problems: result.error.issues.flatMap((issue) => problemsOfIssue(issue, tree, text)) };
  }
  const problems = crossProblems(result.data, raw).map(({ path: location, message }) => ({
    message,
    path: location.join('.'),
    ...positionOf(text, offsetOf(tree, [...location])),
  }));
  return problems.length > 0 ? { problems } : { configuration: result.data, problems: [] };
}

/**
 * Applies the method's preset and makes paths absolute.
 * @param folder absolute folder that relative paths start at.
 * @param fallbackName the run's name where the configuration gives none.
 */
export function resolveConfiguration(
  parsed: ParsedTransferConfiguration,
  folder: string,
  fallbackName: string,
): TransferConfiguration {
  const preset = METHOD_PRESETS[parsed.method];
  const { events, images, testImages, split, cacheFolder } = parsed.data;
  const { distillation, start, auxiliary = preset.auxiliary } = parsed;
  return {
    ...parsed,
    name: parsed.name ?? fallbackName,
    runsFolder: path.resolve(folder, parsed.runsFolder),
    data: {
      ...parsed.data,
      events: { ...events, folder: path.resolve(folder, events.folder) },
      ...(images && { images: { ...images, folder: path.resolve(folder, images.folder) } }),
      ...(testImages && { testImages: { ...testImages, folder: path.resolve(folder, testImages.folder) } }),
      split: resolvedSplit(split, (file) => path.resolve(folder, file)),
      ...(cacheFolder && { cacheFolder: path.resolve(folder, cacheFolder) }),
    },
    alignment: parsed.alignment ?? preset.alignment,
    mixer: parsed.mixer ?? preset.mixer,
    ...(distillation && {
      distillation: { ...distillation, teacher: path.resolve(folder, distillation.teacher) },
    }),
    ...(start && { start: { ...start, checkpoint: path.resolve(folder, start.checkpoint) } }),
    ...(auxiliary && { auxiliary }),
  };
}

/**
 * A resolved configuration as it was recorded, by this version or an earlier one: keys it lacks get their defaults.
 * @throws SpikeBridgeError (configuration) where it is none.
 */
export function restoredConfiguration(recorded: unknown, file: string): TransferConfiguration {
  const result = transferConfigurationSchema.safeParse(recorded);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new SpikeBridgeError(
      'configuration',
      `the recorded configuration is not understood: ${issue?.path.join('.')}: ${issue?.message}`,
      'It was changed by hand, or written by a newer SpikeBridge: update SpikeBridge.',
      { file },
    );
  }
  return resolveConfiguration(result.data, '/', 'recorded run');
}

/**
 * Reads, validates and resolves a `*.transfer.jsonc` file.
 * @throws SpikeBridgeError (configuration) with line and column of the first problem; all problems are in the message.
 */
export async function readConfiguration(file: string): Promise<TransferConfiguration> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new SpikeBridgeError(
      'configuration',
      'the run configuration cannot be read',
      'Check the path, or create a configuration with "spikebridge sample DIR".',
      { file },
      { cause },
    );
  });
  const { configuration, problems } = checkConfigurationText(text);
  if (!configuration) {
    const [first, ...others] = problems;
    const rest = others
      .map(({ line, column, message }) => `\n  ${file}:${line}:${column}: ${message}`)
      .join('');
    throw new SpikeBridgeError(
      'configuration',
      `${first?.message}${rest}`,
      'Correct the configuration; completion and hover in VS Code list the keys and their defaults.',
      { file, line: first?.line, column: first?.column },
    );
  }
  const name = path
    .basename(file)
    .replace(CONFIGURATION_SUFFIX, '')
    .replace(/\.jsonc?$/, '');
  return resolveConfiguration(configuration, path.dirname(path.resolve(file)), name);
}
