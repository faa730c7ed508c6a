// A subject in a worker.

import { perform } from "./subject.js";

onmessage = ({ data }) => perform(data, { say: (message) => postMessage(message), end: () => close() });
