import type { ImuSample } from '../tracks';

const VALUES = 7;
/** jAER's scales (formats.md 2). */
const ACCELERATION_PER_UNIT = 1 / 8192;
const ROTATION_PER_UNIT = 1 / 65.5;
const TEMPERATURE_PER_UNIT = 1 / 340;
const TEMPERATURE_OFFSET = 35;

/** Puts the samples of a DAVIS' inertial sensor together: seven words with codes 0 to 6. */
export class DavisImu {
  private readonly values = new Float64Array(VALUES);
  private next = 0;
  private samples = 1;

  /** Number of the sample that is half read, or 0. */
  get pending(): number {
    return this.next === 0 ? 0 : this.samples;
  }

  /** @param address of an IMU word: bits 30:28 code, bits 27:12 signed value. @returns the sample it completed. */
  add(address: number, t: number): ImuSample | undefined {
    const code = (address >>> 28) & 7;
    if (code !== this.next && code !== 0) {
      this.next = 0;
      return undefined;
    }
    this.samples += code === 0 ? 1 : 0;
    this.values[code] = (address << 4) >> 16;
    this.next = code + 1;
    if (this.next < VALUES) {
      return undefined;
    }
    this.next = 0;
    const [ax = 0, ay = 0, az = 0, temperature = 0, gx = 0, gy = 0, gz = 0] = this.values;
    const acceleration = [ax, ay, az].map((value) => value * ACCELERATION_PER_UNIT);
    const rotation = [gx, gy, gz].map((value) => value * ROTATION_PER_UNIT);
    return {
      kind: 'imu',
      t,
      acceleration: acceleration as [number, number, number],
      rotation: rotation as [number, number, number],
      temperature: temperature * TEMPERATURE_PER_UNIT + TEMPERATURE_OFFSET,
    };
  }
}
