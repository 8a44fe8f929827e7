import assert from 'node:assert/strict';
import { describeExit, failureOfExit } from '../../../extension/engine/engineFailure';
import { engineEnvironment } from '../../../extension/engine/engineLaunch';
import { errorActions } from '../../../extension/errors/errorActions';

const report = { category: 'training' as const, message: 'm', nextStep: 'n' };

describe('errorActions', () => {
  it('offers to resume first when the run has a checkpoint', () => {
    const actions = errorActions(report, { runFolder: '/runs/a', resumable: true });
    assert.deepEqual(actions, ['resumeRun', 'openDashboard', 'showLog']);
  });

  it('does not offer to resume without a checkpoint', () => {
    assert.ok(!errorActions(report, { runFolder: '/runs/a', resumable: false }).includes('resumeRun'));
  });

  it('opens the configuration where it is wrong', () => {
    assert.equal(errorActions({ ...report, category: 'configuration' }, {})[0], 'openConfiguration');
  });

  it('leads to workspace trust, and nowhere else', () => {
    assert.deepEqual(errorActions(report, { untrusted: true }), ['manageTrust']);
  });
});

describe('describeExit', () => {
  const exit = { code: null, signal: null, lastOutput: '' };

  it('tells a kill from a crash', () => {
    assert.match(describeExit({ ...exit, signal: 'SIGKILL' }), /killed/);
    assert.match(describeExit({ ...exit, code: 137 }), /killed/);
    assert.match(describeExit({ ...exit, signal: 'SIGSEGV' }), /signal SIGSEGV/);
    assert.match(describeExit({ ...exit, code: 7 }), /exit code 7/);
  });

  it('sees in the output that memory ran out', () => {
    const lastOutput = 'FATAL ERROR: JavaScript heap out of memory';
    assert.match(describeExit({ ...exit, signal: 'SIGABRT', lastOutput }), /ran out of memory/);
    assert.match(failureOfExit('node', { ...exit, code: 134, lastOutput }).nextStep, /batchPairs/);
  });
});

describe('engineEnvironment', () => {
  it('keeps the user’s variables and drops those of VS Code', () => {
    const environment = engineEnvironment({
      PATH: '/bin',
      VSCODE_PID: '1',
      NODE_OPTIONS: '--inspect',
      ELECTRON_NO_ASAR: '1',
    });
    assert.deepEqual(environment, { PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });
});
