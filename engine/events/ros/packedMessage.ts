import { zstdDecoder } from '../compression/zstd';

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * A message as it was sent: those of bags recorded with --compression-mode message are zstd frames, in .db3 and MCAP.
 * @throws Error where the frame is damaged.
 */
export async function unpackedMessage(data: Uint8Array): Promise<Uint8Array> {
  const isPacked = ZSTD_MAGIC.every((byte, index) => data[index] === byte);
  return isPacked ? (await zstdDecoder()).frame(data) : data;
}
