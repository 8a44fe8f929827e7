import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SpikeBridgeError } from '../../../engine/errors';
import type { EventBatch, SensorSize } from '../../../engine/events/eventBatch';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import { type EventRow, groundTruths, RECORDINGS, rowsOf, type Truth } from '../../tools/recordings';

/** Files that hold no vision events, and what the refusal has to say. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'es/faery_generic.es': /generic byte strings/,
  'aedat2/jaer_VowelSounds_cochlea.aedat': /audio sensor/,
  'mat/tonic_sample_stmnist.mat': /spike ?train|tactile/i,
  'dvs128gesture/user01_natural_labels.csv': /label|text|table|no event/i,
};

const FIRST = 5;

/** Sums and extremes of all events; times may lie beyond 2^53 when summed. */
class Totals {
  events = 0;
  on = 0;
  sumX = 0;
  sumY = 0;
  sumT = 0n;
  first: EventRow[] = [];
  last: EventRow | undefined;
  extent: SensorSize = { width: 0, height: 0 };

  add(batch: EventBatch): void {
    const { t, x, y, polarity } = batch;
    const base = t[0]!;
    let relative = 0;
    let [width, height] = [this.extent.width, this.extent.height];
    for (let index = 0; index < t.length; index++) {
      relative += t[index]! - base;
      this.sumX += x[index]!;
      this.sumY += y[index]!;
      this.on += polarity[index]!;
      width = Math.max(width, x[index]! + 1);
      height = Math.max(height, y[index]! + 1);
    }
    if (this.first.length < FIRST) {
      this.first.push(...rowsOf(batch).slice(0, FIRST - this.first.length));
    }
    this.last = [t.at(-1)!, x.at(-1)!, y.at(-1)!, polarity.at(-1)!];
    this.sumT += BigInt(relative) + BigInt(base) * BigInt(t.length);
    this.events += t.length;
    this.extent = { width, height };
  }
}

async function totalsOf(file: string) {
  const recording = await openRecordingFile(file);
  try {
    const totals = new Totals();
    const reader = await recording.events();
    for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
      totals.add(batch);
    }
    await reader.close();
    return { totals, info: recording.info, warnings: recording.warnings() };
  } finally {
    await recording.close();
  }
}

function checkSize(truth: Truth, stated: SensorSize | undefined, extent: SensorSize): void {
  if (truth.width === null || truth.height === null) {
    return;
  }
  if (stated) {
    assert.deepEqual(stated, { width: truth.width, height: truth.height });
  } else {
    assert.ok(extent.width <= truth.width && extent.height <= truth.height, 'events lie on the sensor');
  }
}

/** What the truth states, taken from both sides. */
function stated(truth: Truth, totals: Totals) {
  const pairs: [unknown, unknown][] = [
    [totals.events, truth.events],
    [totals.on, truth.on],
    [totals.first[0]?.[0], truth.tFirst],
    [totals.last?.[0], truth.tLast],
    [totals.sumX, truth.sumX],
    [totals.sumY, truth.sumY],
    [String(totals.sumT), truth.sumT],
    [totals.first, truth.first5],
    [totals.last, truth.last],
  ];
  return pairs.filter(([, expected]) => expected !== undefined && expected !== null);
}

describe('recordings of ../shared/data/recordings', () => {
  const truths = groundTruths();
  if (truths.size === 0) {
    it('are compared with GROUND_TRUTH.json', function () {
      console.log(`      skipped: no recordings in ${RECORDINGS}`);
      this.skip();
    });
  }
  for (const [name, truth] of truths) {
    if (name in REFUSED) {
      continue;
    }
    it(`${name} decodes to exactly its events`, async () => {
      const file = path.join(RECORDINGS, name);
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      assert.equal(sha256, truth.sha256, 'the file is the one the truth was taken from');
      const { totals, info, warnings } = await totalsOf(file);
      const pairs = stated(truth, totals);
      assert.deepEqual(
        pairs.map(([found]) => found),
        pairs.map(([, expected]) => expected),
      );
      checkSize(truth, info.size?.value, totals.extent);
      assert.deepEqual(warnings, []);
    });
  }
  for (const [name, reason] of Object.entries(REFUSED)) {
    it(`${name} is refused with words that say what it is`, async function () {
      const file = path.join(RECORDINGS, name);
      if (!existsSync(file)) {
        this.skip();
      }
      await assert.rejects(openRecordingFile(file), (error) => {
        assert.ok(error instanceof SpikeBridgeError);
        assert.equal(error.category, 'data');
        assert.match(error.message, reason);
        return true;
      });
    });
  }
});
