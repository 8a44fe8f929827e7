import type { EventBatch } from '../eventBatch';
import { aedat4DataTable, aedat4Head, EVENT_STREAM, EventPacket, type PacketEntry } from './aedat4Tables';
import type { ByteSink } from './byteSink';
import { checkLimits, type FormatLimits, limitsWithin } from './formatLimits';
import { encodeLz4Frame } from './lz4Encoder';
import type { EncoderOptions, RecordingEncoder, RecordingFormat } from './recordingEncoder';

const EVENTS_PER_PACKET = 65_536;
/** A packet ends at the first of: full; this long with this many events; ten times as long. As DV does, about 10 ms. */
const PACKET_MICROSECONDS = 10_000;
const WORTHWHILE_EVENTS = 1024;
const PIXEL_LIMIT = 2 ** 15;
const TIME_LIMIT = 2 ** 53;
const PACKET_HEAD_BYTES = 8;

class Aedat4Encoder implements RecordingEncoder {
  private readonly packet = new EventPacket(EVENTS_PER_PACKET);
  private readonly entries: PacketEntry[] = [];
  private readonly limits: FormatLimits;
  private firstTime: number | undefined;

  constructor(
    private readonly sink: ByteSink,
    private readonly options: EncoderOptions,
  ) {
    this.limits = limitsWithin(
      { title: 'AEDAT4', width: PIXEL_LIMIT, height: PIXEL_LIMIT, firstTime: 0, timeLimit: TIME_LIMIT },
      options.size,
    );
  }

  async write(events: EventBatch): Promise<void> {
    checkLimits(events, this.limits);
    if (events.t.length > 0) {
      await this.begin(events.t[0]!);
    }
    const { t, x, y, polarity } = events;
    for (let index = 0; index < t.length; index++) {
      if (this.isPacketComplete(t[index]!)) {
        await this.endPacket();
      }
      this.packet.add(t[index]!, x[index]!, y[index]!, polarity[index]!);
    }
  }

  async finish(): Promise<void> {
    await this.begin(0);
    if (this.packet.events > 0) {
      await this.endPacket();
    }
    const dataTablePosition = this.sink.size;
    await this.sink.append(encodeLz4Frame(aedat4DataTable(this.entries)));
    await this.sink.overwrite(0, this.head(dataTablePosition));
  }

  private head(dataTablePosition: number): Uint8Array {
    const { size, sensor = 'SpikeBridge' } = this.options;
    return aedat4Head({ size, source: sensor, firstTime: this.firstTime ?? 0, dataTablePosition });
  }

  private async begin(firstTime: number): Promise<void> {
    if (this.firstTime === undefined) {
      this.firstTime = firstTime;
      await this.sink.append(this.head(-1));
    }
  }

  private isPacketComplete(time: number): boolean {
    const { events, isFull, first } = this.packet;
    const needed = events < WORTHWHILE_EVENTS ? 10 * PACKET_MICROSECONDS : PACKET_MICROSECONDS;
    return events > 0 && (isFull || time - first >= needed);
  }

  private async endPacket(): Promise<void> {
    const { events, first, last } = this.packet;
    const payload = encodeLz4Frame(this.packet.take());
    const head = new Uint8Array(PACKET_HEAD_BYTES);
    const view = new DataView(head.buffer);
    view.setInt32(0, EVENT_STREAM, true);
    view.setInt32(4, payload.length, true);
    await this.sink.append(head);
    this.entries.push({ byteOffset: this.sink.size, size: payload.length, events, first, last });
    await this.sink.append(payload);
  }
}

/** AEDAT 4.0 with one stream of events, LZ4, and a data table (formats.md 4). */
export const AEDAT4_FORMAT: RecordingFormat = {
  format: 'aedat4',
  name: 'aedat4',
  title: 'AEDAT 4.0 (LZ4)',
  suffixes: ['.aedat4'],
  isOrdered: true,
  statesSize: true,
  isStreamed: false,
  open: async (file, options) => new Aedat4Encoder(await file.sink(), options),
};
