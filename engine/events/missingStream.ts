import { SpikeBridgeError } from '../errors';

/** The refusal of a stream that a recording has not. @param names of those it has, at least one. */
export function missingStream(wanted: string, names: readonly string[], file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `the recording has no stream "${wanted}"`,
    names.length === 1 ? `The only one is "${names[0]}".` : `Choose one of: ${names.join(', ')}.`,
    { file },
  );
}
