// A subject in a frame, for localStorage: it dies when the page takes the frame away.

import { perform } from "./subject.js";

addEventListener("message", ({ data }) =>
  perform(data, { say: (message) => parent.postMessage({ ...message, frame: data.frame }, "*"), end: () => frameElement.remove() }));
parent.postMessage({ frame: Number(location.hash.slice(1)), ready: true }, "*");
