import type { RecordingCodec } from './recording';

/** All codecs, those with a magic number first. A codec is added here and nowhere else. */
export const RECORDING_CODECS: readonly RecordingCodec[] = [];
