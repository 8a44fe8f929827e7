import { activateBackend, backendText, type ChosenBackend } from '../backends/activateBackend';
import type { ActivationOptions } from '../backends/backendProvider';
import type { BackendChoice } from '../backends/choice';
import { compilationText, whileCompiling } from '../backends/whileCompiling';
import type { Output } from './output';

/** Waits for a command's work; where a GPU compiles its kernels meanwhile, that is told on standard error. */
export function tellingCompilation<Result>(
  output: Output,
  label: string,
  work: Promise<Result>,
): Promise<Result> {
  let begins = true;
  return whileCompiling(work, (compilation) => {
    const activity = compilation ? compilationText(compilation) : 'running';
    output.transient(`${label}: ${activity}`, { begins });
    begins = compilation === undefined;
  });
}

/**
 * Makes a backend active for a command, and says which it is, why, and in which precision it computes.
 * @throws SpikeBridgeError (backend) as {@link activateBackend}.
 */
export async function startBackend(
  choice: BackendChoice,
  options: ActivationOptions,
  output: Output,
): Promise<ChosenBackend> {
  const backend = await tellingCompilation(output, 'starting the backend', activateBackend(choice, options));
  output.note(backendText(backend));
  return backend;
}
