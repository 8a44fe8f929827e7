import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import type { TensorAnswer, TensorQuery } from '../../../../engine/protocol/recordingProtocol';
import { checkConfigurationText } from '../../../../engine/training/configuration';
import { configurationText } from '../../../../extension/configuration/configurationTemplates';
import { standardSettings } from '../../../../webviews/recording/controls/settingsForm';
import { columnOptions, mayHaveColumns } from '../../../../webviews/recording/files/columnsForm';
import { configurationFragment } from '../../../../webviews/recording/files/configurationFragment';
import { formatAndVersion } from '../../../../webviews/recording/files/formatTitle';
import { NetworkLoader } from '../../../../webviews/recording/network/networkLoader';
import { slicingProblem, withOneSlicing } from '../../../../webviews/recording/network/networkSection';
import { stepAt, stepPlanes } from '../../../../webviews/recording/network/tensorPicture';
import { regionBetween, regionOf, withRegion } from '../../../../webviews/recording/stage/region';
import {
  durationText,
  eventsText,
  parseTime,
  shortCount,
  timecode,
} from '../../../../webviews/recording/text/timeText';
import { rateColumns } from '../../../../webviews/recording/timeline/rateColumns';
import {
  positionOf,
  tickDistance,
  timeAt,
  zoomSpan,
} from '../../../../webviews/recording/timeline/timeScale';
import {
  type ChainStep,
  INITIAL_VIEW,
  restoreView,
  sliceRule,
  startFor,
} from '../../../../webviews/recording/viewState';

describe('times as text', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.nat(4e9), (time) => {
        assert.equal(parseTime(timecode(time)), time);
      }),
    );
  });

  it('may carry units, thousands and minutes', () => {
    const times = { '1500': 1500, '1 234 567': 1_234_567, '1,234': 1234, '1.5 ms': 1500, '2s': 2e6 };
    for (const [text, time] of Object.entries({ ...times, '1:02.5': 62_500_000, '1:00:00': 3600e6 })) {
      assert.equal(parseTime(text), time, text);
    }
    for (const text of ['', 'soon', '-5', '1.2.3']) {
      assert.equal(parseTime(text), undefined, text);
    }
  });

  it('are short for people', () => {
    assert.deepEqual([850, 20_000, 1_200_000].map(durationText), ['850 µs', '20 ms', '1.2 s']);
    assert.deepEqual([999.7, 999_990, 59_940_000, 125_000_000, 18_000_000_000].map(durationText), [
      '1 ms',
      '1 s',
      '59.9 s',
      '2 min 5 s',
      '5 h 0 min',
    ]);
    assert.deepEqual([0, 1, 1234].map(eventsText), ['0 events', '1 event', '1,234 events']);
    assert.deepEqual([950, 12_345, 4_560_000].map(shortCount), ['950', '12.3 k', '4.56 M']);
  });
});

describe('format and version', () => {
  it('are said once', () => {
    assert.equal(formatAndVersion('evt3', 'EVT 3.0'), 'Prophesee RAW EVT3');
    assert.equal(formatAndVersion('aedat4', '4.0'), 'AEDAT 4.0');
    assert.equal(formatAndVersion('es', '2.0.0 (DVS)'), 'Event Stream 2.0.0 (DVS)');
    assert.equal(formatAndVersion('npz', undefined), 'NumPy archive');
  });
});

describe('the region of interest', () => {
  const sensor = { width: 100, height: 50 };

  it('lies between two pixels, within the sensor', () => {
    assert.deepEqual(regionBetween({ x: 30, y: 20 }, { x: 10, y: 90 }, sensor), {
      x: 10,
      y: 20,
      width: 21,
      height: 30,
    });
  });

  it('is the crop step of the chain, put in front once', () => {
    const region = { x: 1, y: 2, width: 3, height: 4 };
    const polarity = { settings: { name: 'Polarity', keep: 'on' }, enabled: true } as const;
    const chain = withRegion([polarity], region);
    assert.deepEqual(regionOf(chain), region);
    assert.equal(chain[1], polarity);
    assert.equal(withRegion(chain, { ...region, x: 9 }).length, 2);
    assert.deepEqual(withRegion(chain, undefined), [polarity]);
  });

  it('is none while the crop step does not say where', () => {
    const settings = { name: 'Crop', x: 1, y: 2, width: 3 } as unknown as ChainStep['settings'];
    assert.equal(regionOf([{ settings, enabled: true }]), undefined);
  });
});

