// The engine: a JSON text goes in, a JSON text comes out.
class Engine {
  constructor(module, reached) {
    const { exports } = new WebAssembly.Instance(module, { host: { reached } });
    this.exports = exports;
  }

  // Throws a Refusal where the engine says why it does not answer, and what WebAssembly throws at a trap.
  ask(text) {
    const { input, call, output, memory } = this.exports;
    const bytes = new TextEncoder().encode(text);
    const at = input(bytes.length);
    // The memory may have grown, so its view is made after each call.
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const length = call();
    const answer = new TextDecoder().decode(new Uint8Array(memory.buffer, output(), Math.abs(length)));
    if (length < 0) throw new Refusal(answer);
    return answer;
  }

  // What the engine wrote before a trap.
  lastWords() {
    const { output, memory, said } = this.exports;
    const bytes = new Uint8Array(memory.buffer, output());
    const end = said ? said() : bytes.subarray(0, 2000).indexOf(0);
    return new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  }
}

class Refusal extends Error {}
