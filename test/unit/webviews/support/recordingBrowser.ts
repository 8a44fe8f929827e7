import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { reportOf } from '../../../../engine/errors';
import type { OpenOptions } from '../../../../engine/events/recording';
import type { EventsAnswer, IndexProgress, Query } from '../../../../engine/protocol/recordingProtocol';
import type { RecordingOpened } from '../../../../engine/protocol/recordingViewProtocol';
import { RecordingSession } from '../../../../engine/recordings/recordingSession';
import { recordingHtml } from '../../../../extension/recordings/recordingHtml';
import { delay } from '../../../tools/waitFor';
import { installRecordingHost } from './recordingFakeHost';
import { decodeTransport, encodeTransport } from './typedTransport';
import { THEMES, type ThemeName } from './vscodeThemes';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();
const BUNDLE = path.join(ROOT, '.cache', 'recording-test');

export interface RecordingPageOptions {
  /** Absolute path of a recording. */
  readonly file: string;
  readonly theme?: ThemeName;
  readonly state?: unknown;
  readonly width?: number;
  readonly height?: number;
}

interface FakeHost {
  readonly sent: { readonly method?: string; readonly params?: unknown }[];
  readonly violations: string[];
  state: unknown;
}

/** The real editor's page over the real engine, without VS Code between them. */
export class RecordingPage {
  readonly errors: string[] = [];
  #session: RecordingSession | undefined;
  #index: IndexProgress | undefined;
  readonly #questions = new Map<string, AbortController>();
  /** A slow link: µs of events that it takes per ms, one answer after the other. */
  linkRate = Number.POSITIVE_INFINITY;
  #link: Promise<void> = Promise.resolve();

  constructor(
    readonly page: Page,
    private readonly file: string,
    private readonly indexFolder: string,
  ) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        this.errors.push(message.text());
      }
    });
  }

  /** Answers one message of the page; the answer travels as text. */
  async answer(text: string): Promise<string | undefined> {
    const message = decodeTransport(text) as { id?: string; method: string; params: unknown };
    const handlers: Record<string, (params: never) => Promise<unknown>> = {
      'recording/ready': () => this.#open({}),
      'recording/options': (options: OpenOptions) => this.#reopen(options),
      'recording/readAgain': () => this.#reopen({}),
      'recording/query': (query: Query) => this.#ask(message.id ?? '', query),
      'recording/save': async () => '/picture.png',
      'recording/export': async () => '/part.csv',
    };
    if (message.method === '$/cancelRequest') {
      this.#questions.get((message.params as { msgId: string }).msgId)?.abort();
      return undefined;
    }
    const handler = handlers[message.method];
    if (!message.id || !handler) {
      await handler?.(message.params as never);
      return undefined;
    }
    try {
      return encodeTransport({ id: message.id, result: await handler(message.params as never) });
    } catch (error) {
      return encodeTransport({ id: message.id, error: reportOf(error) });
    }
  }

  async #ask(id: string, { name, parameters }: Query): Promise<unknown> {
    const abort = new AbortController();
    this.#questions.set(id, abort);
    const answer = await this.#session?.answer(name, parameters, abort.signal);
    if (name === 'events') {
      const { from, to } = (answer as EventsAnswer).events;
      this.#link = this.#link.then(() => delay(abort.signal.aborted ? 0 : (to - from) / this.linkRate));
      await this.#link;
    }
    return answer;
  }

  async #open(options: OpenOptions): Promise<RecordingOpened> {
    await this.#session?.close();
    try {
      const parameters = { recording: 1, file: this.file, indexFolder: this.indexFolder, options };
      this.#session = await RecordingSession.open(parameters, (progress) => {
        this.#index = progress;
        void this.notify('recording/index', progress);
      });
      return { summary: this.#session.summary, ...(this.#index && { index: this.#index }) };
    } catch (error) {
      return { failure: reportOf(error) };
    }
  }

  async #reopen(options: OpenOptions): Promise<void> {
    this.#index = undefined;
    await this.notify('recording/reopened', await this.#open(options));
  }

  /** What the pass over the recording has found last. */
  get index(): IndexProgress | undefined {
    return this.#index;
  }

  /** Sends a notification of the extension host. */
  async notify(method: string, params: unknown): Promise<void> {
    const text = encodeTransport({ method, params });
    await this.page
      .evaluate((message) => Reflect.get(window, 'receive')(message), text)
      .catch(() => undefined);
  }

  #host<T>(read: (host: FakeHost) => T): Promise<T> {
    return this.page.evaluate(`(${read.toString()})(window.fakeHost)`) as Promise<T>;
  }

  sent(method: string): Promise<unknown[]> {
    return this.page.evaluate(
      (wanted) =>
        (Reflect.get(window, 'fakeHost') as FakeHost).sent
          .filter((message) => message.method === wanted)
          .map(({ params }) => params),
      method,
    );
  }

  violations(): Promise<string[]> {
    return this.#host((host) => host.violations);
  }

  async text(id: string): Promise<string> {
    return (await this.page.locator(`#${id}`).textContent()) ?? '';
  }

  async screenshot(name: string): Promise<void> {
    const folder = path.join(ROOT, 'artifacts', 'recording');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.close();
    await this.#session?.close();
  }
}

/** The editor's bundle in a Chromium. */
export class RecordingBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly indexFolder: string,
  ) {}

  static async start(executablePath: string): Promise<RecordingBrowser> {
    await build({
      entryPoints: [path.join(ROOT, 'webviews/recording/main.ts')],
      outfile: path.join(BUNDLE, 'recording.js'),
      bundle: true,
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      logLevel: 'warning',
    });
    const server = createServer((request, response) => void serve(request.url ?? '/', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    return new RecordingBrowser(browser, server, await mkdtemp(path.join(tmpdir(), 'spikebridge-index-')));
  }

  async open(options: RecordingPageOptions): Promise<RecordingPage> {
    const { file, theme = 'dark', state, width = 1280, height = 760 } = options;
    const page = await this.browser.newPage({ viewport: { width, height } });
    const opened = new RecordingPage(page, file, this.indexFolder);
    await page.exposeFunction('answerMessage', (text: string) => opened.answer(text));
    const { bodyClass, variables } = THEMES[theme];
    await page.addInitScript(installRecordingHost, {
      state,
      bodyClass,
      variables: Object.entries(variables),
    });
    await page.goto(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
    return opened;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.indexFolder, { recursive: true, force: true });
  }
}

async function serve(url: string, response: ServerResponse): Promise<void> {
  if (url === '/') {
    const nonce = randomBytes(16).toString('base64url');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      recordingHtml({ nonce, cspSource: "'self'", scriptUri: '/recording.js', styleUri: '/recording.css' }),
    );
    return;
  }
  response.setHeader('content-type', url.endsWith('.css') ? 'text/css' : 'text/javascript');
  response.end(await readFile(path.join(BUNDLE, path.basename(url))).catch(() => ''));
}
