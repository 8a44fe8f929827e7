import { type ErrorCategory, SpikeBridgeError } from '../../../engine/errors';

/** For assert.throws and assert.rejects: a typed error with a next step. */
export function isSpikeBridgeError(category: ErrorCategory, message: RegExp) {
  return (error: unknown): boolean =>
    error instanceof SpikeBridgeError &&
    error.category === category &&
    message.test(error.message) &&
    error.nextStep !== '';
}
