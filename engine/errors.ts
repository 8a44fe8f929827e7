/** What kind of failure an error is; decides the exit code and how the extension shows it. */
export type ErrorCategory =
  | 'usage'
  | 'configuration'
  | 'data'
  | 'run-folder'
  | 'training'
  | 'backend'
  | 'checkpoint'
  | 'cancelled';

/** Where an error was found. `line` and `column` count from 1, `byteOffset` from 0. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly byteOffset?: number;
}

/** The serialisable form of a {@link SpikeBridgeError}, as it crosses process borders. */
export interface ErrorReport {
  readonly category: ErrorCategory;
  readonly message: string;
  readonly nextStep: string;
  readonly place?: ErrorPlace;
}

/** A failure a user can act on: what happened, where, and what to do next. */
export class SpikeBridgeError extends Error {
  override readonly name = 'SpikeBridgeError';

  constructor(
    readonly category: ErrorCategory,
    message: string,
    readonly nextStep: string,
    readonly place: ErrorPlace = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  toReport(): ErrorReport {
    return { category: this.category, message: this.message, nextStep: this.nextStep, place: this.place };
  }

  static fromReport(report: ErrorReport): SpikeBridgeError {
    return new SpikeBridgeError(report.category, report.message, report.nextStep, report.place);
  }
}

/** `file:line:column` or `file (byte N)`, or an empty string when the place is unknown. */
export function formatPlace(place: ErrorPlace): string {
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return place.byteOffset === undefined ? position : `${position} (byte ${place.byteOffset})`;
}

/** Any thrown value as a report; unknown errors keep their message and ask for a bug report. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof SpikeBridgeError) {
    return error.toReport();
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    category: 'training',
    message,
    nextStep:
      'This is probably a bug in SpikeBridge: please report it with the engine log of the run folder.',
  };
}

/** The error as lines for a terminal: place and message first, then the next step. */
export function formatReport(report: ErrorReport): string {
  const place = formatPlace(report.place ?? {});
  return `${place ? `${place}: ` : ''}${report.message}\n  Next step: ${report.nextStep}`;
}
