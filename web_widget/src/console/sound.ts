/** Two short notes for something new. Made in the browser; there is no file to load. */

const NOTES = [659, 880];
const NOTE_SECONDS = 0.11;

export function chime(): void {
  const context = new AudioContext();
  NOTES.forEach((frequency, index) => {
    const start = context.currentTime + index * NOTE_SECONDS;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.12, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS * 1.8);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + NOTE_SECONDS * 2);
  });
  setTimeout(() => void context.close(), 1_000);
}
