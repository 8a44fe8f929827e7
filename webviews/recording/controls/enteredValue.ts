import type { ParameterDescription } from '../../../engine/protocol/recordingProtocol';
import { parseTime } from '../text/timeText';

/** What somebody has typed: a value, none, or why it is none that can be used. */
export type EnteredValue = { readonly value: number | undefined } | { readonly problem: string };

/** Unit of a parameter, as far as its help names one. */
export function unitOf({ help, choices }: ParameterDescription): string | undefined {
  return choices ? undefined : /events\/s|µs/.exec(help)?.[0];
}

/** Plain numbers as they are; times may carry their unit. */
function parseNumber(parameter: ParameterDescription, text: string): number | undefined {
  const value = Number(text.replaceAll(/(?<=\d)[ ,](?=\d{3})/g, ''));
  if (Number.isFinite(value)) {
    return value;
  }
  return unitOf(parameter) === 'µs' ? parseTime(text) : undefined;
}

function example(parameter: ParameterDescription): string {
  if (unitOf(parameter) === 'µs') {
    return 'Enter a time: 500 (µs), 2 ms, 0.1 s.';
  }
  return parameter.wholeNumber ? 'Enter a whole number, like 10.' : 'Enter a number, like 10 or 2.5.';
}

/** Why a number is outside the parameter's range; undefined: it is within. */
function rangeProblem({ wholeNumber, ...range }: ParameterDescription, value: number): string | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = range;
  const { maximum = wholeNumber ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE } = range;
  if (value < minimum) {
    return `Enter ${minimum} or more.`;
  }
  if (value <= above) {
    return `Enter more than ${above}.`;
  }
  return value > maximum ? `Enter ${maximum} or less.` : undefined;
}

/** Reads the value of a numeric parameter; an empty text is none, which only some parameters may have. */
export function enteredValue(parameter: ParameterDescription, text: string): EnteredValue {
  const trimmed = text.trim();
  if (trimmed === '') {
    return parameter.required
      ? { problem: `A value is needed. ${example(parameter)}` }
      : { value: undefined };
  }
  const value = parseNumber(parameter, trimmed);
  if (value === undefined || (parameter.wholeNumber && !Number.isInteger(value))) {
    return { problem: `“${trimmed}” cannot be used here. ${example(parameter)}` };
  }
  const problem = rangeProblem(parameter, value);
  return problem === undefined ? { value } : { problem };
}
