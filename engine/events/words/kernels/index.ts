export { aedat4 } from './aedat4';
export { atis } from './atis';
export { dat1, dat2 } from './dat';
export { evt2 } from './evt2';
export { evt3 } from './evt3';
export { areSafe, largest } from './checks';
export { EVENTS, POLARITY, POSITION, STATE, T, WORD_BYTES, WORDS, X, Y } from './memory';
