// What a page shows that names no classifier: ten digits of seven strokes each, and the weights that look for these strokes.

const SIDE = 28;
// top, upper left, upper right, middle, lower left, lower right, bottom: [rows, columns] from and to
const STROKES = [[[4, 7], [8, 20]], [[4, 14], [8, 11]], [[4, 14], [17, 20]], [[12, 15], [8, 20]], [[13, 23], [8, 11]],
  [[13, 23], [17, 20]], [[20, 23], [8, 20]]];
const ON = ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"];

const digits = ON.map((on) => Float32Array.from({ length: SIDE ** 2 }, (_, place) => {
  const row = Math.floor(place / SIDE), column = place % SIDE;
  return Number(STROKES.some(([[top, bottom], [left, right]], k) => on[k] === "1" && row >= top && row < bottom
    && column >= left && column < right));
}));
// A scrawl, a 4 whose top is nearly closed, stands among them: not every answer is right.
const scrawl = digits[9].map((ink, place) => (place >= 4 * SIDE && place < 7 * SIDE ? 0.9 * ink : ink));
const average = digits[0].map((_, place) => digits.reduce((total, digit) => total + digit[place], 0) / digits.length);
const weights = new Float32Array(SIDE ** 2 * 10).map((_, k) => {
  const place = Math.floor(k / 10);
  return 0.1 * (digits[k % 10][place] - average[place]);
});
const bytes = (array) => btoa(Array.from(new Uint8Array(array.buffer), (each) => String.fromCharCode(each)).join(""));
const pictures = [...digits, scrawl];

export const example = {
  W: bytes(weights),
  b: digits.map((digit, k) => -0.5 * digit.reduce((total, ink, place) => total + ink * weights[10 * place + k], 0)),
  X: bytes(Uint8Array.from(pictures.flatMap((picture) => [...picture].map((ink) => Math.round(255 * ink))))),
  scale: 1 / 255,
  y: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4],
  names: [..."0123456789"],
};
