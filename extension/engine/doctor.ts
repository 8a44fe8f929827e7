import * as vscode from 'vscode';
import { factLines, speedText } from '../../engine/backends/backendReport';
import { runtimeText } from '../../engine/backends/runtime';
import { type DoctorResult, requests } from '../../engine/protocol/engineProtocol';
import type { EngineLauncher } from './engineLauncher';

async function examine(launcher: EngineLauncher): Promise<DoctorResult> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'SpikeBridge: testing the backends',
  };
  return vscode.window.withProgress(options, async () => {
    const engine = await launcher.startForTraining();
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
  log.info(`engine ${result.engineVersion} on ${runtimeText(result.runtime)}`);
  for (const backend of result.backends) {
    const { name, available, detail } = backend;
    log.info(`backend ${name}: ${available ? 'available' : 'missing'}: ${detail}`);
    for (const line of factLines(backend)) {
      log.info(`backend ${name}: ${line}`);
    }
  }
  const items = result.backends.map((backend) => ({
    label: `${backend.available ? '$(pass)' : '$(circle-slash)'} ${backend.name}`,
    description: backend.name === result.automatic.name ? `picked by "auto": ${result.automatic.reason}` : '',
    detail: [backend.detail, backend.speed ? speedText(backend.speed) : ''].filter(Boolean).join('; '),
  }));
  void vscode.window.showQuickPick(items, {
    title: `SpikeBridge Doctor: engine ${result.engineVersion}, ${runtimeText(result.runtime)}`,
    placeHolder: 'Backends of this machine',
  });
  return result;
}
