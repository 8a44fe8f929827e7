import { parentPort } from 'node:worker_threads';
import { answerRequest } from './answerRequest';
import { buffersOf } from './framePack';
import type { DecodeRequest } from './workerMessages';

parentPort?.on('message', async (request: DecodeRequest) => {
  const reply = await answerRequest(request);
  parentPort?.postMessage(reply, 'pack' in reply ? buffersOf(reply.pack) : []);
});
