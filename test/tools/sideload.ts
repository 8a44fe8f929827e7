import type { BrowserContext } from 'playwright-core';

export interface SideloadOptions {
  /** Absolute folder of the extension under development. */
  readonly extension: string;
  /** Absolute path of a module that exports `run()`; VS Code runs it instead of waiting for a user. */
  readonly tests?: string;
}

/**
 * Loads an extension from its folder by VS Code's own embedder option `developmentOptions`, written into the page's
 * configuration before the workbench reads it. (Rewriting the page's HTML would make Chromium block its websocket.)
 */
export function sideload(context: BrowserContext, options: SideloadOptions): Promise<unknown> {
  return context.addInitScript(({ extension, tests }) => {
    if (window !== window.top) {
      return;
    }
    const toUri = (file: string) => ({ scheme: 'vscode-remote', authority: location.host, path: file });
    const observer = new MutationObserver(() => {
      const element = document.getElementById('vscode-workbench-web-configuration');
      if (!element) {
        return;
      }
      observer.disconnect();
      const configuration = JSON.parse(element.getAttribute('data-settings') ?? '{}');
      configuration.developmentOptions = {
        ...configuration.developmentOptions,
        extensions: [toUri(extension)],
        ...(tests ? { extensionTestsPath: toUri(tests) } : {}),
      };
      element.setAttribute('data-settings', JSON.stringify(configuration));
    });
    observer.observe(document, { childList: true, subtree: true });
  }, options);
}
