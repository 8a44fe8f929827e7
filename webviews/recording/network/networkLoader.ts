import type { TensorAnswer, TensorQuery } from '../../../engine/protocol/recordingProtocol';
import type { NetworkInput } from '../editorModel';

/** Keeps the tensor in line with what is chosen; only the newest wish counts. */
export class NetworkLoader {
  #wanted = '';
  #abort: AbortController | undefined;
  #input: NetworkInput = {};

  constructor(
    private readonly ask: (query: TensorQuery, signal: AbortSignal) => Promise<TensorAnswer>,
    private readonly onChange: () => void,
  ) {}

  get input(): NetworkInput {
    return this.#input;
  }

  /** Asks for the tensor unless it is there already or on its way. */
  want(query: TensorQuery): void {
    const key = JSON.stringify(query);
    if (key === this.#wanted) {
      return;
    }
    this.#wanted = key;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const { tensor } = this.#input;
    // An old tensor is shown meanwhile; why there is none is said of these settings only.
    this.#input = { ...(tensor && { tensor }), busy: true };
    this.ask(query, abort.signal).then(
      (tensor) => this.#become(abort, { tensor }),
      (error: unknown) => this.#become(abort, { message: messageOf(error) }),
    );
  }

  dispose(): void {
    this.#abort?.abort();
  }

  #become(asked: AbortController, input: NetworkInput): void {
    if (asked === this.#abort && !asked.signal.aborted) {
      this.#input = input;
      this.onChange();
    }
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
