import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type CompilerClock, ShaderCompiler } from '../../../../engine/backends/webgpu/shaderCompiler';

/** A clock that stands still until it is told otherwise. */
class FakeClock implements CompilerClock {
  time = 0;
  private calls: { at: number; call: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, call: () => void): () => void {
    const entry = { at: this.time + milliseconds, call };
    this.calls.push(entry);
    return () => {
      this.calls = this.calls.filter((each) => each !== entry);
    };
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (; this.time <= end; this.time += 50) {
      const due = this.calls.filter(({ at }) => at <= this.time);
      this.calls = this.calls.filter((each) => !due.includes(each));
      for (const { call } of due) {
        call();
      }
    }
    this.time = end;
    await turn();
  }
}

/** A device whose shaders are compiled when it is told to. */
class FakeDevice {
  readonly asked: string[] = [];
  isDestroyed = false;
  private pending: { resolve: (pipeline: string) => void; reject: (error: Error) => void; code: string }[] =
    [];

  constructor(readonly name: string) {}

  createShaderModule({ code }: { code: string }): { code: string } {
    return { code };
  }

  createComputePipelineAsync({ compute }: { compute: { module: { code: string } } }): Promise<string> {
    const { code } = compute.module;
    this.asked.push(code);
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject, code }));
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** Ends the first shaders that are being compiled. */
  async finish(count = this.pending.length, error?: Error): Promise<void> {
    for (const { resolve, reject, code } of this.pending.splice(0, count)) {
      error ? reject(error) : resolve(`${this.name} ${code}`);
    }
    await turn();
  }
}

function compiler(helpers: FakeDevice[]) {
  const main = new FakeDevice('main');
  const clock = new FakeClock();
  let opened = 0;
  const help = {
    openHelpers: async () => {
      opened++;
      return helpers as unknown as GPUDevice[];
    },
  };
  const made = new ShaderCompiler(main as unknown as GPUDevice, help, clock);
  const compile = (count: number) =>
    Array.from({ length: count }, (_, index) => made.compile('kernel', `shader ${index}`));
  return { main, clock, compile, made, opened: () => opened };
}

describe('the compiler of shaders', () => {
  it('asks the device for a few at a time, in order, and for no help where that is soon done', async () => {
    const { main, clock, compile, opened } = compiler([new FakeDevice('helper')]);
    const pipelines = compile(6);
    assert.deepEqual(main.asked, ['shader 0', 'shader 1', 'shader 2', 'shader 3']);
    await clock.pass(200);
    await main.finish();
    assert.equal(main.asked.length, 6);
    await clock.pass(400);
    await main.finish();
    assert.deepEqual(
      await Promise.all(pipelines),
      main.asked.map((code) => `main ${code}`),
    );
    assert.equal(opened(), 0);
  });

  it('has more devices compile first what waits too long, and closes them behind the last', async () => {
    const helpers = [new FakeDevice('a'), new FakeDevice('b')];
    const { main, clock, compile } = compiler(helpers);
    const pipelines = compile(12);
    await clock.pass(900);
    assert.deepEqual(
      helpers.map(({ asked }) => asked.length),
      [4, 4],
    );
    assert.equal(main.asked.length, 4);
    await clock.pass(1000);
    await Promise.all(helpers.map((helper) => helper.finish()));
    assert.equal(main.asked.length, 12);
    assert.deepEqual(
      helpers.map(({ isDestroyed }) => isDestroyed),
      [true, true],
    );
    await main.finish();
    assert.deepEqual(
      (await Promise.all(pipelines)).sort(),
      Array.from({ length: 12 }, (_, index) => `main shader ${index}`).sort(),
    );
  });

  it('gives help up where the device takes as long again, and compiles the rest alone', async () => {
    const helper = new FakeDevice('helper');
    const { main, clock, compile, opened } = compiler([helper]);
    const pipelines = compile(40);
    await clock.pass(900);
    await main.finish();
    for (const isGivenUp of [false, true]) {
      await clock.pass(1000);
      await helper.finish();
      await clock.pass(1000);
      await main.finish();
      assert.equal(helper.isDestroyed, isGivenUp);
    }
    for (let round = 0; round < 10; round++) {
      await helper.finish();
      await main.finish();
    }
    await Promise.all(pipelines);
    const later = compile(9);
    await clock.pass(5000);
    assert.equal(opened(), 1);
    for (let round = 0; round < 3; round++) {
      await main.finish();
    }
    await Promise.all(later);
  });

  it('keeps help whose shaders only wait for others of the device', async () => {
    const helper = new FakeDevice('helper');
    const { main, clock, compile } = compiler([helper]);
    const pipelines = compile(60);
    await clock.pass(900);
    for (let round = 0; round < 4; round++) {
      await clock.pass(100);
      await helper.finish();
    }
    await clock.pass(5000);
    await main.finish();
    assert.equal(helper.isDestroyed, false);
    for (let round = 0; round < 14; round++) {
      await clock.pass(1000);
      await helper.finish();
      await main.finish();
    }
    await Promise.all(pipelines);
    assert.equal(helper.isDestroyed, true);
  });

  it('compiles itself what a helper could not, and tells why a shader is refused', async () => {
    const helper = new FakeDevice('helper');
    const { main, clock, compile } = compiler([helper]);
    const pipelines = compile(5);
    await clock.pass(900);
    await helper.finish(1, new Error('the helper is lost'));
    await main.finish(4);
    const refused = assert.rejects(pipelines[4] as Promise<unknown>, /shader is wrong/);
    await main.finish(1, new Error('the shader is wrong'));
    await refused;
  });

  it('goes on alone where no device can be opened, and closes what opens too late', async () => {
    const alone = compiler([]);
    const pipelines = alone.compile(8);
    await alone.clock.pass(900);
    await alone.main.finish();
    await alone.main.finish();
    await Promise.all(pipelines);

    const late = new FakeDevice('late');
    const disposed = compiler([late]);
    void disposed.compile(8);
    const passing = disposed.clock.pass(900);
    disposed.made.dispose();
    await passing;
    assert.equal(late.isDestroyed, true);
  });
});
