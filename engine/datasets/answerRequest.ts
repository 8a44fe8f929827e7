import { reportOf } from '../errors';
import { checkSamples } from './checkSamples';
import { decodePack } from './framePack';
import type { DecodeAnswer, DecodeRequest } from './workerMessages';

/** Does what a decode worker is asked; failures are part of the answer. */
export async function answerRequest({ task, sources, rule }: DecodeRequest): Promise<DecodeAnswer> {
  try {
    return task === 'frames'
      ? { pack: await decodePack(sources, rule) }
      : { checks: await checkSamples(sources, rule) };
  } catch (error) {
    return { error: reportOf(error) };
  }
}
