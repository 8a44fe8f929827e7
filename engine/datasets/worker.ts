import { parentPort, workerData } from 'node:worker_threads';
import { reportOf } from '../errors';
import { answerRequest } from './answerRequest';
import { BatchAssembler, type BatchOrder } from './batchAssembler';
import { buffersOf } from './framePack';
import type { AssemblyAnswer, AssemblyRequest, DecodeRequest, WorkerData } from './workerMessages';

let assembler: BatchAssembler | undefined;

/** What it is made from travels as workerData, once. */
function assemble(order: BatchOrder): AssemblyAnswer {
  try {
    assembler ??= new BatchAssembler((workerData as WorkerData).assembly);
    return { packed: assembler.assemble(order) };
  } catch (error) {
    return { error: reportOf(error) };
  }
}

parentPort?.on('message', async (request: DecodeRequest | AssemblyRequest) => {
  if (request.task === 'batch') {
    const reply = assemble(request.order);
    parentPort?.postMessage(reply, 'packed' in reply ? [reply.packed.words.buffer] : []);
    return;
  }
  const reply = await answerRequest(request);
  parentPort?.postMessage(reply, 'pack' in reply ? buffersOf(reply.pack) : []);
});
