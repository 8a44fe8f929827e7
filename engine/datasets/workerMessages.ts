import type { ErrorReport } from '../errors';
import type { BatchOrder, BatchSources } from './batchAssembler';
import type { FramePack } from './framePack';
import type { FrameRule } from './frameRule';
import type { PackedFrames } from './packedFrames';
import type { SampleSource } from './sampleEvents';

/** What the pool asks a decode worker: the frames of some samples, or only what is wrong with them. */
export interface DecodeRequest {
  readonly task: 'frames' | 'check';
  readonly sources: readonly SampleSource[];
  readonly rule: FrameRule;
}

/** What a check found in one sample. */
export interface SampleCheck {
  /** Events; 0 where it cannot be read. */
  readonly events: number;
  readonly problem?: ErrorReport;
}

/** What the worker answers; a pack's memory is moved, not copied. */
export type DecodeAnswer =
  | { readonly pack: FramePack }
  | { readonly checks: readonly SampleCheck[] }
  | { readonly error: ErrorReport };

/** What a worker that assembles batches starts with. */
export interface WorkerData {
  readonly assembly: BatchSources;
}

/** Asks a worker for a batch; the order's memory is moved. */
export interface AssemblyRequest {
  readonly task: 'batch';
  readonly order: BatchOrder;
}

/** The answers to requests come in their order; a batch's memory is moved. */
export type AssemblyAnswer = { readonly packed: PackedFrames } | { readonly error: ErrorReport };