describe('the timeline', () => {
  const span = { from: 1000, to: 5000 };

  it('maps times to places and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 5000 }), (time) => {
        assert.ok(Math.abs(timeAt(positionOf(time, span, 800), span, 800) - time) < 1e-6);
      }),
    );
  });

  it('has ticks at round times', () => {
    assert.equal(tickDistance({ from: 0, to: 130_000 }, 13), 10_000);
    assert.equal(tickDistance({ from: 0, to: 7 }, 10), 1);
  });

  it('zooms around a time and stays within the recording', () => {
    const whole = { from: 0, to: 10_000 };
    assert.deepEqual(zoomSpan(whole, whole, 2000, 0.5), { from: 1000, to: 6000 });
    assert.deepEqual(zoomSpan({ from: 8000, to: 10_000 }, whole, 10_000, 100), whole);
  });

  it('keeps the mean rate of each column', () => {
    const rate = {
      first: 0,
      binMicroseconds: 1000,
      on: Uint32Array.of(4, 0, 2, 2),
      off: Uint32Array.of(0, 8, 0, 0),
    };
    const { on, off, most } = rateColumns(rate, { from: 0, to: 4000 }, 2);
    assert.deepEqual([...on, ...off, most], [2, 2, 4, 0, 4]);
  });
});

describe('the view', () => {
  it('looks back five time constants where events fade', () => {
    assert.deepEqual(sliceRule({ ...INITIAL_VIEW, view: 'decay', tau: 1000 }), {
      kind: 'time',
      microseconds: 5000,
    });
    assert.deepEqual(sliceRule({ ...INITIAL_VIEW, sliceKind: 'count', sliceEvents: 7 }), {
      kind: 'count',
      events: 7,
    });
  });

  it('starts with ten slices or more and is played in about ten seconds', () => {
    assert.deepEqual(startFor(40e6), { sliceMicroseconds: 20_000, speed: 1 });
    assert.deepEqual(startFor(300_000), { sliceMicroseconds: 20_000, speed: 0.02 });
    assert.deepEqual(startFor(8800), { sliceMicroseconds: 500, speed: 0.001 });
    assert.deepEqual(startFor(0), { sliceMicroseconds: 1, speed: 0.001 });
    assert.equal(startFor(40e6, 25e6).sliceMicroseconds, 2000, 'a picture of a dense recording is quick');
    assert.equal(startFor(40e6, 1e6).sliceMicroseconds, 20_000);
  });

  it('is completed where an older version saved less', () => {
    assert.equal(restoreView({ view: 'cloud' }).tau, INITIAL_VIEW.tau);
    assert.deepEqual(restoreView(undefined), INITIAL_VIEW);
  });

  it('becomes a fragment of a run configuration with the steps that are on', () => {
    const view = {
      ...INITIAL_VIEW,
      chain: [
        { settings: { name: 'Denoise', filter_time: 5000 }, enabled: true },
        { settings: { name: 'Polarity', keep: 'on' }, enabled: false },
      ],
    } as const;
    const text = configurationFragment(view, 'a.raw');
    assert.match(text, /a\.raw/);
    const base = parse(configurationText('events-only'));
    const { configuration, problems } = checkConfigurationText(JSON.stringify({ ...base, ...parse(text) }));
    assert.deepEqual(problems, []);
    assert.deepEqual(configuration?.frames, {
      timeSteps: 10,
      sizePixels: 48,
      filters: [{ name: 'Denoise', filter_time: 5000 }],
    });
  });
});

