import { element } from '../../dashboard/element';
import type { Lane } from './lanes';

/** The names of the lanes, in a column at the left of the timeline; the last one is that of the rate. */
export class LaneNames {
  readonly root = element('div', { class: 'lane-names' });
  #shown = '';

  /** @param rate end of the rate's axis; undefined: nothing is known yet. */
  update(lanes: readonly Lane[], rate: string | undefined): void {
    const shown = JSON.stringify([lanes.map(({ name, note, title }) => [name, note, title]), rate]);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    this.root.replaceChildren(...lanes.map(laneName), rateName(rate));
  }
}

function laneName(lane: Lane): HTMLElement {
  const axes =
    lane.kind === 'imu'
      ? ['x', 'y', 'z'].map((axis) => element('span', { class: `axis-name axis-${axis}` }, axis))
      : [];
  const created = element(
    'div',
    { class: 'lane-name', title: lane.title },
    element('span', {}, lane.name, ...axes),
    ...(lane.note ? [element('span', { class: 'faded' }, lane.note)] : []),
  );
  created.style.setProperty('height', `${lane.height}px`);
  return created;
}

function rateName(rate: string | undefined): HTMLElement {
  const title = `Events per second: ON above the line, OFF below it${rate ? `; each axis ends at ${rate}` : ''}`;
  return element(
    'div',
    { class: 'lane-name rate-name', title },
    element('span', {}, 'Events ON/OFF'),
    ...(rate ? [element('span', { class: 'faded', id: 'rate-axis' }, `max ${rate}`)] : []),
  );
}
