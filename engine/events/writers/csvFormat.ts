import type { EventBatch } from '../eventBatch';
import type { RecordingFormat } from './recordingEncoder';

/** Column names; timestamps are µs. */
export const CSV_HEADER = 't,x,y,p\n';

function rowsOf({ t, x, y, polarity }: EventBatch): string {
  let text = '';
  for (let index = 0; index < t.length; index++) {
    text += `${t[index]},${x[index]},${y[index]},${polarity[index]}\n`;
  }
  return text;
}

/** Text with one event per line: `t,x,y,p`, µs, p 1 = ON, in the order of the recording. */
export const CSV_FORMAT: RecordingFormat = {
  format: 'text',
  name: 'csv',
  title: 'CSV (t,x,y,p; µs)',
  suffixes: ['.csv'],
  isOrdered: false,
  statesSize: false,
  async open(file) {
    const sink = await file.sink();
    const encoder = new TextEncoder();
    await sink.append(encoder.encode(CSV_HEADER));
    return {
      write: (events) => sink.append(encoder.encode(rowsOf(events))),
      async finish() {},
    };
  },
};
