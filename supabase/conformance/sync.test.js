// The REST door, as supabase-js asks it: the function that syncs, and reading the own rows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { start } from "./local-supabase.js";

const PASSWORD = "correct horse battery";
// A moment of 2023, as a stamp of one device.
const STAMP = "018bcfe568000000000000aa";
const ID = "11111111-2222-4333-8444-555555555555";
const PARTICLE = {
  entity: "particle",
  id: ID,
  fields: {
    kind: "focus",
    time: {
      started_at: 1700000000000,
      ended_at: 1700001500000,
      planned_seconds: 1500,
      duration_seconds: 1500,
      overflow_seconds: 0,
      utc_offset_minutes: 60,
    },
    task: "Läsa “prov” 🎯",
    project_id: null,
    preset: "classic",
    deleted: false,
  },
  stamps: { "*": STAMP, deleted: STAMP },
};

let supabase;
let shortLived;
before(async () => {
  // supabase-js refreshes a session that has less than 90 seconds left before each request.
  [supabase, shortLived] = await Promise.all([start(), start("--token-seconds", "60")]);
});
after(() => Promise.all([supabase?.stop(), shortLived?.stop()]));

async function signedUp(server, email, onRequest) {
  const client = server.client(onRequest);
  const { data, error } = await client.auth.signUp({ email, password: PASSWORD });
  assert.equal(error, null);
  return { client, ...data };
}

function exchange(client, changes = [], more = {}) {
  const request = { protocol: 1, epoch: null, since: "0", limit: 1000, changes, ...more };
  return client.rpc("sync_exchange", { request });
}

test("an exchange stores a row, and another device of the person gets it", async () => {
  const { client } = await signedUp(supabase, "ada@example.org");
  const pushed = await exchange(client, [PARTICLE]);
  assert.equal(pushed.error, null);
  assert.equal(pushed.status, 200);
  assert.deepEqual(pushed.data.verdicts, [{ entity: "particle", id: ID, status: "applied" }]);
  assert.deepEqual(pushed.data.rows, []);
  assert.equal(pushed.data.cursor, "1");

  const device = supabase.client();
  await device.auth.signInWithPassword({ email: "ada@example.org", password: PASSWORD });
  const pulled = await exchange(device);
  assert.deepEqual(pulled.data.rows, [{ ...PARTICLE, version: "1" }]);
  assert.equal(pulled.data.more, false);
});

test("people read their own rows as a table, and nobody else's", async () => {
  const { client, user } = await signedUp(supabase, "bob@example.org");
  await exchange(client, [PARTICLE]);
  const own = await client.from("particles").select();
  assert.equal(own.error, null);
  assert.equal(own.data.length, 1);
  assert.equal(own.data[0].user_id, user.id);
  assert.equal(own.data[0].task, PARTICLE.fields.task);
  assert.equal(own.data[0].started_at, 1700000000000);

  const { client: stranger } = await signedUp(supabase, "carl@example.org");
  assert.deepEqual((await stranger.from("particles").select()).data, []);
});

test("columns and filters work as they are documented", async () => {
  const { client } = await signedUp(supabase, "cleo@example.org");
  await exchange(client, [PARTICLE]);
  const found = await client.from("particles").select("id,kind").eq("id", ID);
  assert.equal(found.error, null);
  assert.deepEqual(found.data, [{ id: ID, kind: "focus" }]);
  const none = await client.from("particles").select("id").eq("kind", "long_break");
  assert.deepEqual(none.data, []);
});

test("nobody writes past the function", async () => {
  const { client } = await signedUp(supabase, "dora@example.org");
  const inserted = await client.from("settings").insert({ id: "theme", value: "dark" });
  assert.equal(inserted.error.code, "42501");
  assert.equal(inserted.status, 403);
  const upgraded = await client.from("profiles").update({ tier: "flow" }).neq("tier", "flow");
  assert.equal(upgraded.error.code, "42501");
  const profile = await client.from("profiles").select("tier");
  assert.deepEqual(profile.data, [{ tier: "free" }]);
});

test("what the database refuses comes with its code", async () => {
  const { client } = await signedUp(supabase, "emma@example.org");
  const protocol = await exchange(client, [], { protocol: 99 });
  assert.equal(protocol.error.code, "PT426");
  assert.equal(protocol.error.message, "protocol_unsupported");
  assert.equal(protocol.status, 426);
  const unknown = await client.rpc("no_such_function");
  assert.equal(unknown.error.code, "PGRST202");
  assert.equal(unknown.status, 404);
  const table = await client.from("no_such_table").select();
  assert.equal(table.error.code, "PGRST205");
  assert.equal(table.status, 404);
});

test("who is not signed in is told so", async () => {
  const { error, status } = await exchange(supabase.client());
  assert.equal(status, 401);
  assert.equal(error.code, "42501");
});

test("a wrong key is refused before anything else", async () => {
  const answer = await fetch(`${supabase.url}/rest/v1/particles`, {
    headers: { apikey: "sb_publishable_wrong" },
  });
  assert.equal(answer.status, 401);
  assert.equal((await answer.json()).message, "Invalid API key");
});

test("a session near its end is refreshed before the request", async () => {
  const asked = [];
  const { client, session } = await signedUp(shortLived, "finn@example.org", (url) =>
    asked.push(`${url.pathname}${url.search}`),
  );
  asked.length = 0;
  const { error } = await exchange(client);
  assert.equal(error, null);
  assert.deepEqual(asked, [
    "/auth/v1/token?grant_type=refresh_token",
    "/rest/v1/rpc/sync_exchange",
  ]);
  const { data } = await client.auth.getSession();
  assert.notEqual(data.session.refresh_token, session.refresh_token);
});

test("whoever deletes the account is gone with everything", async () => {
  const { client } = await signedUp(supabase, "gwen@example.org");
  await exchange(client, [PARTICLE]);
  const deleted = await client.rpc("delete_account");
  assert.equal(deleted.error, null);
  assert.equal(deleted.status, 204);
  const again = await supabase
    .client()
    .auth.signInWithPassword({ email: "gwen@example.org", password: PASSWORD });
  assert.equal(again.error.code, "invalid_credentials");
});
