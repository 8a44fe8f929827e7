import { columnRecording } from '../columns/columnRecording';
import type { RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { readArrayEvents } from './arrayEvents';
import { warnOfMissingRows } from './missingRows';
import { isNpy } from './npyHeader';

const HOW = 'magic bytes \\x93NUMPY';

/** NumPy arrays: structured, N x 4 or 4 x N (formats.md section 10). */
export const npyCodec: RecordingCodec = {
  format: 'npy',

  async recognise(source) {
    return (await isNpy(source)) ? { how: HOW, confidence: 'certain' } : undefined;
  },

  async open(source, options) {
    const warnings = new WarningLog();
    const { header, events, roles } = await readArrayEvents(source, options);
    const complete = warnOfMissingRows(events, header, source, warnings);
    return columnRecording(
      complete,
      {
        source,
        warnings,
        info: {
          format: found('npy', HOW),
          version: found(header.version, 'header'),
          streams: ['events'],
          stream: 'events',
          properties: [
            ['type', header.type.text],
            ['shape', header.shape.join(' x ')],
            ['columns', `${roles.value} (${roles.how})`],
          ],
        },
      },
      options,
    );
  },
};
