import * as vscode from 'vscode';
import { type DoctorResult, requests } from '../../engine/protocol/engineProtocol';
import type { EngineLauncher } from './engineLauncher';

async function examine(launcher: EngineLauncher): Promise<DoctorResult> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'SpikeBridge: testing the backends',
  };
  return vscode.window.withProgress(options, async () => {
    const engine = await launcher.start();
    try {
      return await engine.request(requests.doctor);
    } finally {
      engine.dispose();
    }
  });
}

/** Shows which backends this machine has, why one is missing, and what `auto` picks. */
export async function showDoctor(
  launcher: EngineLauncher,
  log: vscode.LogOutputChannel,
): Promise<DoctorResult> {
  const result = await examine(launcher);
  log.info(`engine ${result.engineVersion} on Node ${result.node}`);
  for (const { name, available, detail } of result.backends) {
    log.info(`backend ${name}: ${available ? 'available' : 'missing'}: ${detail}`);
  }
  const items = result.backends.map(({ name, available, detail }) => ({
    label: `${available ? '$(pass)' : '$(circle-slash)'} ${name}`,
    description: name === result.automatic.name ? `picked by "auto": ${result.automatic.reason}` : '',
    detail,
  }));
  void vscode.window.showQuickPick(items, {
    title: `SpikeBridge Doctor: engine ${result.engineVersion}, Node ${result.node}`,
    placeHolder: 'Backends of this machine',
  });
  return result;
}
