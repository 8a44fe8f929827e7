import { parentPort } from 'node:worker_threads';
import { reportOf } from '../errors';
import { decodePack } from './framePack';
import type { DecodeAnswer, DecodeRequest } from './workerMessages';

async function answer({ files, rule }: DecodeRequest): Promise<DecodeAnswer> {
  try {
    return { pack: await decodePack(files, rule) };
  } catch (error) {
    return { error: reportOf(error) };
  }
}

parentPort?.on('message', async (request: DecodeRequest) => {
  const reply = await answer(request);
  parentPort?.postMessage(reply, 'pack' in reply ? [reply.pack.values.buffer] : []);
});