describe('columns that the user tells', () => {
  it('are one letter each, in any order, with others between', () => {
    assert.deepEqual(columnOptions(' TXYP ', ''), { columns: 'txyp' });
    assert.deepEqual(columnOptions('x-ypt', 'ms'), { columns: 'x-ypt', timeUnit: 'ms' });
    for (const wrong of ['', 'txy', 'txypp', 'time', 'txyp;']) {
      assert.equal(columnOptions(wrong, ''), undefined, wrong);
    }
  });

  it('are asked for where a file may have some', () => {
    assert.ok(mayHaveColumns('/data/events.CSV') && mayHaveColumns('a.npy'));
    assert.ok(!mayHaveColumns('a.raw') && !mayHaveColumns(undefined));
  });
});

/** A question that has not been answered yet. */
interface Asked {
  readonly signal: AbortSignal;
  readonly resolve: (tensor: TensorAnswer) => void;
  readonly reject: (error: Error) => void;
}

describe('the network input', () => {
  const steps = [0, 1, 2].map((step) => ({ start: step * 100, end: (step + 1) * 100, events: 1 }));

  it('shows the step that the playhead is in', () => {
    const tensor: TensorAnswer = { values: new Float32Array(6), shape: [3, 2, 1, 1], steps };
    assert.deepEqual(
      [0, 100, 101, 300, 999].map((time) => stepAt(tensor, time)),
      [0, 0, 1, 2, 2],
    );
  });

  it('splits a signed channel by its sign', () => {
    const values = Float32Array.of(0, 0, -2, 3);
    const { values: planes } = stepPlanes({ values, shape: [2, 1, 1, 2], steps: steps.slice(0, 2) }, 1);
    assert.deepEqual([...planes], [2, 0, 0, 3]);
  });

  it('is sliced in one way only', () => {
    const before = { name: 'ToFrame', n_time_bins: 10 };
    assert.deepEqual(withOneSlicing(before, { ...before, event_count: 500 }), {
      name: 'ToFrame',
      event_count: 500,
    });
    assert.deepEqual(withOneSlicing(before, { ...before, binary: true }), { ...before, binary: true });
  });

  it('needs a way of slicing', () => {
    assert.match(
      slicingProblem({ name: 'ToFrame', overlap: 0 }) ?? '',
      /time window, .*n event bins is needed/,
    );
    assert.equal(slicingProblem({ name: 'ToFrame', event_count: 5 }), undefined);
    assert.equal(slicingProblem({ name: 'ToVoxelGrid' }), undefined);
  });

  it('is that of the newest settings: older questions are withdrawn, older failures forgotten', async () => {
    const asked: Asked[] = [];
    const loader = new NetworkLoader(
      (_, signal) => {
        return new Promise((resolve, reject) => {
          asked.push({ signal, resolve, reject });
        });
      },
      () => undefined,
    );
    const query = (n_time_bins: number): TensorQuery => ({
      from: 0,
      to: 1,
      chain: [],
      representation: { name: 'ToFrame', n_time_bins },
      sizePixels: 0,
    });
    loader.want(query(1e9));
    asked[0]!.reject(new Error('too large'));
    await setTimeout(0);
    assert.deepEqual(loader.input, { message: 'too large' });
    loader.want(query(1e8));
    assert.deepEqual(loader.input, { busy: true });
    loader.want(query(2));
    assert.deepEqual([asked[1]!.signal.aborted, asked[2]!.signal.aborted], [true, false]);
    asked[1]!.reject(new Error('too large as well'));
    await setTimeout(0);
    assert.deepEqual(loader.input, { busy: true });
    const tensor: TensorAnswer = { values: new Float32Array(2), shape: [1, 2, 1, 1], steps: [] };
    asked[2]!.resolve(tensor);
    await setTimeout(0);
    assert.deepEqual(loader.input, { tensor });
  });

  it('starts with standard values', () => {
    const description = {
      name: 'ToFrame',
      title: 'Frames',
      help: '',
      parameters: [
        { name: 'overlap', help: '', wholeNumber: false, standard: 0 },
        { name: 'event_count', help: '', wholeNumber: true },
      ],
    };
    assert.deepEqual(standardSettings(description, { n_time_bins: 10 }), {
      name: 'ToFrame',
      overlap: 0,
      n_time_bins: 10,
    });
  });
});
