import type Mocha from 'mocha';

/** Starts every line of a test's result, so that it can be told from what the extension host prints. */
export const LINE_MARK = '[test] ';

function print(text: string): void {
  for (const line of text.split('\n')) {
    console.log(`${LINE_MARK}${line}`);
  }
}

/** Prints one line per test of `runner`, and a failure's message and stack right below it. */
export function reportLines(runner: Mocha.Runner): void {
  runner.on('pass', (test) => print(`  ✔ ${test.fullTitle()}`));
  runner.on('pending', (test) => print(`  - ${test.fullTitle()}`));
  runner.on('fail', (test, error: Error) =>
    print(`  ✘ ${test.fullTitle()}\n${error.stack ?? error.message}`),
  );
}
