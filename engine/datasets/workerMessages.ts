import type { ErrorReport } from '../errors';
import type { FramePack, FrameRule } from './framePack';

/** What the pool asks a decode worker: the frames of some recordings (absolute paths). */
export interface DecodeRequest {
  readonly files: readonly string[];
  readonly rule: FrameRule;
}

/** What the worker answers; the pack's memory is moved, not copied. */
export type DecodeAnswer = { readonly pack: FramePack } | { readonly error: ErrorReport };
