import type { StaticChannel } from '../images/channel';
import { bankPlanes } from './images/bankPlanes';
import { cifar10Planes } from './images/cifar10Planes';
import { mnistPlanes } from './mnistPlanes';

/** What static planes are written from: plain data in shared memory, so that it travels to threads. */
export type PlaneSource =
  /** Grey images, [count, height, width]. */
  | {
      readonly kind: 'mnist';
      readonly width: number;
      readonly height: number;
      readonly pixels: Uint8Array;
    }
  /** Colour images, [count, 3, 32, 32]. */
  | { readonly kind: 'cifar10'; readonly channel: StaticChannel; readonly images: Uint8Array }
  /** Images that have the planes' size already, `imagesPerPack` in a pack; bytes are divided by 255. */
  | {
      readonly kind: 'bank';
      readonly imagesPerPack: number;
      readonly packs: readonly (Uint8Array | Float32Array)[];
      /** Of colours [S, S, 3]; absent where images are planes [S, S]. */
      readonly channel?: StaticChannel;
    };

/**
 * Writes the network input of an image (methods.md 3.3), selected or not.
 * @param image index, 0 to `count` - 1.
 * @param target [S, S] at `offset`; overwritten.
 */
export type PlaneWriter = (image: number, target: Float32Array, offset: number) => void;

/** The writer of a source. @param size S in pixels. */
export function planeWriter(source: PlaneSource, size: number): PlaneWriter {
  switch (source.kind) {
    case 'mnist':
      return mnistPlanes(source, size);
    case 'cifar10':
      return cifar10Planes(source, size);
    case 'bank':
      return bankPlanes(source, size);
  }
}
