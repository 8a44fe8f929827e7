import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { SpikeBridgeError } from '../../../engine/errors';
import {
  type OpenRecordingParameters,
  recordingRequests,
} from '../../../engine/protocol/recordingEngineProtocol';
import type { EventsAnswer, IndexProgress } from '../../../engine/protocol/recordingProtocol';
import { RecordingProcess } from '../../../extension/recordings/recordingProcess';
import { turningBar, writeRecording } from '../../tools/recordingFiles';
import { repositoryFile } from '../../tools/repository';
import { waitFor } from '../../tools/waitFor';

const SIZE = { width: 64, height: 48 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 200, eventsPerMillisecond: 50 });
const END = (EVENTS.t.at(-1) ?? 0) + 1;

/** The real process over the real channel; needs dist/ as `npm run build` makes it. */
describe('the recordings process', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let engine: RecordingProcess;

  before(async function () {
    if (!existsSync(repositoryFile('dist/recordings.js'))) {
      console.log('      skipped: dist/ is not built (npm run build)');
      this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-process-'));
    await mkdir(path.join(folder, 'indexes'));
    file = await writeRecording(path.join(folder, 'bar.raw'), EVENTS, SIZE);
    engine = new RecordingProcess(repositoryFile());
  });
  after(async () => {
    engine?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function parameters(recording: number, path_ = file): OpenRecordingParameters {
    return { recording, file: path_, indexFolder: path.join(folder, 'indexes'), options: {} };
  }

  it('opens a recording, tells its index and answers with typed arrays', async () => {
    const news: IndexProgress[] = [];
    engine.onIndex(({ recording, progress }) => recording === 1 && news.push(progress));
    const summary = await engine.request(recordingRequests.open, parameters(1));
    assert.equal(summary.info.format.value, 'evt3');
    const last = await waitFor('the index', () => news.find(({ done }) => done));
    assert.equal(last.events, EVENTS.t.length);
    assert.ok(last.rate.on instanceof Uint32Array);
    const query = { name: 'events', parameters: { from: 0, to: END, chain: [], limit: 1e6 } } as const;
    const answer = (await engine.request(recordingRequests.query, { recording: 1, query })) as EventsAnswer;
    assert.equal(answer.events.count, EVENTS.t.length);
    assert.ok(answer.events.layout === 'short');
    assert.ok(answer.events.bytes instanceof Uint8Array);
  });

  it('reports what is wrong with a file', async () => {
    await assert.rejects(
      engine.request(recordingRequests.open, parameters(2, path.join(folder, 'missing.raw'))),
      (error: SpikeBridgeError) => error.category === 'data' && error.nextStep.length > 0,
    );
  });

  it('says so when a recording is not open', async () => {
    const query = { name: 'summary', parameters: {} } as const;
    await assert.rejects(engine.request(recordingRequests.query, { recording: 99, query }), /not open/);
  });

  it('withdraws a question', async () => {
    const source = new CancellationTokenSource();
    const query = { name: 'events', parameters: { from: 0, to: END, chain: [], limit: 1e6 } } as const;
    const answer = engine.request(recordingRequests.query, { recording: 1, query }, source.token);
    source.cancel();
    await answer.then(
      () => undefined,
      (error: SpikeBridgeError) => assert.equal(error.category, 'cancelled'),
    );
    await engine.request(recordingRequests.query, { recording: 1, query });
  });

  it('draws an animated GIF from its bundle', async () => {
    const target = path.join(folder, 'film.gif');
    const colors = { on: [255, 255, 255], off: [0, 0, 255], background: [0, 0, 0] } as const;
    const film = { window: 20_000, speed: 1, colors };
    const parameters = { from: 0, to: END, chain: [], format: 'gif', target, film };
    await engine.request(recordingRequests.query, { recording: 1, query: { name: 'export', parameters } });
    assert.equal((await readFile(target)).toString('latin1', 0, 3), 'GIF');
  });

  it('closes a recording', async () => {
    await engine.request(recordingRequests.close, { recording: 1 });
    const query = { name: 'summary', parameters: {} } as const;
    await assert.rejects(engine.request(recordingRequests.query, { recording: 1, query }), /not open/);
  });

  it('rejects what is asked of a process that has ended', async () => {
    const other = new RecordingProcess(repositoryFile());
    const pending = other.request(recordingRequests.open, parameters(1));
    other.dispose();
    await assert.rejects(pending);
    assert.ok(other.isOver);
  });
});
