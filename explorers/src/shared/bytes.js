// Many small numbers as text (base64): how a state holds pictures.

export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const textOf = (bytes) => btoa(String.fromCharCode(...bytes));
