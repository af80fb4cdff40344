// Large arrays travel as text: base64 of their numbers, the lowest byte first, as `packed` in course_utils/explorers/page.py
// writes them. So a state stays plain JSON in a widget, in a notebook and in a page.

/** Bytes as text. */
export const packed = (bytes) => globalThis.btoa(String.fromCharCode(...bytes));

/** The numbers of a packed text as an array of `Kind`: Uint8Array, Float32Array or Float64Array. */
export function unpacked(text, Kind = Uint8Array) {
  return new Kind(Uint8Array.from(globalThis.atob(text), (each) => each.charCodeAt(0)).buffer);
}
