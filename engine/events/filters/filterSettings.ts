import { z } from 'zod';
import { SpikeBridgeError } from '../../errors';
import { parseMicroseconds } from '../microseconds';
import { definitionText, settingsParameters, settingsProblems } from '../settingsParameters';
import { CROP } from './crop';
import { CROP_TIME } from './cropTime';
import { DECIMATION } from './decimation';
import { DENOISE } from './denoise';
import { DROP_PIXEL } from './dropPixel';
import type { EventFilter, FilterDefinition } from './eventFilter';
import { idleReason } from './idleSettings';
import { POLARITY } from './polarityFilter';
import { REFRACTORY_PERIOD } from './refractoryPeriod';

/** All kinds of filters, in the order in which they are offered. */
export const FILTERS: readonly FilterDefinition[] = [
  CROP_TIME,
  CROP,
  POLARITY,
  REFRACTORY_PERIOD,
  DENOISE,
  DROP_PIXEL,
  DECIMATION,
];

/** One filter of a chain: its name and parameters. */
export const filterSchema = z.discriminatedUnion('name', [
  CROP_TIME.schema,
  CROP.schema,
  POLARITY.schema,
  REFRACTORY_PERIOD.schema,
  DENOISE.schema,
  DROP_PIXEL.schema,
  DECIMATION.schema,
]);

/** A filter's name and parameters, all defaults filled in. */
export type FilterSettings = z.output<typeof filterSchema>;
/** As people write it: parameters with a default may be left out. */
export type FilterSettingsInput = z.input<typeof filterSchema>;

/** A chain of filters as it stands in configurations: applied from first to last. */
export const filterChainSchema = z.array(filterSchema);

/** The definition of a filter's kind. @throws SpikeBridgeError (usage) for a name that is none. */
export function filterDefinition(name: string): FilterDefinition {
  const definition = FILTERS.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!definition) {
    const names = FILTERS.map((each) => each.name).join(', ');
    throw new SpikeBridgeError('usage', `there is no filter "${name}"`, `The filters are ${names}.`);
  }
  return definition;
}

/** Makes a filter. @throws SpikeBridgeError (usage) where the settings do not fit. */
export function createFilter(settings: FilterSettingsInput): EventFilter {
  return filterDefinition(settings.name).create(settings);
}

function parseValue(text: string): unknown {
  if (text.startsWith('[')) {
    return JSON.parse(text);
  }
  const number = Number(text);
  if (text !== '' && Number.isFinite(number)) {
    return number;
  }
  return parseMicroseconds(text) ?? text;
}

function parseParameters(text: string, firstParameter: string | undefined): Record<string, unknown> {
  if (text.startsWith('{')) {
    return JSON.parse(text) as Record<string, unknown>;
  }
  // A comma within a value is none between parameters: a list of pixels, or values without their names.
  const pairs = text.split(/,\s*(?=\w+=)/).filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, value] = pair.split('=');
      return value === undefined ? [firstParameter ?? '', parseValue(key!)] : [key!, parseValue(value)];
    }),
  );
}

function parsedSettings(definition: FilterDefinition, parameters: Record<string, unknown>): FilterSettings {
  const checked = filterSchema.safeParse({ ...parameters, name: definition.name });
  if (!checked.success) {
    throw new RangeError(settingsProblems(checked.error, parameters, definition), { cause: checked.error });
  }
  const idle = idleReason(checked.data);
  if (idle) {
    throw new RangeError(idle);
  }
  return checked.data;
}

/**
 * Reads a filter as written on the command line: `Denoise`, `Denoise:5ms`, `Denoise:filter_time=5000`,
 * `Crop:x=0,y=0,width=64,height=64`, `DropPixel:coordinates=[[3,4]]` or `DropPixel:{"coordinates":[[3,4]]}`. A value without a key is that of the
 * first parameter; times may carry a unit (us, ms, s) and are µs without.
 * @throws SpikeBridgeError (usage) naming the filter, what is wrong and which parameters there are.
 */
export function parseFilter(text: string): FilterSettings {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const definition = filterDefinition(name);
  const [first] = settingsParameters(definition);
  try {
    return parsedSettings(definition, parseParameters(colon < 0 ? '' : text.slice(colon + 1), first?.name));
  } catch (cause) {
    const reason =
      cause instanceof SyntaxError ? 'what is behind the colon is no JSON' : (cause as Error).message;
    throw new SpikeBridgeError(
      'usage',
      `the filter "${text}" does not fit: ${reason}`,
      definitionText(definition),
      {},
      { cause },
    );
  }
}
