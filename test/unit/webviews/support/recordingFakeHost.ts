/** Runs in the page before its scripts: what VS Code's webview offers, answered by `answerMessage` of the test. */
export function installRecordingHost(options: {
  state: unknown;
  bodyClass: string;
  variables: [string, string][];
}): void {
  const kinds: Record<string, (buffer: ArrayBuffer) => unknown> = {
    Uint8Array: (buffer) => new Uint8Array(buffer),
    Uint32Array: (buffer) => new Uint32Array(buffer),
    Float32Array: (buffer) => new Float32Array(buffer),
    Float64Array: (buffer) => new Float64Array(buffer),
  };
  const revive = (_: string, part: { $typed?: string; data?: string } | null) => {
    if (!part?.$typed || part.data === undefined) {
      return part;
    }
    const bytes = Uint8Array.from(atob(part.data), (character) => character.charCodeAt(0));
    return kinds[part.$typed]?.(bytes.buffer);
  };
  const host = { sent: [] as unknown[], violations: [] as string[], state: options.state };
  document.addEventListener('securitypolicyviolation', (event) => {
    host.violations.push(
      `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
    );
  });
  const receive = (text: string | undefined) => {
    if (text) {
      const message = JSON.parse(text, revive);
      window.postMessage({ sender: { type: 'extension' }, receiver: { type: 'webview' }, ...message }, '*');
    }
  };
  Object.assign(window, {
    fakeHost: host,
    receive,
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => {
        host.sent.push(message);
        const answer = Reflect.get(window, 'answerMessage') as (text: string) => Promise<string | undefined>;
        void answer(JSON.stringify(message)).then(receive);
      },
      getState: () => host.state,
      setState: (state: unknown) => {
        host.state = state;
      },
    }),
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.className = options.bodyClass;
    for (const [name, value] of options.variables) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  });
}
