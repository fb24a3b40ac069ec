// Starts the stand-in that these tests drive, and ends it. PARTICLE_LOCAL_SUPABASE is its program.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { createClient } from "@supabase/supabase-js";

// Node 20 has no WebSocket and supabase-js wants one, though nothing here opens a channel.
class NoTransport {
  constructor() {
    throw new Error("nothing here speaks over a socket");
  }
}

/** Runs until `stop`; `options` are those of the program. */
export async function start(...options) {
  const program = process.env.PARTICLE_LOCAL_SUPABASE;
  if (!program) throw new Error("PARTICLE_LOCAL_SUPABASE names no program");
  // The kernel ends it should this process die first.
  const command = ["--pdeathsig", "TERM", "--", program, "--ephemeral", "--json", ...options];
  const child = spawn("setpriv", command, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const line = once(createInterface(child.stdout), "line");
  const first = await Promise.race([line, ended.then(() => undefined)]);
  if (!first) throw new Error("local-supabase ended before it was ready");
  return new LocalSupabase(JSON.parse(first[0]), child, ended);
}

class LocalSupabase {
  #places;
  #child;
  #ended;

  constructor(places, child, ended) {
    this.#places = places;
    this.#child = child;
    this.#ended = ended;
  }

  get url() {
    return this.#places.url;
  }

  get key() {
    return this.#places.publishable_key;
  }

  /** A client with nobody signed in. `onRequest` sees each URL that it asks. */
  client(onRequest = () => {}) {
    return createClient(this.url, this.key, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: {
        fetch: (input, init) => {
          onRequest(new URL(input));
          return fetch(input, init);
        },
      },
      realtime: { transport: NoTransport },
    });
  }

  /** The code in the newest mail to `address`. */
  async codeFor(address) {
    const mails = await (await fetch(this.#places.mail_url)).json();
    return mails.findLast((mail) => mail.to === address)?.code;
  }

  async stop() {
    this.#child.kill("SIGTERM");
    await this.#ended;
  }
}
