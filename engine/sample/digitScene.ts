import type { SensorSize } from '../events/eventBatch';
import { DIGIT_SIZE } from './digits';
import type { Scene } from './dvsPixelModel';
import type { CameraPath } from './saccades';

/** Brightest over darkest light of the screen, as the lens passes it. */
const CONTRAST = 8;
/** Blur of the lens: standard deviation in pixels. */
const BLUR = 0.7;
/** Dark pixels around a digit, so that blur and interpolation need no border cases. */
const MARGIN = 3;
const FIELD = DIGIT_SIZE + 2 * MARGIN;

function blurWeights(): Float64Array {
  const weights = Float64Array.from({ length: 2 * MARGIN - 1 }, (_, index) =>
    Math.exp(-((index - MARGIN + 1) ** 2) / (2 * BLUR ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Blurs the field along one axis; `stride` is 1 for rows, FIELD for columns. Outside it is dark. */
function blurAlong(field: Float64Array, stride: number): Float64Array {
  const weights = blurWeights();
  const reach = (weights.length - 1) / 2;
  return field.map((_, pixel) => {
    const along = stride === 1 ? pixel % FIELD : Math.floor(pixel / FIELD);
    return weights.reduce((sum, weight, index) => {
      const shift = index - reach;
      const inside = along + shift >= 0 && along + shift < FIELD;
      return inside ? sum + weight * field[pixel + shift * stride]! : sum;
    }, 0);
  });
}

/** The digit as relative light [FIELD, FIELD], 1 (dark) to CONTRAST, blurred by the lens. */
function lightField(digit: Uint8Array): Float64Array {
  const field = new Float64Array(FIELD * FIELD);
  digit.forEach((value, pixel) => {
    const row = Math.floor(pixel / DIGIT_SIZE) + MARGIN;
    field[row * FIELD + (pixel % DIGIT_SIZE) + MARGIN] = value / 255;
  });
  return blurAlong(blurAlong(field, 1), FIELD).map((value) => 1 + (CONTRAST - 1) * value);
}

/**
 * A bright digit on a dark screen, centred on the sensor and moved by the camera's path (one digit pixel per sensor
 * pixel, as in N-MNIST).
 * @param digit pixels [28, 28], 0 to 255.
 */
export function digitScene(digit: Uint8Array, sensor: SensorSize, cameraPath: CameraPath): Scene {
  const field = lightField(digit);
  const left = (sensor.width - FIELD) / 2;
  const top = (sensor.height - FIELD) / 2;

  return (time, logIntensity) => {
    const shift = cameraPath(time);
    const column = -left - shift.x;
    const row = -top - shift.y;
    const wholeColumn = Math.floor(column);
    const wholeRow = Math.floor(row);
    const across = column - wholeColumn;
    const down = row - wholeRow;
    const light = (fieldRow: number, fieldColumn: number) =>
      fieldRow < 0 || fieldColumn < 0 || fieldRow >= FIELD || fieldColumn >= FIELD
        ? 1
        : field[fieldRow * FIELD + fieldColumn]!;
    for (let y = 0; y < sensor.height; y++) {
      const fieldRow = wholeRow + y;
      let upperLeft = light(fieldRow, wholeColumn);
      let lowerLeft = light(fieldRow + 1, wholeColumn);
      for (let x = 0; x < sensor.width; x++) {
        const upperRight = light(fieldRow, wholeColumn + x + 1);
        const lowerRight = light(fieldRow + 1, wholeColumn + x + 1);
        const upper = upperLeft + across * (upperRight - upperLeft);
        const lower = lowerLeft + across * (lowerRight - lowerLeft);
        const intensity = upper + down * (lower - upper);
        logIntensity[y * sensor.width + x] = intensity === 1 ? 0 : Math.log(intensity);
        upperLeft = upperRight;
        lowerLeft = lowerRight;
      }
    }
  };
}
