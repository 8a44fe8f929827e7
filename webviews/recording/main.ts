import './recording.css';
import type { ErrorReport } from '../../engine/errors';
import { formatPlace } from '../../engine/errors';
import type { IndexProgress } from '../../engine/protocol/recordingProtocol';
import type { RecordingOpened, ViewCommand } from '../../engine/protocol/recordingViewProtocol';
import { isTooLargeToShow } from '../../engine/recordings/shownSensor';
import { element } from '../dashboard/element';
import { columnsForm, mayHaveColumns } from './files/columnsForm';
import { sizeForm } from './files/sizeForm';
import { messageOf } from './network/networkLoader';
import { RecordingEditor } from './recordingEditor';
import { RecordingPort } from './recordingPort';
import { capitalized } from './text/capitalized';

const root = document.getElementById('recording')!;
const port = new RecordingPort();
let editor: RecordingEditor | undefined;
/** The newest news of the pass over the file, which may come before there is an editor. */
let latest: IndexProgress | undefined;

function textButton(id: string, text: string, run: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'text-button', id }, text);
  button.addEventListener('click', run);
  return button;
}

function showFailure({ message, nextStep, place = {} }: ErrorReport): void {
  root.replaceChildren(
    element(
      'section',
      { class: 'failure', role: 'alert', id: 'failure' },
      element('h1', {}, 'This recording cannot be shown'),
      element('p', {}, capitalized(message)),
      element('p', { class: 'faded' }, nextStep),
      element('p', { class: 'faded place' }, formatPlace(place)),
      element(
        'div',
        { class: 'actions' },
        textButton('read-again', 'Try again', () => port.readAgain()),
        textButton('reopen-with', 'Open with another editor…', () => port.reopenWith()),
      ),
      ...(mayHaveColumns(place.file) ? [columnsForm((options) => port.setOptions(options))] : []),
    ),
  );
}

function show({ summary, failure, index, notice, view }: RecordingOpened): void {
  editor?.dispose();
  editor = undefined;
  if (!summary) {
    showFailure(
      failure ?? { category: 'data', message: 'Nothing is known of this file.', nextStep: 'Open it again.' },
    );
  } else if (summary.info.size && !isTooLargeToShow(summary.info.size.value)) {
    editor = new RecordingEditor(root, port, summary, view);
    const known = latest ?? index;
    if (known) {
      editor.setIndex(known);
    }
    editor.setNotice(notice);
  } else {
    root.replaceChildren(sizeForm(summary, (size) => port.setOptions({ ...summary.options, size })));
  }
}

function fail(error: unknown): void {
  showFailure({
    category: 'data',
    message: messageOf(error),
    nextStep: 'Close the editor and open the file again.',
  });
}

port
  .open({
    onIndex: (progress: IndexProgress) => {
      latest = progress;
      editor?.setIndex(progress);
    },
    onCommand: (command: ViewCommand) => editor?.run(command),
    onNotice: (notice) => editor?.setNotice(notice),
    onReopened: (opened) => {
      latest = opened.index;
      show(opened);
    },
  })
  .then(show, fail);
