import { randomStream } from '../datasets/random';
import type { EventBatch } from '../events/eventBatch';
import { NMNIST_SENSOR } from '../events/nmnistBin';
import { digitScene } from './digitScene';
import { type DvsParameters, dvsSensor, NMNIST_LIKE } from './dvsPixelModel';
import { nmnistSaccades, RECORDING_MICROSECONDS } from './saccades';

/** A simulated N-MNIST rig: screen, moving camera, one sensor. */
export interface RecordingRig {
  /**
   * Records a digit: three saccades, about 306 ms, 34 x 34 pixels.
   * @param digit pixels [28, 28], 0 to 255.
   * @param number recording number; decides the background noise together with the rig's seed.
   */
  record(digit: Uint8Array, number: number): EventBatch;
}

/** Makes a rig; the seed decides the sensor's threshold pattern and all noise. */
export function recordingRig(seed: number, parameters: DvsParameters = NMNIST_LIKE): RecordingRig {
  const sensor = dvsSensor(NMNIST_SENSOR, parameters, seed);
  return {
    record: (digit, number) =>
      sensor.record(
        digitScene(digit, NMNIST_SENSOR, nmnistSaccades),
        RECORDING_MICROSECONDS,
        randomStream(seed, 'recording', number),
      ),
  };
}
