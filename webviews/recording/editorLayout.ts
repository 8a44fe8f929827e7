import { element } from '../dashboard/element';
import { KeyHelp } from './controls/keyHelp';
import { StatisticsSection } from './controls/statisticsSection';
import { Transport } from './controls/transport';
import { ViewSection } from './controls/viewSection';
import type { EditorCommands, EditorModel, EditorPart } from './editorModel';
import { FileSection } from './files/fileSection';
import { InfoStrip } from './files/infoStrip';
import { NoticeBar } from './files/noticeBar';
import { WarningBar } from './files/warningBar';
import { FilterSection } from './filters/filterSection';
import { messageOf } from './network/networkLoader';
import { NetworkSection } from './network/networkSection';
import type { Stage } from './stage/stage';
import type { Timeline } from './timeline/timeline';

/** Everything on the page, in its places. */
export class EditorLayout {
  readonly help = new KeyHelp();
  readonly #parts: readonly EditorPart[];
  readonly #inspector: HTMLElement;
  readonly #message = element('div', { class: 'message', role: 'alert', id: 'message', hidden: true });

  constructor(root: HTMLElement, commands: EditorCommands, stage: Stage, timeline: Timeline) {
    const strip = new InfoStrip(commands);
    const bars = [new NoticeBar(commands), new WarningBar(commands)];
    const transport = new Transport(commands);
    const sections = [
      new NetworkSection(commands),
      new ViewSection(commands),
      new FilterSection(commands),
      new StatisticsSection(),
      new FileSection(commands),
    ];
    this.#parts = [strip, ...bars, stage, timeline, transport, ...sections];
    this.#inspector = element(
      'aside',
      { class: 'inspector', id: 'inspector', 'aria-label': 'Settings' },
      ...sections.map((section) => section.root),
    );
    root.replaceChildren(
      strip.root,
      this.#message,
      ...bars.map((bar) => bar.root),
      element('div', { class: 'middle' }, stage.root, this.#inspector),
      timeline.root,
      transport.root,
      this.help.root,
    );
  }

  update(model: EditorModel): void {
    this.#inspector.hidden = !model.view.inspector;
    for (const part of this.#parts) {
      part.update(model);
    }
  }

  /** Tells what went wrong; nothing when all is well again. */
  tell(error: unknown): void {
    this.#message.hidden = error === undefined;
    this.#message.replaceChildren(error === undefined ? '' : messageOf(error));
  }
}
