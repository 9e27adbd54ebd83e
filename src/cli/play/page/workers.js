// Workers made of the text in the page; the engine is compiled once and handed to each.
const workers = { address: null, module: null };

async function compileEngine() {
  const bytes = Uint8Array.from(atob($("engine").textContent.trim()), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  workers.module = await WebAssembly.compile(await new Response(plain).arrayBuffer());
  workers.address = URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" }));
}

// One worker with one list of asks at a time.
function hire() {
  let worker = null;
  let give = null;
  let reached = null;
  const finish = (reply) => {
    const done = give;
    give = null;
    done?.(reply);
  };
  const start = () => {
    worker = new Worker(workers.address);
    worker.onmessage = ({ data }) => ("reached" in data ? reached?.(data.reached) : finish(data));
    worker.onerror = (event) => {
      worker = null;
      finish({ answers: [], trap: event.message });
    };
    worker.postMessage({ module: workers.module });
  };
  return {
    ask(asks, atPart) {
      if (!worker) start();
      reached = atPart;
      return new Promise((done) => {
        give = done;
        worker.postMessage({ asks });
      });
    },
    stop() {
      worker?.terminate();
      worker = null;
      finish({ answers: [], stopped: true });
    },
  };
}
