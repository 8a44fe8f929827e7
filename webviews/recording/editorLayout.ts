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
import { MessageBar } from './stage/messageBar';
import type { Stage } from './stage/stage';
import { capitalized } from './text/capitalized';
import type { Timeline } from './timeline/timeline';

/** Everything on the page, in its places. */
export class EditorLayout {
  readonly help = new KeyHelp();
  readonly #parts: readonly EditorPart[];
  readonly #inspector: HTMLElement;
  readonly #message = new MessageBar();
  #shownView: EditorModel['view']['view'] | undefined;

  constructor(root: HTMLElement, commands: EditorCommands, stage: Stage, timeline: Timeline) {
    const strip = new InfoStrip(commands);
    const bars = [new NoticeBar(commands), new WarningBar(commands)];
    const transport = new Transport(commands);
    const sections = [
      new NetworkSection(commands),
      new ViewSection(commands),
      new StatisticsSection(),
      new FilterSection(commands),
      new FileSection(commands),
    ];
    this.#parts = [strip, ...bars, stage, timeline, transport, ...sections];
    this.#inspector = element(
      'aside',
      { class: 'inspector', id: 'inspector', 'aria-label': 'Settings' },
      ...sections.map((section) => section.root),
    );
    stage.root.append(this.#message.root);
    root.replaceChildren(
      strip.root,
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
    if (this.#shownView !== model.view.view) {
      this.#shownView = model.view.view;
      // What the network view is about stands first; other views keep their place.
      if (this.#shownView === 'network') {
        this.#inspector.scrollTop = 0;
      }
    }
  }

  /** Tells what went wrong; nothing when all is well again. */
  tell(error: unknown): void {
    this.#message.tell(error === undefined ? undefined : capitalized(messageOf(error)));
  }
}
