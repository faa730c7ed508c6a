/** What can go wrong with samples and files, with a code as everywhere in Restow. */
export class SampleError extends Error {
  name = "SampleError";

  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}
