import type { ErrorReport } from '../errors';

const PRINTED = /^error: ([\s\S]*?)\n {2}Next step: (.*)$/m;

/** The error that a command of ours printed to standard error (see printError); undefined where it printed none. */
export function printedError(output: string): Pick<ErrorReport, 'message' | 'nextStep'> | undefined {
  const [, message, nextStep] = PRINTED.exec(output) ?? [];
  return message !== undefined && nextStep !== undefined ? { message, nextStep } : undefined;
}
