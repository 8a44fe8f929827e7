import { type ErrorReport, reportOf, SpikeBridgeError } from '../errors';
import { type ActivationOptions, type ActiveBackend, BACKEND_PROVIDERS } from './backendProvider';
import type { BackendChoice } from './choice';
import { precisionText } from './precision';

/** The active backend, and why it was taken. */
export interface ChosenBackend extends ActiveBackend {
  readonly reason: string;
}

/** For people: "backend simd: WebAssembly SIMD, 2 threads; it was asked for; precision f32: simd knows no other". */
export function backendText(backend: ChosenBackend): string {
  const { name, detail, reason } = backend;
  return `backend ${name}: ${detail}; ${reason}; precision ${precisionText(backend)}`;
}

/**
 * Makes a backend active. `auto` takes the first of the list that starts, and says why.
 * @throws SpikeBridgeError (backend) when the wanted backend, or with `auto` every backend, fails to start.
 */
export async function activateBackend(
  choice: BackendChoice,
  options: ActivationOptions = {},
): Promise<ChosenBackend> {
  const candidates = BACKEND_PROVIDERS.filter(({ name }) => choice === 'auto' || name === choice);
  const failures: string[] = [];
  for (const provider of candidates) {
    try {
      const active = await provider.activate(options);
      const skipped = failures.length > 0 ? ` (${failures.join('; ')})` : '';
      const reason = choice === 'auto' ? provider.reason + skipped : 'it was asked for';
      return { ...active, reason };
    } catch (error) {
      const { message }: ErrorReport = reportOf(error);
      failures.push(`${provider.name}: ${message}`);
    }
  }
  throw new SpikeBridgeError(
    'backend',
    `no backend could be started: ${failures.join('; ')}`,
    'Run "spikebridge doctor" to see why, or take another backend: "auto" takes the fastest that works.',
  );
}
